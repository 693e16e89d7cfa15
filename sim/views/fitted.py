"""A table that fits a terminal of 80 columns: texts give way, numbers never do."""

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

WIDTH = 80
GAP = 2
NARROWEST = 8


def fitted(
    heads: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1, bold: Sequence[int] = ()
) -> Table:
    """Return a table of at most 80 columns.

    Args:
        heads: of the columns.
        rows: cells as text; an empty row draws a line.
        texts: how many columns at the left hold text, which is cut with an ellipsis where there
            is no room; the others hold numbers, which are written whole.
        bold: numbers of the rows that stand out.
    """
    widths = [max(len(row[i]) for row in [heads, *filter(None, rows)]) for i in range(len(heads))]
    shared = WIDTH - sum(widths[texts:]) - GAP * (len(heads) - 1)
    made = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False,
        header_style="bold",
    )  # fmt: skip
    for i, head in enumerate(heads):
        if i < texts:
            later = sum(min(width, shared // texts) for width in widths[i + 1 : texts])
            width = max(NARROWEST, min(widths[i], shared - later))
            shared -= width
            made.add_column(head, width=width, no_wrap=True, overflow="ellipsis")
        else:
            made.add_column(head, width=widths[i], no_wrap=True, justify="right")
    for number, row in enumerate(rows):
        last = number + 1 < len(rows) and not rows[number + 1]
        if row:
            made.add_row(*map(Text, row), style="bold" if number in bold else "", end_section=last)
    return made
