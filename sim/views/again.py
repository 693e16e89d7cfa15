"""How to make a page's runs again: the scenario as the command line names it, with its settings."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario.scenario import Difference

MOST_SETTINGS = 8
GIVEN = ("seed",)
"""What a command says by an option of its own."""


@dataclass(frozen=True)
class Again:
    """A command, and the files that must be saved from the page before it can run."""

    command: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Named:
    """A scenario as a word of a command, and the settings laid on it; None if it must be saved."""

    word: str
    settings: tuple[str, ...] | None


def again(command: str, scenario_texts: Sequence[str], *options: str) -> Again:
    """Return the command that makes runs of some scenarios again.

    A shipped scenario is called by its name, with up to eight settings as `-S`; any other one is
    a file. Settings hold for all scenarios of a command, so where they differ there are files too.

    Args:
        command: of llmsim.
        scenario_texts: the resolved scenarios in the order of its arguments.
        options: what else the command is given.
    """
    named = [_named(text) for text in scenario_texts]
    settings = named[0].settings if named else ()
    if any(one.settings is None or one.settings != settings for one in named):
        named = [one if one.settings == () else _saved(one) for one in named]
        settings = ()
    words = [one.word for one in named]
    laid = [part for one in settings or () for part in ("-S", one)]
    files = tuple(one.word for one in named if one.settings is None)
    return Again(shlex.join(["llmsim", command, *words, *laid, *options]), files)


def _saved(one: Named) -> Named:
    return Named(f"{one.word.removesuffix('.toml')}.toml", None)


def _named(text: str) -> Named:
    """Return how a resolved scenario is called: it is loaded back and held against the text."""
    from sim.core.errors import SimError
    from sim.scenario import Scenario
    from sim.scenario.catalogue import shipped_scenarios
    from sim.scenario.posterior import without_draws

    try:
        told = Scenario.loads(without_draws(text))
    except SimError:
        return _saved(Named("scenario", None))
    if told.name not in shipped_scenarios():
        return _saved(Named(told.name, None))

    def unlike(settings: tuple[str, ...]) -> "list[Difference]":
        made = Scenario.loads(without_draws(Scenario.load(told.name, settings).to_toml()))
        return [one for one in told.differences(made) if one.key not in GIVEN]

    # What a setting takes away with it, such as events after an earlier end, is none itself.
    laid = tuple(map(_setting, filter(_is_set, unlike(()))))
    if len(laid) > MOST_SETTINGS or unlike(laid):
        return _saved(Named(told.name, None))
    return Named(told.name, laid)


def _is_set(one: "Difference") -> bool:
    from sim.scenario.scenario import ABSENT

    return one.after is not None and one.after != ABSENT


def _setting(one: "Difference") -> str:
    from sim.scenario.writing import toml_value

    return f"{one.key}={toml_value(one.after)}"
