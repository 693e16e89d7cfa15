"""The steps of a week, one file each, in the order of `sim.engine.simulation.week`."""
