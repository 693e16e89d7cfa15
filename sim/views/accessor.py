"""`result.plot`: the figures of a run, for notebooks and scripts."""

from typing import TYPE_CHECKING

from sim.views.rundata import RunData, Score, source_of

if TYPE_CHECKING:
    from altair.typing import ChartType

WIDTH = 760


class Plots:
    """The figures of one run; each method returns a Vega-Lite chart with `.save(path)`.

    Args:
        run: the run.
        beside: another run that is shown beside it: users, prices, tokens and cash then stand on
            one axis for both.
    """

    def __init__(self, run: RunData, beside: RunData | None = None) -> None:
        self._run, self._beside = run, beside

    def __repr__(self) -> str:
        names = [name for name in dir(self) if not name.startswith("_")]
        return f"<figures: {', '.join(names)}>"

    def users(self, width: int = WIDTH) -> "ChartType":
        """Monthly users of each app, as fans."""
        from sim.views.charts.users import users

        return self._told(users(self._run, width, self._beside), width, "apps")

    def prices(self, width: int = WIDTH) -> "ChartType":
        """API list prices and what moved them."""
        from sim.views.charts.prices import prices

        return self._told(prices(self._run, width, self._beside), width, "firms", "events")

    def tokens(self, width: int = WIDTH) -> "ChartType":
        """Reported tokens per day of each firm."""
        from sim.views.charts.tokens import tokens

        return self._told(tokens(self._run, width, self._beside), width, "firms")

    def cash(self, width: int = WIDTH) -> "ChartType":
        """Cash of each startup, as fans."""
        from sim.views.charts.cash import cash

        return self._told(cash(self._run, width, self._beside), width, "firms")

    def runway(self, width: int = WIDTH) -> "ChartType":
        """Runway of each startup, as fans."""
        from sim.views.charts.cash import runway

        return self._told(runway(self._run, width), width, "firms")

    def survival(self, width: int = WIDTH) -> "ChartType":
        """Share of replicates in which each startup is independent, and pre-trains."""
        from sim.views.charts.survival import survival

        return self._told(survival(self._run, width), width, "firms")

    def adds(self, width: int = WIDTH) -> "ChartType":
        """Where each app's users came from."""
        from sim.views.charts.adds import adds

        return self._told(adds(self._run, width), width, "apps")

    def spending(self, width: int = WIDTH) -> "ChartType":
        """Advertising by app and quarter."""
        from sim.views.charts.spending import spending

        return self._told(spending(self._run, width), width, "apps")

    def ads_and_users(self, width: int = WIDTH) -> "ChartType":
        """Advertising of each firm against the users it gains."""
        from sim.views.charts.ads_and_users import ads_and_users

        return self._told(ads_and_users(self._run, width), width, "apps")

    def flows(self, width: int = WIDTH) -> "ChartType":
        """Who took whose users."""
        from sim.views.charts.flows import flows

        return self._told(flows(self._run, width), width, "flows")

    def overlap(self, width: int = WIDTH) -> "ChartType":
        """Who uses two apps."""
        from sim.views.charts.overlap import overlap

        return self._told(overlap(self._run, width), width, "overlap", "apps")

    def retention(self, width: int = WIDTH) -> "ChartType":
        """Who stays of the users that came in a quarter, bought and not."""
        from sim.views.charts.retention import retention

        return self._told(retention(self._run, width), width, "cohorts")

    def acquisition_cost(self, width: int = WIDTH) -> "ChartType":
        """Cost per acquisition by channel, as fans."""
        from sim.views.charts.acquisition import acquisition_cost

        return self._told(acquisition_cost(self._run, width), width, "channels")

    def unit_economics(self, width: int = WIDTH) -> "ChartType":
        """What a bought user costs by firm and channel, and pays until leaving."""
        from sim.views.charts.acquisition import unit_economics

        return self._told(unit_economics(self._run, width), width, "acquisition")

    def net_cost(self, width: int = WIDTH) -> "ChartType":
        """Advertising per user gained on balance."""
        from sim.views.charts.net_cost import net_cost

        return self._told(net_cost(self._run, width), width, "apps")

    def ledger(self, width: int = WIDTH) -> "ChartType":
        """Where each firm's money went."""
        from sim.views.charts.ledger import ledger

        return self._told(ledger(self._run, width), width, "firms")

    def rounds(self, width: int = WIDTH) -> "ChartType":
        """What each startup is valued at, and its funding rounds."""
        from sim.views.charts.rounds import rounds

        return self._told(rounds(self._run, width), width, "firms", "rounds")

    def cap_table(self, width: int = WIDTH) -> "ChartType":
        """Who owns each startup, over time."""
        from sim.views.charts.cap_table import cap_table

        return self._told(cap_table(self._run, width), width, "stakes")

    def runway_range(self, width: int = WIDTH) -> "ChartType":
        """How long each startup's cash lasts from the end on, with its chances."""
        from sim.views.charts.runway_range import runway_range

        return self._told(runway_range(self._run, width), width, "firms")

    def tenders(self, width: int = WIDTH) -> "ChartType":
        """Who wins public tenders, and at what margin."""
        from sim.views.charts.tenders import tenders

        return self._told(tenders(self._run, width), width, "tenders")

    def small_apps(self, width: int = WIDTH) -> "ChartType":
        """How many small app startups are at work, and what their users cost and pay."""
        from sim.views.charts.small_apps import small_apps

        return self._told(small_apps(self._run, width), width, "small_apps")

    def waterfall(self, width: int = WIDTH, firm: str | None = None) -> "ChartType":
        """From cash at the start to cash at the end; of one firm, or of all startups together."""
        from sim.views.charts.waterfall import waterfall

        return self._told(waterfall(self._run, width, firm), width, "ledger")

    def score(self, width: int = WIDTH, rows: Score | None = None) -> "ChartType":
        """Simulated against known figures; by default against the shipped ones."""
        from sim.views.charts.score import score

        drawn = score(shipped_score(self._run) if rows is None else rows, width)
        return self._told(drawn, width, "of known figures against all tables")

    def _told(self, chart: "ChartType", width: int, *tables: str) -> "ChartType":
        """Return a figure with the line that says where it comes from."""
        from sim.views.charts.parts import sourced
        from sim.views.notebook import offline

        return offline(sourced(chart, source_of(self._run, *tables), width))


def shipped_score(run: RunData) -> Score:
    """Return the score of a run against the shipped figures."""
    from sim.evidence.figures import load_figures
    from sim.experiments.scoring import score_rows

    return score_rows(run, load_figures())


def register() -> None:
    """Make `Plots` the `.plot` of every run."""
    from sim.results.run import register_accessor

    register_accessor(Plots)
