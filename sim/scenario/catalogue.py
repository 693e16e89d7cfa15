"""The shipped scenarios and the question each of them asks."""

from sim.scenario.layers import opening_question, shipped_files
from sim.scenario.reading import read_bounded


def shipped_scenarios() -> dict[str, str]:
    """Return the question of every shipped scenario by name: its opening comment's first lines.

    Limit cases, which live in a folder of their own and are no futures, are left out.
    """
    return {
        name: opening_question(read_bounded(path).split("\n"))
        for name, path in shipped_files().items()
        if "/" not in name
    }
