"""Commands keep to 80 columns, colour nothing in a pipe, and end with the next useful one."""

import pytest
from click.testing import CliRunner

from sim.cli.main import main
from sim.cli.output import hanging

COMMANDS = (
    ("scenarios",), ("explain", "parameters"), ("explain", "mechanisms.price_war"),
    ("explain", "parameters.run_failure"), ("explain", "firms.zhipu.pricing.strategy"),
    ("mechanisms", "--list"), ("figures", "show", "s1_private_price_ratio"), ("runs",),
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_command_keeps_to_80_columns_and_ends_with_the_next(command: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.stdout
    assert [line for line in done.stdout.splitlines() if len(line) > 80] == []
    assert "\n\nNext: llmsim " in done.stdout[-160:]


def test_colour_is_for_a_terminal_alone() -> None:
    assert "\x1b" in CliRunner().invoke(main, ["scenarios"], color=True).stdout


def test_no_command_greets_with_three_to_try() -> None:
    said = CliRunner().invoke(main, []).output
    three = said.partition("Three commands to try:")[2].split("llmsim ")[1:]
    assert len(three) == 3
    for one in three:
        # Each is one that this program has.
        assert main.get_command(None, one.split()[0]) is not None  # type: ignore[arg-type]


def test_further_lines_hang_below_the_first() -> None:
    said = hanging("key  ", "word " * 30)
    lines = said.splitlines()
    assert len(lines) == 2
    assert all(len(line) <= 80 for line in lines)
    assert lines[1].startswith("     word")
    assert hanging("a ", "one\ntwo") == "a one\n  two"
