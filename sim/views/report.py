"""One HTML file about a run; it opens with the network closed and loads nothing.

Figures are SVG drawn when the report is written, each in two layouts (page and phone) of which the
style sheet shows one. Tried against an interactive bundle of Vega: that adds 0.9 MB of script to
every file and a second of drawing to every opening, leaves holes where scripts are blocked (mail,
previews), and prints worse; what is lost is tooltips, and the numbers behind them are in the
run's tables.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.core.errors import SimError
from sim.results.whole import as_text, write_whole
from sim.views.accessor import Plots, shipped_score
from sim.views.again import again
from sim.views.basis import basis_of_run
from sim.views.figures import figure_interval, figure_name, figure_value
from sim.views.format import day
from sim.views.glossary import GLOSSARY
from sim.views.happenings import happenings
from sim.views.rundata import RunData, Score, horizon, replicates, text_of
from sim.views.svg import dark_rules, inline_svg, words_of
from sim.views.theme import INK, MUTED, PAPER
from sim.views.verdict import verdict

if TYPE_CHECKING:
    from altair.typing import ChartType

PAGE, PHONE = 780, 350
TEMPLATES = Path(__file__).parent / "templates"
HASH_DIGITS = 12
UNIT = re.compile(r"(?<=\d) (?=(?:tn|bn|M|k|%|CNY)\b|%)|(?<= bn| tn|. M|. k) (?=CNY)")


class ReportError(SimError):
    """A report that could not be written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot write the report {path}: {reason}; choose another place with -o")
        self.path = path


@dataclass(frozen=True)
class Figure:
    """One figure of a page: its words and its drawings, SVG that is safe to inline."""

    title: str
    caption: str
    source: str
    page: str
    phone: str


@dataclass(frozen=True)
class Section:
    """A part of a page: anchor, heading, one sentence of introduction, figures."""

    anchor: str
    heading: str
    lead: str
    figures: tuple[Figure, ...]


def write_report(run: RunData, path: Path | str, score: Score | None = None) -> Path:
    """Write the report of a run and return its path; an older file there is replaced at the end.

    Args:
        run: tables and manifest.
        path: the file to write; its folder must exist.
        score: known figures against the run; by default those that ship with the library.

    Raises:
        ReportError: the file cannot be written; nothing half-written is left.
    """
    return write_page(Path(path), html(run, score))


def write_page(path: Path, page: str) -> Path:
    """Write a page and return its path; an older file there is replaced at the end.

    Raises ReportError if it cannot be written; nothing half-written is left.
    """
    try:
        return write_whole(path, as_text(page))
    except OSError as error:
        raise ReportError(path, error.strerror or str(error)) from error


def html(run: RunData, score: Score | None = None) -> str:
    """Return the report as text; everything from the run is escaped."""
    rows = shipped_score(run) if score is None else score
    said = verdict(run)
    return rendered(
        "report.html",
        title=_name(run),
        headline=said.headline,
        summary=said.sentences[1:],
        span=_span(run),
        replicates=replicates(run),
        seed=run.manifest.get("seed"),
        happenings=happenings(run),
        basis=basis_of_run(run, rows),
        sections=_sections(run, rows),
        score=[_score_line(row) for row in rows],
        provenance=_provenance(run.manifest),
        failures=run.manifest.get("failures", ()),
        again=again("run", [text_of(run)], "-n", str(replicates(run)), *_seed(run)),
        scenario_text=text_of(run),
    )


def rendered(template: str, **context: object) -> str:
    """Return a page from one of the templates, with the style, the colours and the glossary.

    Everything in the context is escaped but figures, which are SVG made here.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    places = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    places.filters["together"] = together
    return places.get_template(template).render(
        glossary=GLOSSARY,
        style=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
        dark=Markup(dark_rules()),
        paper=PAPER,
        ink=INK,
        muted=MUTED,
        svg=Markup,
        **context,
    )


def together(text: str) -> str:
    """Keep a number with its unit, and a range, on one line."""
    return UNIT.sub("\u00a0", text).replace("–", "\u2060–\u2060")


def _sections(run: RunData, score: Score) -> list[Section]:
    plots = Plots(run)
    plan: tuple[tuple[str, str, str, tuple[Callable[[int], ChartType], ...]], ...] = (
        ("users", "Users", "Who people use, and where they came from.",
         (plots.users, plots.adds, plots.spending, plots.small_apps)),
        ("taken", "Who took whose users", "Moves between apps, as far as people left one for "
         "another at once, and who uses two.", (plots.flows, plots.overlap)),
        ("worth", "What bought users are worth", "What users cost, who stays, what they bring.",
         (plots.ads_and_users, plots.net_cost, plots.acquisition_cost, plots.unit_economics,
          plots.retention)),
        ("prices", "API prices", "What developers pay, and the moves that changed it.",
         (plots.prices,)),
        ("tokens", "Tokens", "How much the models are used.", (plots.tokens,)),
        ("cash", "Cash and runway", "How long the startups' money lasts.",
         (plots.cash, plots.runway, plots.runway_range)),
        ("owners", "Rounds and owners", "Who put money in, at which value, and who owns what.",
         (plots.rounds, plots.cap_table)),
        ("survival", "Survival", "Which startups are still there, and still train base models.",
         (plots.survival,)),
        ("money", "Where the money went", "Every line is read from the double-entry ledger.",
         (plots.waterfall, plots.ledger, plots.tenders)),
        ("score", "Simulated against known figures", "Figures that somebody published, beside "
         "what this run says of them.",
         tuple(partial(_scored, plots, rows) for rows in _halves(score))),
    )  # fmt: skip
    return [
        Section(anchor, heading, lead, tuple(
            drawn(draw, f"{anchor}{number}") for number, draw in enumerate(draws)
        ))
        for anchor, heading, lead, draws in plan
    ]  # fmt: skip


def _scored(plots: Plots, rows: Score, width: int) -> "ChartType":
    return plots.score(width, rows)


def _halves(score: Score) -> list[Score]:
    """Return the targets and the other rows, which are a page each; all rows if it is one kind."""
    targets = [row for row in score if row.use == "fit"]
    others = [row for row in score if row.use != "fit"]
    return [targets, others] if targets and others else [score]


def drawn(draw: "Callable[[int], ChartType]", name: str, source: str = "") -> Figure:
    """Return a figure in its two layouts from a function of the width; `name` starts its ids.

    source: where its numbers come from, for a figure that does not say so itself.
    """
    from sim.views.charts.parts import sourced

    page, phone = (
        sourced(draw(width), source, width) if source else draw(width) for width in (PAGE, PHONE)
    )
    words = words_of(page)
    return Figure(
        words.title, words.caption, words.source,
        inline_svg(page, f"{name}-page", words.label),
        inline_svg(phone, f"{name}-phone", words.label),
    )  # fmt: skip


def _name(run: RunData) -> str:
    return str(run.manifest.get("scenario", "run"))


def _seed(run: RunData) -> list[str]:
    return ["--seed", str(run.manifest["seed"])] if "seed" in run.manifest else []


def _span(run: RunData) -> str:
    span = horizon(run)
    return f"{day(span[0])} to {day(span[1])}" if span else "no week recorded"


def _score_line(row: Any) -> dict[str, str]:
    within = {True: "yes", False: "no", None: ""}[row.inside_90]
    known = row.lo90 is not None and row.hi90 is not None
    return {
        "id": row.id,
        "name": figure_name(row),
        "observed": figure_value(row, row.observed),
        "median": figure_value(row, row.median),
        "interval": figure_interval(row) if known else "",
        "within": within,
        "status": row.status,
        "reason": row.reason or "",
    }


def _provenance(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return what the manifest says of a run's making, in the order to read it in."""
    hashes, timing = manifest.get("hashes", {}), manifest.get("timing", {})
    versions = manifest.get("versions", {})
    finished = manifest.get("finished", ())
    told = {
        "Run": manifest.get("id"),
        "Status": manifest.get("status"),
        "Seed": manifest.get("seed"),
        "Replicates": f"{len(finished)} of {manifest['replicates']} finished"
        if "replicates" in manifest
        else None,
        "Code": str(hashes.get("code", ""))[:HASH_DIGITS],
        "Inputs": str(hashes.get("inputs", ""))[:HASH_DIGITS],
        "Commit": manifest.get("git_commit"),
        "Started": str(timing.get("started", "")).replace("T", " "),
        "Took": f"{timing['seconds']:.1f} s" if "seconds" in timing else None,
        "Versions": ", ".join(f"{name} {number}" for name, number in versions.items() if number),
    }
    return {name: str(value) for name, value in told.items() if value not in (None, "")}
