"""Colours and type of every picture: one colour per firm, an app wears its owner's.

Each hue has a light-paper and a dark-paper form; both reach a contrast of 4.5 with their paper, so
a label may wear its line's colour. No picture tells two things apart by colour alone: lines are
labelled at their ends, panels are named, and two apps of one firm differ by dashes.
"""

from dataclasses import dataclass
from typing import Any

FONT = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"
TITLE_SIZE = 15


@dataclass(frozen=True)
class Hue:
    """A colour on light and on dark paper."""

    light: str
    dark: str


PAPER = Hue("#fdfcfa", "#15181c")
INK = Hue("#1b232c", "#e9ebee")
MUTED = Hue("#5d6875", "#a0aab5")
GRID = Hue("#e3e4e2", "#2b3138")
CONTEXT = Hue("#b9bfc4", "#4d565f")
ACCENT = Hue("#0b63a5", "#63b0ea")
GOOD = Hue("#11785b", "#46c39a")
BAD = Hue("#b9431a", "#f08d5e")

FIRM_HUES = {
    "bytedance": Hue("#0b63a5", "#5aa9e6"),
    "moonshot": Hue("#c24a08", "#f2884a"),
    "baidu": Hue("#08795a", "#3fc598"),
    "deepseek": Hue("#6d4ab0", "#ad93e8"),
    "alibaba": Hue("#946200", "#e2ac3a"),
    "tencent": Hue("#1a7a8c", "#57c5d6"),
    "zhipu": Hue("#b03a80", "#e887bd"),
    "minimax": Hue("#861f4f", "#d9749f"),
    "iflytek": Hue("#6c6b12", "#bdbb48"),
    "huawei": Hue("#9d3030", "#e57f7b"),
    "baichuan": Hue("#57652b", "#a9bc72"),
    "01ai": Hue("#46589c", "#93a6ec"),
    "stepfun": Hue("#72543f", "#c29f86"),
}
SPARE_HUES = (Hue("#5b5f9e", "#a3a7e6"), Hue("#7a5c1e", "#cfae68"), Hue("#2f6f5e", "#73b9a6"))

COST_HUES = {
    "R&D compute": Hue("#0b63a5", "#5aa9e6"),
    "R&D staff": Hue("#6fa8d4", "#2f6ea3"),
    "Serving": Hue("#08795a", "#3fc598"),
    "Deployments": Hue("#8cbfa5", "#357a5f"),
    "Ads, marketing": Hue("#c24a08", "#f2884a"),
    "Other staff, overhead": Hue("#a9a49b", "#6d6a66"),
}
ADD_HUES = {
    "Bought with ads": Hue("#c24a08", "#f2884a"),
    "Owner's channel": Hue("#0b63a5", "#5aa9e6"),
    "Word of mouth": Hue("#08795a", "#3fc598"),
    "By itself or news": Hue("#c9a13b", "#e2ac3a"),
    "Switched app": Hue("#a9a49b", "#6d6a66"),
    "Own events": Hue("#6d4ab0", "#ad93e8"),
}

OWNER_HUES = {
    "Founders": Hue("#3b4a5a", "#aeb9c6"),
    "Employees' options": Hue("#a9a49b", "#6d6a66"),
    "Yuan funds": Hue("#b5460f", "#d4622a"),
    "Dollar funds": Hue("#cfa640", "#f0c45c"),
    "State funds": Hue("#08795a", "#3fc598"),
    "Clouds": Hue("#6fa8d4", "#2f6ea3"),
}


def firm_hue(firm: str) -> Hue:
    """Return the hue of a firm; a firm nobody coloured keeps one spare hue in every picture."""
    from sim.core.streams import stable_id

    return FIRM_HUES.get(firm) or SPARE_HUES[stable_id(firm) % len(SPARE_HUES)]


CHANNEL_HUES = {
    "douyin": FIRM_HUES["bytedance"], "tencent_ads": FIRM_HUES["tencent"],
    "baidu_search": FIRM_HUES["baidu"], "kuaishou": FIRM_HUES["moonshot"],
    "bilibili": FIRM_HUES["zhipu"], "xiaohongshu": FIRM_HUES["huawei"],
    "app_stores": FIRM_HUES["deepseek"], "outdoor": FIRM_HUES["stepfun"],
}  # fmt: skip


def channel_hue(channel: str) -> Hue:
    """Return the hue of an advertising channel, its owner's where it has one."""
    return CHANNEL_HUES.get(channel) or firm_hue(channel)


def every_hue() -> tuple[Hue, ...]:
    """Return all hues that a picture may contain; the report swaps them for dark paper."""
    ground = (PAPER, INK, MUTED, GRID, CONTEXT, ACCENT, GOOD, BAD)
    named = (
        *FIRM_HUES.values(),
        *SPARE_HUES,
        *COST_HUES.values(),
        *ADD_HUES.values(),
        *OWNER_HUES.values(),
    )
    return tuple({hue.light: hue for hue in (*ground, *named)}.values())


def config() -> dict[str, Any]:
    """Return the Vega-Lite configuration that every figure carries."""
    axis = {
        "domain": False, "tickColor": GRID.light, "gridColor": GRID.light, "gridWidth": 1,
        "labelColor": MUTED.light, "titleColor": MUTED.light, "labelFontSize": 11,
        "titleFontSize": 11, "titleFontWeight": "normal", "labelPadding": 6,
    }  # fmt: skip
    legend = {
        "labelColor": INK.light, "titleColor": MUTED.light, "labelFontSize": 11,
        "titleFontSize": 11, "titleFontWeight": "normal", "symbolType": "square",
        "orient": "top", "direction": "horizontal", "title": None, "labelLimit": 240,
    }  # fmt: skip
    header = {"labelColor": INK.light, "labelFontWeight": "bold", "labelFontSize": 12,
              "labelAnchor": "start", "labelPadding": 6, "title": None}  # fmt: skip
    return {
        "background": PAPER.light,
        "font": FONT,
        "padding": 8,
        "aria": False,
        "view": {"stroke": None},
        "axis": axis,
        "axisX": {"grid": False, "ticks": True, "tickSize": 4, "domain": True,
                  "domainColor": CONTEXT.light},
        "axisY": {"ticks": False, "titleAngle": 0, "titleAlign": "left", "titleAnchor": "start",
                  "titleBaseline": "bottom", "titleX": 0, "titleY": -8},
        "legend": legend,
        "header": header,
        "title": {
            "anchor": "start", "frame": "bounds", "color": INK.light, "fontSize": TITLE_SIZE,
            "fontWeight": "bold", "subtitleColor": MUTED.light, "subtitleFontSize": 12,
            "subtitlePadding": 5, "offset": 16, "lineHeight": 19,
        },
        "text": {"font": FONT, "fontSize": 11},
    }  # fmt: skip
