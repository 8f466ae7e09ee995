"""Consumers of the gateway that cannot call."""

from collections.abc import Sequence

from tests.clock import START
from tests.doctor.test_accounts import view
from tests.house import APPID
from wechat_scheduler.doctor.finding import Level
from wechat_scheduler.doctor.gateway import consumers
from wechat_scheduler.gateway.model import Consumer


def consumer(name: str, *appids: str, revoked: bool = False) -> Consumer:
    ended = START if revoked else None
    return Consumer(name=name, appids=frozenset(appids), created_at=START, revoked_at=ended)


def said(found: Sequence[Consumer], *, is_on: bool = True) -> list[tuple[Level, str]]:
    findings = consumers(found, [view(None, fresh=True)], is_on=is_on)
    return [(finding.level, finding.says) for finding in findings]


def test_consumers_while_the_gateway_is_off_are_told() -> None:
    found = [consumer("shop", APPID), consumer("old", APPID, revoked=True)]

    assert said(found, is_on=False) == [(Level.WARN, "it is off, so none of 1 consumers can call")]


def test_a_consumer_of_an_account_that_is_not_registered_is_told() -> None:
    found = [consumer("shop", APPID), consumer("crm", APPID, "wx2")]

    assert said(found) == [(Level.WARN, "no token is kept for wx2, which the consumer crm may use")]


def test_consumers_that_can_call_are_in_order() -> None:
    assert said([consumer("shop", APPID)])[0][0] is Level.OK
    assert said([]) == said([consumer("old", "wx2", revoked=True)]) == []
