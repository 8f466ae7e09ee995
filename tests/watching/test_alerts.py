"""`contrib/alerts.yml` speaks of what there is."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.house import Caller
from tests.watching.reading import metrics
from wechat_scheduler.alerts import conditions
from wechat_scheduler.config.alerts import AlertSettings
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


def rule(name: str) -> str:
    (found,) = [
        each for each in re.split(r"(?m)^      - alert: ", ALERTS) if each.startswith(f"{name}\n")
    ]
    return found


@pytest.mark.parametrize(
    ("name", "lasts"),
    [
        ("WechatNeedsOperator", conditions.OPERATOR_LASTS),
        ("WechatNeedsInput", conditions.INPUT_LASTS),
        ("WechatCredentialExpired", conditions.EXPIRED_LASTS),
        ("WechatStoreSlow", conditions.STORE_LASTS),
        ("WechatSchedulerLoopStands", conditions.STORE_LASTS),
        ("WechatQueueLate", conditions.STORE_LASTS),
    ],
)
def test_a_rule_that_the_daemon_has_too_waits_as_long(name: str, lasts: timedelta) -> None:
    (minutes,) = re.findall(r"for: (\d+)m", rule(name))

    assert timedelta(minutes=int(minutes)) == lasts


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("WechatTicketMissing", f"> {AlertSettings().ticket_age.total_seconds():.0f}"),
        ("WechatQuotaNearlySpent", f"> {AlertSettings().quota_share} *"),
        ("WechatStoreSlow", f">= {AlertSettings().commit_time.total_seconds():.0f}"),
        ("WechatQueueLate", f"> {conditions.LATE.total_seconds():.0f}"),
        (
            "WechatCredentialContested",
            f"[{conditions.CONTESTED_FOR // timedelta(hours=1)}h])) > 0",
        ),
        ("WechatDeliveriesDead", f"> {AlertSettings().dead_letters - 1}"),
    ],
)
def test_a_rule_that_the_daemon_has_too_has_the_default_of_its_setting(
    name: str, most: str
) -> None:
    assert f"{most}\n" in rule(name) or f"{most} " in rule(name)


def test_a_rule_that_the_daemon_has_too_is_as_urgent() -> None:
    urgent = ("WechatStoreSlow", "WechatSchedulerLoopStands", "WechatCredentialExpired")
    can_wait = (
        "WechatTicketMissing",
        "WechatCredentialContested",
        "WechatDeliveriesDead",
        "WechatQuotaNearlySpent",
    )

    assert all("{severity: critical}" in rule(name) for name in urgent)
    assert all("{severity: warning}" in rule(name) for name in can_wait)
