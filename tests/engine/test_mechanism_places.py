"""Each switchable claim says where in the code its switch is asked for."""

import re
from pathlib import Path

from sim.evidence.mechanisms import MECHANISMS

ROOT = Path(__file__).parents[2]


def test_places_are_the_files_that_ask_for_the_switch() -> None:
    asked: dict[str, set[str]] = {}
    for file in sorted((ROOT / "sim").rglob("*.py")):
        for switch in re.findall(r'\bon\(\s*"([a-z_]+)"\s*\)', file.read_text(encoding="utf-8")):
            asked.setdefault(switch, set()).add(file.relative_to(ROOT).as_posix())
    stated = {switch: set(one.place) for switch, one in MECHANISMS.items() if one.place}
    assert stated == asked
