"""Many runs, and what they say of what is known.

- `ensemble`: replicates of one scenario, gathered into one run
- `fans`: quantiles over replicates in memory that does not grow with them
- `executors`, `tasks`: where tasks run, in this process or in others, and how none is lost
- `sweep`: one scenario at many points, kept run by run in a folder that can be resumed
- `design`, `space`: at which points, and what varies
- `sweep_runs`, `sweep_folder`, `stored_sweep`: a sweep's runs, as done, written and read
- `failures`: what went wrong in a run
- `outcomes`: single numbers of a run by name, such as `apps.kimi.mau@2025-06`
- `judged`: how outcomes are read: unit, which way is better, and the ones asked by default
- `compare`, `comparison`: scenarios with the same luck, and what came of it as a value
- `attribution`, `points`, `differences`: single changes, their runs, and the differences as tables
- `observables`: known figures beside what a run says of each, scored
- `measures`, `statistic`: what a figure asks of a run, and its statistic over its period
- `quantities`, `quantities_reach`, `quantities_capital`: one function per quantity of figures
- `paired`: two scenarios with the same luck, their difference and what pairing is worth
- `sensitivity`, `ranked_inputs`: which inputs outcomes depend on, from its own sweep or another
- `sobol`, `screening`: Sobol indices; elementary effects, shares of variance, any sample
- `solve`, `tries`, `goal`: the value of an input at which a goal is just reached
- `calibrate`, `calibration`, `calibration_files`: parameters that let runs say what is known
- `targets`, `surrogate`, `matching`: misses of figures, what runs say on average, what is left
- `abc`: draws from what data leave of a prior
- `weekly`: tables of a run as weekly numbers, one row per replicate
"""
