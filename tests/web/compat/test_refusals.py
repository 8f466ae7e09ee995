"""Each API has its own words for every refusal."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clock import START
from wechat_scheduler.delivery.model import Content, Message
from wechat_scheduler.delivery.orders import Order, Placed
from wechat_scheduler.delivery.refused_receivers import Refusal, Refused
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.planning import check, check_people, first
from wechat_scheduler.reminders.refused_reminders import ReminderError
from wechat_scheduler.web.compat import notices
from wechat_scheduler.web.compat.wecron.errors import translated
from wechat_scheduler.web.compat.wxpusher.messages import ACCEPTED, result_of

REMINDER = Reminder(
    app_id=1,
    source="wecron",
    owner="UID_amy",
    title="tea",
    start=START + timedelta(hours=1),
    zone="Asia/Shanghai",
    created_at=START,
)
MESSAGE = Message(id=1, app_id=1, content=Content(), created_at=START)


def test_wxpusher_says_each_refusal_in_chinese() -> None:
    for refusal in Refusal:
        placed = Placed(name="amy", refused=Refused(refusal))

        result = result_of(placed, Order(message=MESSAGE, placed=(placed,)), uid="amy")

        assert (result.code, result.message_id) == (1001, None), refusal
        assert re.search("[一-鿿]", result.status), refusal
        assert refusal.sentence not in result.status, refusal
        assert result.status != ACCEPTED, refusal


def test_the_notices_api_has_a_status_for_each_refusal() -> None:
    for refusal in Refusal:
        assert notices.ERRORS[refusal].status in (403, 404), refusal


def test_wechats_own_reason_is_passed_on() -> None:
    placed = Placed(name="amy", refused=Refused(Refusal.WECHAT, "43101 user refuse {0}"))

    result = result_of(placed, Order(message=MESSAGE, placed=(placed,)), uid="amy")

    assert result.status == "微信拒绝给该用户发消息：43101 user refuse {0}"
    assert placed.error == "43101 user refuse {0}"


OF_REMINDERS: list[Callable[[], object]] = [
    lambda: check(replace(REMINDER, title=" ")),
    lambda: check(replace(REMINDER, title="a" * 1000)),
    lambda: check(replace(REMINDER, detail="\0")),
    lambda: check(replace(REMINDER, url="ftp://shop.example")),
    lambda: check(replace(REMINDER, grace=timedelta(-1))),
    lambda: check_people(["UID_amy"] * 3000),
    lambda: planned(replace(REMINDER, start=START + timedelta(days=40_000))),
    lambda: planned(replace(REMINDER, start=START - timedelta(days=1))),
    lambda: planned(replace(REMINDER, defer=timedelta(days=400))),
    lambda: planned(replace(REMINDER, zone="Mars/Olympus")),
    lambda: planned(replace(REMINDER, rule="RRULE:FREQ=SECONDLY")),
]


def test_wecron_says_each_refusal_of_a_reminder_in_chinese() -> None:
    for refused in OF_REMINDERS:
        with pytest.raises(ReminderError) as raised:
            refused()

        body = str(translated(raised.value).body)

        assert re.search("[一-鿿]", body), refused
        assert raised.value.sentence not in body, refused


def planned(reminder: Reminder) -> object:
    return first(reminder, now=START, shortest=timedelta(minutes=1))
