"""Users by app."""

from altair.typing import ChartType

from sim.views.charts.fans import FanStyle, fan_panel
from sim.views.charts.parts import finished, nothing
from sim.views.findings import lead
from sim.views.format import bracketed, count, month
from sim.views.names import app_name, owners
from sim.views.rundata import RunData, table
from sim.views.theme import firm_hue


def users(run: RunData, width: int = 760, beside: RunData | None = None) -> ChartType:
    """Return monthly users of each app over time, as fans over replicates.

    Args:
        run: a run with the table `apps`.
        width: pixels of the whole figure; under 520 it is laid out for a phone.
        beside: another run that is shown beside; the value axis then holds the values of both.

    Returns:
        A layered chart; without any user, a figure that says so.
    """
    found = lead(run)
    if found is None:
        return nothing("No app has users", width)
    band = bracketed(found.users.lo90, found.users.hi90, count)
    title = (
        f"{app_name(found.app)} reaches {count(found.users.median)} users{band} "
        f"by {month(found.when)}"
    )
    caption = "Monthly users, M. Line: median of the replicates; bands: 50 % and 90 % of them."
    hues = {app: firm_hue(firm) for app, firm in owners(run).items()}
    style = FanStyle("M users", 1e6, False, app_name, hues)
    others = None if beside is None else table(beside, "apps")
    panel = fan_panel(table(run, "apps"), "mau", "app", style, width, others)
    return finished(panel, title, caption, width)
