"""Every limit case in which theory says what must come out: theory beside what the model gives.

Each function runs one case through the engine, or through the public function that the engine, a
market or an experiment calls, and returns its rows. Tests hold the rows to four standard errors;
`benchmarks/limits.py` prints them.

- `rows`: a row, and what all cases need
- `consumers`: adoption, goodwill, retention, choice
- `firms`: prices, sizes, money, models, bids
- `cases`: all of them, in full and quick
- `experiments`: sensitivity, calibration, common random numbers
"""
