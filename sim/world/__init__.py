"""Who exists: ledger, firms, apps, consumers, API accounts, investors, frontiers, and the build.

Everything here is state in columns, without behaviour beyond its own bookkeeping. What happens to
it stands in `sim.engine`, how agents meet in `sim.markets`, what firms decide in `sim.strategies`.
"""
