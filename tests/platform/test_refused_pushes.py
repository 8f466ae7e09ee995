"""Which refused pushes are told as an alert: those that WeChat may have sent, and not one alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clock import START
from tests.platform.sealing import Sender, ticket
from wechat_scheduler.pushes.model import Push
from wechat_scheduler.pushes.refused_pushes import APART, WITHIN, Refusals, is_likely

APPID = "wx1"
PUSH = Sender().push(ticket())
SECOND = timedelta(seconds=1)


def noted(*after: timedelta, likely: bool = True, signed: bool = False) -> Refusals:
    refusals = Refusals()
    for each in after:
        refusals.note(
            APPID, "its signature does not fit", START + each, likely=likely, signed=signed
        )
    return refusals


def test_refusals_last_once_two_are_minutes_apart() -> None:
    repeated = noted(0 * SECOND, 5 * SECOND, 10 * SECOND)
    wrong = noted(0 * SECOND, 5 * SECOND, APART)

    assert repeated.lasting() == {}
    assert [(each.since, each.at) for each in wrong.lasting().values()] == [(START, START + APART)]


def test_those_that_are_signed_are_counted_apart_from_those_of_strangers() -> None:
    of_wechat = noted(0 * SECOND, APART, signed=True)
    mixed = noted(0 * SECOND, signed=True)
    mixed.note(APPID, "it cannot be read", START + APART, likely=True)
    overcome = noted(0 * SECOND, APART, signed=True)
    overcome.overcome(APPID)

    assert [each.signed for each in of_wechat.lasting().values()] == [True]
    assert [each.signed for each in mixed.lasting().values()] == [False]
    assert overcome.lasting() == {}


def test_what_wechat_does_not_send_never_lasts_and_is_still_shown() -> None:
    refusals = noted(0 * SECOND, APART, 2 * APART, likely=False)

    last = refusals.last(APPID)

    assert refusals.lasting() == {}
    assert last is not None
    assert last.count == 3


def test_two_refusals_of_different_days_are_two_strangers() -> None:
    assert noted(0 * SECOND, WITHIN + SECOND).lasting() == {}


def test_what_passes_in_between_begins_the_count_at_one() -> None:
    refusals = noted(0 * SECOND)
    refusals.overcome(APPID)

    refusals.note(APPID, "its signature does not fit", START + APART, likely=True)

    assert refusals.lasting() == {}


def test_pushes_of_wechat_are_likely_in_each_mode() -> None:
    sender, hello = Sender(), b"<xml><ToUserName>gh_1</ToUserName></xml>"
    in_json = b'{"ToUserName":"gh_1"}'

    pushes = [PUSH, sender.open(hello), sender.open(in_json), sender.safe(in_json)]

    assert all(map(is_likely, pushes))


@pytest.mark.parametrize(
    "push",
    [
        Push(timestamp="", nonce="", signature="", msg_signature="", body=PUSH.body),
        replace(PUSH, signature="", msg_signature=""),
        replace(PUSH, nonce=""),
        replace(PUSH, body=b""),
        replace(PUSH, body=b"<xml/>"),
    ],
    ids=["unsigned", "no signature", "no nonce", "verification", "empty"],
)
def test_a_request_without_the_form_of_a_push_is_not_likely(push: Push) -> None:
    assert not is_likely(push)
