"""Words shared by all: errors, units, parameters, randomness, table schemas, shipped files."""
