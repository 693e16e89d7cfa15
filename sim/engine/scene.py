"""The state that all firms decide on in a week, taken once: plain lists, quick to read."""

from dataclasses import dataclass

from sim.strategies.base import Lab, Menu, News, PublicFirm, PublicRelease, PublicRound


@dataclass(frozen=True)
class PublicRecord:
    """Rounds and releases of the last 26 weeks, and the news of last week."""

    rounds: tuple[PublicRound, ...] = ()
    releases: tuple[PublicRelease, ...] = ()
    news: tuple[News, ...] = ()


@dataclass(frozen=True)
class Scene:
    """The week's public state and books as plain lists, by firm or by class and firm."""

    years_after_2024: float
    cash: list[float]
    runway: list[float]
    quality: list[float]
    best_rival: list[float]
    research: list[float]
    menus: list[list[Menu]]
    spend: list[float]
    rival_spend: list[float]
    users: list[float]
    rivals_adds: list[float]
    user_growth: list[float]
    revenue_growth: list[float]
    apps: list[list[int]]
    revenue: list[float]
    burn: list[float]
    staff: list[float]
    valuation: list[float]
    luck: list[int]
    market: tuple[PublicFirm, ...]
    labs: list[Lab]
    push_inventory: list[float]
    app_users: list[float]
    app_engagement: list[float]
