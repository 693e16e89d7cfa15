"""Display names of firms and apps, and which firms are startups."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sim.views.rundata import RunData, table, text_of

FIRMS = {
    "bytedance": "ByteDance", "alibaba": "Alibaba", "baidu": "Baidu", "tencent": "Tencent",
    "huawei": "Huawei", "iflytek": "iFlytek", "zhipu": "Zhipu", "moonshot": "Moonshot",
    "minimax": "MiniMax", "baichuan": "Baichuan", "01ai": "01.AI", "stepfun": "StepFun",
    "deepseek": "DeepSeek",
}  # fmt: skip
APPS = {
    "doubao": "Doubao", "wenxiaoyan": "Wenxiaoyan", "spark": "Spark", "tongyi": "Tongyi",
    "qingyan": "Qingyan", "kimi": "Kimi", "baixiaoying": "Baixiaoying", "wanzhi": "Wanzhi",
    "yuewen": "Yuewen", "yuanbao": "Yuanbao", "deepseek": "DeepSeek", "xingye": "Xingye",
    "hailuo": "Hailuo", "talkie": "Talkie (abroad)",
}  # fmt: skip
CHANNELS = {
    "douyin": "Douyin", "kuaishou": "Kuaishou", "bilibili": "Bilibili",
    "xiaohongshu": "Xiaohongshu", "tencent_ads": "Tencent ads", "baidu_search": "Baidu search",
    "app_stores": "App stores", "outdoor": "Outdoor",
}  # fmt: skip
STARTUPS = ("zhipu", "moonshot", "minimax", "baichuan", "01ai", "stepfun")


def firm_name(firm: str) -> str:
    """Return the display name of a firm; an id nobody named stands for itself."""
    return FIRMS.get(firm, firm)


def app_name(app: str) -> str:
    """Return the display name of an app; an id nobody named stands for itself."""
    return APPS.get(app, app)


def channel_name(channel: str) -> str:
    """Return the display name of a channel; an id nobody named stands for itself."""
    return CHANNELS.get(channel, channel)


def possessive(name: str) -> str:
    """Return the genitive: Kimi's, Tongyi's, ByteDance's."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def joined(names: list[str]) -> str:
    """Join names as prose does: A, B and C."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def scenario_of(run: RunData) -> Mapping[str, Any]:
    """Return the resolved scenario of the manifest as a mapping; empty if there is none."""
    return scenario_in(text_of(run))


@lru_cache(maxsize=4)
def scenario_in(text: str) -> Mapping[str, Any]:
    """Return a resolved scenario as a mapping; empty if the text is none."""
    from tomllib import TOMLDecodeError, loads

    try:
        return loads(text)
    except TOMLDecodeError:
        return {}


def startups(run: RunData) -> list[str]:
    """Return the startups of a run in table order: `kind` in its scenario, else the known six."""
    firms = table(run, "firms")["firm"].unique(maintain_order=True).to_list()
    blocks = scenario_of(run).get("firms")
    blocks = blocks if isinstance(blocks, Mapping) else {}

    def is_startup(firm: str) -> bool:
        block = blocks.get(firm)
        kind = block.get("kind") if isinstance(block, Mapping) else None
        return kind == "startup" if isinstance(kind, str) else firm in STARTUPS

    return [firm for firm in firms if is_startup(firm)]


def owners(run: RunData) -> dict[str, str]:
    """Return the owner of each app."""
    apps = table(run, "apps").select("app", "firm").unique(maintain_order=True)
    return dict(zip(apps["app"].to_list(), apps["firm"].to_list(), strict=True))
