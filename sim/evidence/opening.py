"""Opening conditions: who exists when the simulation starts, and with what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from math import fsum
from pathlib import Path
from typing import Literal, TypeVar

from sim.core.shipped import shipped
from sim.evidence.provenance import sourced_table
from sim.evidence.table import Amount, EvidenceError, Problem, Share, Text

Row = TypeVar("Row")

FirmKind = Literal["cloud", "startup", "lab"]
Conduct = Literal["respond", "share_maximiser", "cost_plus", "free_small_model"]
InvestorKind = Literal["rmb_vc", "usd_vc", "state", "strategic"]


@dataclass(frozen=True)
class Firm:
    """One model firm; None in `cash_mcny` means that a parent pays.

    Prices are list prices for input at entry; None is a price the firm decides itself on entry.
    """

    firm: str
    kind: FirmKind
    cash_mcny: Amount | None
    rd_compute_mcny_per_month: Amount
    staff_mcny_per_month: Amount
    quality_offset: float
    main_price_cny_per_mtok: Amount | None
    main_entry: date
    flagship_price_cny_per_mtok: Amount | None
    flagship_entry: date
    attach_margin_cny_per_mtok: Amount
    conduct: Conduct
    vendor_intercept: float
    cost_efficiency: Amount
    main_cost_factor: Amount
    valuation_bn_cny: Amount | None
    deployment_backlog_mcny: Amount
    bid_weight: Amount
    internal_lead: bool | None
    niche: str | None
    source: str

    @property
    def parent_backed(self) -> bool:
        """Return whether a parent pays what the firm cannot."""
        return self.cash_mcny is None


@dataclass(frozen=True)
class App:
    """One consumer app and the channels its owner can push it on for free."""

    app: str
    firm: str
    launch: date
    market: Literal["china", "overseas"]
    owned_channels: tuple[str, ...]
    cpa_multiplier: Amount
    note: Text
    source: str


@dataclass(frozen=True)
class Channel:
    """One advertising channel; `student` to `mass` say how well it reaches each segment."""

    channel: str
    owner: str | None
    capacity_mcny_per_month: Amount
    base_cost_cny_per_user: Amount
    student: Amount
    office: Amount
    developer: Amount
    mass: Amount
    source: str

    @property
    def audience(self) -> Mapping[str, float]:
        """Return the relative reach by segment."""
        return {
            "student": self.student,
            "office": self.office,
            "developer": self.developer,
            "mass": self.mass,
        }


@dataclass(frozen=True)
class Segment:
    """One kind of consumer; the factors multiply a parameter and average to 1 over people."""

    segment: str
    share: Share
    price_sensitivity: Amount
    ad_response: Amount
    word_of_mouth: Amount
    source: str


@dataclass(frozen=True)
class Investor:
    """One investor; None in `dry_powder_bn_cny` means no limit but the firm's own cash."""

    investor: str
    kind: InvestorKind
    firm: str | None
    dry_powder_bn_cny: Amount | None
    source: str


@dataclass(frozen=True)
class AccountKind:
    """One kind of API account.

    `volume` is the mean size relative to all accounts; `engineers` the chance of having people
    who could serve a model themselves; the three weights multiply the demand parameters and
    average to 1 over tokens.
    """

    account_kind: str
    share: Share
    volume: Amount
    engineers: Share
    price_weight: Amount
    quality_weight: Amount
    viability_weight: Amount
    source: str


def load_firms(path: Path | None = None) -> tuple[Firm, ...]:
    """Return the firms in the order of the file."""
    return _load("opening", Firm, ("firm",), path)


def load_apps(path: Path | None = None) -> tuple[App, ...]:
    """Return the apps in the order of the file."""
    return _load("apps", App, ("app",), path)


def load_channels(path: Path | None = None) -> tuple[Channel, ...]:
    """Return the advertising channels in the order of the file."""
    return _load("channels", Channel, ("channel",), path)


def load_segments(path: Path | None = None) -> tuple[Segment, ...]:
    """Return the consumer segments; shares sum to 1 and factors average to 1 over people."""
    rows = _load("segments", Segment, ("segment",), path)
    _check_mixture(path or _file("segments"), rows, [row.share for row in rows], FACTORS)
    return rows


def load_investors(path: Path | None = None) -> tuple[Investor, ...]:
    """Return the investors in the order of the file."""
    return _load("investors", Investor, ("investor",), path)


def load_account_kinds(path: Path | None = None) -> tuple[AccountKind, ...]:
    """Return the kinds of API account; volumes average to 1 and weights do over tokens."""
    rows = _load("account_kinds", AccountKind, ("account_kind",), path)
    file = path or _file("account_kinds")
    _check_mixture(file, rows, [row.share for row in rows], ("volume",))
    _check_mixture(file, rows, [row.share * row.volume for row in rows], WEIGHTS)
    return rows


FACTORS = ("price_sensitivity", "ad_response", "word_of_mouth")
WEIGHTS = ("price_weight", "quality_weight", "viability_weight")


@dataclass(frozen=True)
class Opening:
    """Everything that exists at the start, checked against each other."""

    firms: tuple[Firm, ...]
    apps: tuple[App, ...]
    channels: tuple[Channel, ...]
    segments: tuple[Segment, ...]
    investors: tuple[Investor, ...]
    account_kinds: tuple[AccountKind, ...]


@cache
def load_opening() -> Opening:
    """Return the shipped opening conditions.

    Raises:
        EvidenceError: a table is wrong, or names a firm or channel that does not exist.
    """
    opening = Opening(
        load_firms(),
        load_apps(),
        load_channels(),
        load_segments(),
        load_investors(),
        load_account_kinds(),
    )
    if problems := list(_dangling(opening)):
        raise EvidenceError(problems)
    return opening


def _file(name: str) -> Path:
    return shipped("seeds") / f"{name}.csv"


def _load(
    name: str, row_type: type[Row], key: tuple[str, ...], path: Path | None
) -> tuple[Row, ...]:
    return sourced_table(path or _file(name), row_type, key)


def _check_mixture(
    path: Path, rows: tuple[Row, ...], weights: list[float], columns: tuple[str, ...]
) -> None:
    problems = []
    if abs(fsum(weights) - 1) > 1e-9:
        problems.append(Problem(path, 0, f"shares sum to {fsum(weights):.9g}, 1 was expected"))
    for column in columns:
        mean = fsum(w * getattr(row, column) for w, row in zip(weights, rows, strict=True))
        if abs(mean - 1) > 1e-9:
            message = f"{column} averages to {mean:.9g} over shares, 1 was expected"
            problems.append(Problem(path, 0, message))
    if problems:
        raise EvidenceError(problems)


def _dangling(opening: Opening) -> Iterator[Problem]:
    firms = {row.firm for row in opening.firms}
    channels = {row.channel for row in opening.channels}
    segments = {row.segment for row in opening.segments}
    named = [
        *(("apps", row.app, "firm", row.firm, firms) for row in opening.apps),
        *(
            ("apps", row.app, "owned_channels", channel, channels)
            for row in opening.apps
            for channel in row.owned_channels
        ),
        *(("channels", row.channel, "owner", row.owner, firms) for row in opening.channels),
        *(("investors", row.investor, "firm", row.firm, firms) for row in opening.investors),
    ]
    for table, owner, column, found, known in named:
        if found is not None and found not in known:
            allowed = ", ".join(sorted(known))
            message = f"{owner}: {column} names {found!r}, known are {allowed}"
            yield Problem(_file(table), 0, message)
    audience = {field.name for field in fields(Channel)}
    for segment in sorted(segments - audience):
        yield Problem(_file("channels"), 0, f"no column for segment {segment!r}")
