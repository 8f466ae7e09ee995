"""The advice to the operator about push URLs of platforms and accounts."""

from dataclasses import replace
from datetime import timedelta

from tests.clock import START
from tests.house import COMPONENT
from wechat_scheduler.pushes.endpoints import advice
from wechat_scheduler.pushes.model import PushEndpointView, PushRefusal, WaitingEvent

MINUTE = timedelta(minutes=1)
WELL = PushEndpointView(
    appid=COMPONENT,
    changed_at=START - 60 * MINUTE,
    former=False,
    platform=True,
    account=False,
    heard=False,
    verified_at=None,
    pushed_at=None,
    ticket_at=START - 9 * MINUTE,
    asked_at=None,
    answer="",
    events={},
    waiting=(),
)
WAITING = WaitingEvent(
    name="authorized", authorizer="wx9", received_at=START, due_at=START, note="WeChat is busy"
)
NEW = replace(WELL, ticket_at=None, changed_at=START - MINUTE)
ACCOUNT = replace(NEW, platform=False, account=True)
STALE = replace(WELL, ticket_at=START - 31 * MINUTE)


def test_what_is_wrong_is_said_in_one_sentence() -> None:
    cases = [
        (NEW, "waiting for the first ticket"),
        (replace(NEW, platform=False), "if it is a platform's, register"),
        (ACCOUNT, "nothing has come yet: once a user did something, check"),
        (replace(WELL, platform=False), f"register {COMPONENT}/component_access_token"),
        (STALE, "no ticket has come for 31 minutes: check"),
        (replace(WELL, ticket_at=None), "no ticket has come for 60 minutes: check"),
        (
            replace(STALE, asked_at=START, answer="in a normal state"),
            "no ticket has come for 31 minutes: asked to push again, WeChat said 'in a normal state'; check",
        ),
        (replace(WELL, waiting=(WAITING,)), "authorized waits: WeChat is busy"),
    ]

    for view, words in cases:
        said = advice(view, None, START)

        assert said.startswith(words), (words, said)


def test_all_is_well_while_tickets_come() -> None:
    assert advice(WELL, None, START) == ""
    assert advice(replace(WELL, waiting=(replace(WAITING, note=""),)), None, START) == ""

    assert advice(replace(ACCOUNT, heard=True), None, START) == ""


def test_a_refusal_counts_until_a_ticket_passes() -> None:
    before = PushRefusal(count=1, at=START - 10 * MINUTE, reason="its signature does not fit")
    after = replace(before, at=START)

    assert advice(WELL, before, START) == ""
    assert advice(WELL, after, START) == "the last push was refused: its signature does not fit"
    assert advice(WELL, replace(after, overcome=True), START) == ""


def test_a_refusal_counts_no_longer_once_wechat_verified_the_url_after_it() -> None:
    refused = PushRefusal(count=1, at=START - MINUTE, reason="its signature does not fit")
    verified = replace(ACCOUNT, heard=True, verified_at=START)

    assert "refused" in advice(replace(verified, verified_at=START - 2 * MINUTE), refused, START)
    assert advice(verified, refused, START) == ""
