"""A figure as SVG that can stand inside a page: no title of its own, no clashing ids."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.views.theme import every_hue

if TYPE_CHECKING:
    from altair.typing import ChartType

REFERENCE = re.compile(r'(id="|url\(#|href="#)([^")]+)')
OPENING = re.compile(r"<svg [^>]*>")
VIEW_BOX = re.compile(r'viewBox="\S+ \S+ (\S+) [^"]*"')


@dataclass(frozen=True)
class Words:
    """What a figure says beside its picture, each part as one line."""

    title: str
    caption: str
    source: str

    @property
    def label(self) -> str:
        """What stands for the picture where it cannot be seen."""
        return f"{self.title}. {self.caption}"


def words_of(chart: "ChartType") -> Words:
    """Return the words of a figure that carries its source."""
    told = chart.usermeta
    return Words(" ".join(chart.title.text), told["caption"], told["source"])


def inline_svg(chart: "ChartType", name: str, label: str) -> str:
    """Return a figure without its title as an SVG element that scales with the page.

    Args:
        chart: a finished figure.
        name: what its ids start with; figures of one page need different ones.
        label: what a screen reader says, not yet escaped.
    """
    from markupsafe import escape
    from vl_convert import vegalite_to_svg

    # Checking a specification against its schema takes longer than drawing it; tests do that.
    specification = chart.to_dict(validate=False)
    specification.pop("title", None)
    svg = _renumbered(vegalite_to_svg(specification), name)
    box = VIEW_BOX.search(svg)
    size = f' {box.group()} style="--own-width:{float(box.group(1)):.0f}px"' if box else ""
    opening = f'<svg role="img" aria-label="{escape(label)}"{size}>'
    return OPENING.sub(lambda _: opening, svg, count=1)


def _renumbered(svg: str, name: str) -> str:
    """Number ids by their order: the renderer counts on over all figures of a process."""
    numbers: dict[str, int] = {}

    def own(found: re.Match[str]) -> str:
        return f"{found[1]}{name}-{numbers.setdefault(found[2], len(numbers))}"

    return REFERENCE.sub(own, svg)


def dark_rules() -> str:
    """Return style rules that swap every hue of a figure for its form on dark paper."""
    return "\n".join(
        f'svg [{what}="{hue.light}"]{{{what}:{hue.dark}}}'
        for hue in every_hue()
        for what in ("fill", "stroke")
    )
