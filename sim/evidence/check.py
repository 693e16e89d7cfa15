"""Every shipped evidence table, loaded and checked at once."""

from collections.abc import Callable, Iterator

from sim.core.shipped import shipped
from sim.evidence.articles import load_articles
from sim.evidence.currency import load_exchange_rates
from sim.evidence.figures import Figure, load_figures
from sim.evidence.history import load_history
from sim.evidence.mechanisms import load_mechanisms
from sim.evidence.opening import load_opening
from sim.evidence.provenance import check_parameters, check_row
from sim.evidence.quantities import (
    find_quantity,
    load_models,
    load_panels,
    load_quantities,
    load_sectors,
)
from sim.evidence.table import EvidenceError, Problem

LOADERS: tuple[Callable[[], object], ...] = (
    load_articles,
    load_figures,
    load_quantities,
    load_panels,
    load_models,
    load_sectors,
    load_exchange_rates,
    load_mechanisms,
    load_opening,
    lambda: load_history("history"),
    lambda: load_history("shocks_2025"),
    check_parameters,
)


def check_seeds() -> None:
    """Load every shipped table and check what holds between them.

    Raises:
        EvidenceError: with every problem of every table.
    """
    problems: list[Problem] = []
    for load in LOADERS:
        try:
            load()
        except EvidenceError as error:
            problems += error.problems
    if not problems:
        problems += _between_tables()
    if problems:
        raise EvidenceError(problems)


def _between_tables() -> Iterator[Problem]:
    seeds = shipped("seeds")
    for rate in load_exchange_rates():
        for message in check_row(rate):
            yield Problem(seeds / "exchange_rates.csv", 0, f"{rate.start}: {message}")
    articles = {article.id for article in load_articles()}
    for figure in load_figures():
        for message in _figure_problems(figure, articles):
            yield Problem(seeds / "figures.csv", 0, f"{figure.id}: {message}")
    firms = {firm.firm for firm in load_opening().firms}
    for model in load_models().values():
        if model.firm not in firms:
            yield Problem(seeds / "models.csv", 0, f"{model.model}: no firm {model.firm!r}")
    apps = {app.app for app in load_opening().apps}
    for sector in load_sectors().values():
        known = firms if sector.kind == "firm" else apps
        for member in set(sector.members) - known:
            message = f"{sector.sector}: no {sector.kind} {member!r}"
            yield Problem(seeds / "sectors.csv", 0, message)


def _figure_problems(figure: Figure, articles: set[str]) -> Iterator[str]:
    if figure.source.startswith("article ") and figure.source not in articles:
        yield f"no article {figure.source!r}"
    if figure.use == "context":
        return
    quantity = find_quantity(figure.quantity)
    if quantity is None:
        yield f"quantity {figure.quantity!r} is not defined"
        return
    if not quantity.speaks_of(figure.entity):
        allowed = ", ".join(quantity.entities)
        yield f"{figure.quantity} of {figure.entity!r}; it is defined for {allowed}"
    if figure.unit not in quantity.units and figure.use != "belief":
        yield f"{figure.quantity} in {figure.unit!r}; its units are {', '.join(quantity.units)}"
