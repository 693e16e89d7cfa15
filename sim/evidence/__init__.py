"""What is known: typed, checked tables of `seeds/` and nothing computed from them.

- `table`       the one reader of evidence files: a dataclass is the schema of a table
- `period`      the stretch of time a figure speaks of
- `figures`     every known quantity, and which of them may be fed, fitted or compared
- `articles`    the press articles that the figures and claims come from
- `quantities`  what a figures file may name: quantities, sectors, panels, models
- `currency`    what a dollar costs in yuan
- `provenance`  the `source` column: figure ids, fed values, assumptions with a reason
- `opening`     firms, apps, channels, segments, investors and accounts on the first day
- `history`     dated events, and the grammar of each kind
- `mechanisms`  the causal claims and their switches
- `check`       all shipped tables at once, and what must hold between them
"""
