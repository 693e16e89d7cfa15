"""`result.plot`: the figures of a run, for notebooks and scripts."""

from typing import TYPE_CHECKING

from sim.views.rundata import RunData, Score

if TYPE_CHECKING:
    from altair.typing import ChartType

WIDTH = 760


class Plots:
    """The figures of one run; each method returns a Vega-Lite chart with `.save(path)`."""

    def __init__(self, run: RunData) -> None:
        self._run = run

    def __repr__(self) -> str:
        names = [name for name in dir(self) if not name.startswith("_")]
        return f"<figures: {', '.join(names)}>"

    def users(self, width: int = WIDTH) -> "ChartType":
        """Monthly users of each app, as fans."""
        from sim.views.charts.users import users

        return users(self._run, width)

    def prices(self, width: int = WIDTH) -> "ChartType":
        """API list prices and what moved them."""
        from sim.views.charts.prices import prices

        return prices(self._run, width)

    def tokens(self, width: int = WIDTH) -> "ChartType":
        """Reported tokens per day of each firm."""
        from sim.views.charts.tokens import tokens

        return tokens(self._run, width)

    def cash(self, width: int = WIDTH) -> "ChartType":
        """Cash of each startup, as fans."""
        from sim.views.charts.cash import cash

        return cash(self._run, width)

    def runway(self, width: int = WIDTH) -> "ChartType":
        """Runway of each startup, as fans."""
        from sim.views.charts.cash import runway

        return runway(self._run, width)

    def survival(self, width: int = WIDTH) -> "ChartType":
        """Share of replicates in which each startup is independent, and pre-trains."""
        from sim.views.charts.survival import survival

        return survival(self._run, width)

    def adds(self, width: int = WIDTH) -> "ChartType":
        """Where each app's users came from."""
        from sim.views.charts.adds import adds

        return adds(self._run, width)

    def spending(self, width: int = WIDTH) -> "ChartType":
        """Advertising by app and quarter."""
        from sim.views.charts.spending import spending

        return spending(self._run, width)

    def flows(self, width: int = WIDTH) -> "ChartType":
        """Who took whose users."""
        from sim.views.charts.flows import flows

        return flows(self._run, width)

    def overlap(self, width: int = WIDTH) -> "ChartType":
        """Who uses two apps."""
        from sim.views.charts.overlap import overlap

        return overlap(self._run, width)

    def retention(self, width: int = WIDTH) -> "ChartType":
        """Who stays of the users that came in a quarter, bought and not."""
        from sim.views.charts.retention import retention

        return retention(self._run, width)

    def acquisition_cost(self, width: int = WIDTH) -> "ChartType":
        """Cost per acquisition by channel, as fans."""
        from sim.views.charts.acquisition import acquisition_cost

        return acquisition_cost(self._run, width)

    def unit_economics(self, width: int = WIDTH) -> "ChartType":
        """What a bought user costs by firm and channel, and pays until leaving."""
        from sim.views.charts.acquisition import unit_economics

        return unit_economics(self._run, width)

    def net_cost(self, width: int = WIDTH) -> "ChartType":
        """Advertising per user gained on balance."""
        from sim.views.charts.net_cost import net_cost

        return net_cost(self._run, width)

    def ledger(self, width: int = WIDTH) -> "ChartType":
        """Where each firm's money went."""
        from sim.views.charts.ledger import ledger

        return ledger(self._run, width)

    def score(self, width: int = WIDTH, rows: Score | None = None) -> "ChartType":
        """Simulated against known figures; by default against the shipped ones."""
        from sim.views.charts.score import score

        return score(shipped_score(self._run) if rows is None else rows, width)


def shipped_score(run: RunData) -> Score:
    """Return the score of a run against the shipped figures."""
    from sim.evidence.figures import load_figures
    from sim.experiments.scoring import score_rows

    return score_rows(run, load_figures())


def register() -> None:
    """Make `Plots` the `.plot` of every run."""
    from sim.results.run import register_accessor

    register_accessor(Plots)
