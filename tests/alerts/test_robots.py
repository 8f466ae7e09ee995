"""Webhooks and robots: each in its form, and what it says if it refuses."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.alerts.robots import SECRET, Robots, robots
from tests.alerts.samples import NOW, alert
from tests.business import Business, status
from tests.webhooks.clients import client_of
from tests.webhooks.conftest import business
from tests.webhooks.test_notifications import verify
from wechat_scheduler.alerts.model import News, NewsKind
from wechat_scheduler.alerts.telling import AlertWords, content_of
from wechat_scheduler.config.alert_targets import AlertLanguage, AlertTarget
from wechat_scheduler.config.target_notation import TARGETS
from wechat_scheduler.delivery.model import Content
from wechat_scheduler.errors import CallError, LastingError
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.webhooks.robots import RobotCarrier, WebhookCarrier

__all__ = ["business"]

KINDS = ("wecom", "dingtalk", "feishu")
SIGNED = {"dingtalk", "feishu"}
WHSEC = "whsec_c2VjcmV0IG9mIGFsZXJ0cw=="


def content() -> Content:
    words = AlertWords(
        language=AlertLanguage.EN, chinese=str, page_about=lambda _: "", all_alerts=""
    )
    return content_of([News(NewsKind.FIRES, alert(fired_at=NOW))], words)


@pytest.fixture
async def group() -> AsyncIterator[Robots]:
    async with robots(now=NOW.timestamp()) as found:
        yield found


@pytest.fixture
async def client() -> AsyncIterator[GuardedClient]:
    async with client_of() as found:
        yield found


def target(group: Robots, kind: str, **wish: Any) -> AlertTarget:
    secret = {"secret": SECRET} if kind in SIGNED else {}
    (found,) = TARGETS.read([group.target(kind, **secret | wish)])  # type: ignore[misc]
    assert isinstance(found, AlertTarget)
    return found


async def carry(client: GuardedClient, where: AlertTarget) -> None:
    await RobotCarrier(client).carry(where, content(), message="msg_7", at=NOW)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_robot_takes_an_alert_in_its_form_with_its_sign(
    group: Robots, client: GuardedClient, kind: str
) -> None:
    await carry(client, target(group, kind))

    assert group.said == [
        (
            kind,
            "wechat-scheduler: 1 alert\n[warning] no ticket came. To do: let WeChat push one.",
        )
    ]


@pytest.mark.parametrize("kind", sorted(SIGNED))
async def test_a_robot_that_gets_a_wrong_sign_refuses_and_says_what_to_do(
    group: Robots, client: GuardedClient, kind: str
) -> None:
    with pytest.raises(LastingError, match="sign") as refused:
        await carry(client, target(group, kind, secret="SECanother"))

    assert group.said == []
    assert "set its secret" in str(refused.value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (
            {"errcode": 45009, "errmsg": "api freq out of limit"},
            CallError,
            "45009: api freq out of limit",
        ),
        ({"code": 11232, "msg": "frequency limited"}, CallError, "11232: frequency limited"),
        (
            {"errcode": 310000, "errmsg": "keywords not in content"},
            LastingError,
            "wechat-scheduler",
        ),
        ({"errcode": 4711, "errmsg": "x" * 999}, LastingError, "x" * 120),
        ({"ok": True}, CallError, "answered without an errcode"),
    ],
)
async def test_an_answer_of_200_with_another_number_is_a_failure(
    group: Robots,
    client: GuardedClient,
    kind: str,
    answer: dict[str, Any],
    error: type[Exception],
    says: str,
) -> None:
    group.answer = answer

    with pytest.raises(CallError) as refused:
        await carry(client, target(group, kind))

    assert type(refused.value) is error
    assert says in str(refused.value)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_error_shows_nothing_of_the_address_which_is_a_secret(
    group: Robots, client: GuardedClient, business: Business, kind: str
) -> None:
    wrong = [status(404), status(500), status(200, b"<html>")]
    said = []
    for answer in wrong:
        business.script(answer)
        where = target(group, kind, url=business.url("/hook/topsecret?key=topsecret"))
        with pytest.raises(CallError) as refused:
            await carry(client, where)
        said.append(str(refused.value))
    assert said == [
        f"the alert target {kind} answered 404",
        f"the alert target {kind} answered 500",
        f"the alert target {kind} did not answer in JSON",
    ]
    assert "topsecret" not in repr(where)


async def test_a_robot_of_a_network_that_is_denied_is_not_called(group: Robots) -> None:
    async with client_of(deny=("127.0.0.0/8",)) as client:
        with pytest.raises(CallError, match="the alert target wecom must not be called"):
            await carry(client, target(group, "wecom"))

    assert group.said == []


async def test_a_webhook_gets_what_programs_need_signed_as_callbacks_are(
    business: Business, client: GuardedClient
) -> None:
    given = {"name": "hook", "kind": "webhook", "url": business.url("/hook"), "secret": WHSEC}
    (where,) = TARGETS.read([given])  # type: ignore[misc]

    await WebhookCarrier(client).carry(where, content(), message="msg_7", at=NOW)

    (call,) = business.calls
    assert verify(call, WHSEC)
    assert call.headers["webhook-id"] == "msg_7"
    assert json.loads(call.body) == {
        "action": "alerts",
        "data": {
            "alerts": [
                {
                    "event": "fires",
                    "id": "1",
                    "rule": "ticket_missing",
                    "subject": "wx1",
                    "node": "",
                    "appid": "wx1",
                    "name": "",
                    "severity": "warning",
                    "since": 1795953600000,
                    "text": "no ticket came",
                    "advice": "let WeChat push one",
                    "url": "",
                }
            ],
            "more": 0,
        },
    }
