"""`contrib/alerts.yml` speaks of what there is."""

import re
from pathlib import Path

from tests.house import Caller
from tests.watching.reading import metrics
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.reasons import Reaction

ALERTS = (Path(__file__).parents[2] / "contrib" / "alerts.yml").read_text("utf-8")
# Prometheus makes this one itself.
MADE_ELSEWHERE = {"up"}
ENDINGS = ("", "_bucket", "_sum", "_count")


def expressions() -> list[str]:
    return re.findall(r"expr: (?:>-\n)?((?:.|\n)*?)\n        (?:for|labels):", ALERTS)


async def test_every_metric_that_an_alert_names_is_on_the_page(keeper: Caller) -> None:
    page = await metrics(keeper)
    offered = {f"{name}{ending}" for name in page.types for ending in ENDINGS}

    named = {name for text in expressions() for name in re.findall(r"\b(\w+)\s*[{)]", text)}
    named |= set(re.findall(r"\bwechat_scheduler_\w+", " ".join(expressions())))

    assert len(expressions()) == ALERTS.count("alert:")
    assert "wechat_scheduler_jobs" in named
    assert {name for name in named if "_" in name or name == "up"} <= offered | MADE_ELSEWHERE


def test_every_value_of_a_label_that_an_alert_names_exists() -> None:
    states = set(re.findall(r'state="(\w+)"', ALERTS))
    reactions = set(re.findall(r'reaction="(\w+)"', ALERTS))

    assert states <= set(Freshness)
    assert reactions <= set(Reaction)


async def test_every_label_that_an_alert_shows_is_on_its_metric(keeper: Caller) -> None:
    kept = {
        "kind": ("kind",),
        "queue": ("queue",),
        "loop": ("loop",),
        "appid": ("appid",),
        "channel, errcode": ("channel", "errcode"),
        "kind, endpoint, errcode": ("kind", "endpoint", "errcode"),
    }

    for rule in re.split(r"(?m)^      - alert: ", ALERTS)[1:]:
        shown = set(re.findall(r"\$labels\.(\w+)", rule))
        by = re.search(r"by \(([\w, ]+)\)", rule)
        assert not by or shown <= set(kept[by[1]]), rule.splitlines()[0]
