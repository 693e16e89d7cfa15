"""What came out of a run.

- `run`: `Run`, the tables and the manifest of a scenario's replicates
- `tables`: recorded columns to polars frames, checked against the schema
- `store`: a run as a folder of Parquet files and a manifest
- `provenance`: versions, commit and hashes that make a run reproducible
- `errors`: what can be wrong with results
"""
