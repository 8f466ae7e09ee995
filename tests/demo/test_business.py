"""The business system on a socket: notifications, params and pushes."""

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from tests.clock import START, FakeClock
from tests.house import served, wechat
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.demo.business import BusinessSystem, PushSecrets
from wechat_scheduler.demo.journal import Journal
from wechat_scheduler.demo.setup import ACCOUNT, PLATFORM, SECRETS, USER
from wechat_scheduler.sandbox.options import PlatformReceiver
from wechat_scheduler.sandbox.pushes.codec import PushRequest, seal_for_platform

TICKET = "<xml><InfoType>component_verify_ticket</InfoType><ComponentVerifyTicket>ticket@@@&lt;1&gt;</ComponentVerifyTicket></xml>"
OTHER = PushSecrets(
    appid="wx_other", token=SECRETS.token, encoding_aes_key=SECRETS.encoding_aes_key
)


class Office:
    """The business system and its address."""

    def __init__(self, business: BusinessSystem, url: str, session: aiohttp.ClientSession) -> None:
        self.business = business
        self.url = url
        self._session = session

    async def ask(self, **query: str) -> Any:
        async with self._session.get(f"{self.url}/params", params=query) as response:
            return await response.json()

    async def notify(self, body: Mapping[str, Any], **query: str) -> int:
        async with self._session.post(f"{self.url}/notify", params=query, json=body) as response:
            return response.status

    async def push(self, envelope: PushRequest) -> tuple[int, str]:
        async with self._session.post(
            f"{self.url}/events", params=envelope.query, data=envelope.body
        ) as response:
            return response.status, await response.text()

    async def ticket(self) -> str:
        answer = await self.ask(appid=PLATFORM, type="3")
        return str(answer.get("component_verify_ticket", ""))


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    business = BusinessSystem(SECRETS, Journal(FakeClock()))
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(served(business.app))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        yield Office(business, url, session)


def sealed(text: str, platform: PushSecrets = SECRETS) -> PushRequest:
    push = PlatformReceiver(
        component_appid=platform.appid,
        url="http://127.0.0.1",
        token=platform.token,
        encoding_aes_key=platform.encoding_aes_key,
    )
    return seal_for_platform(text, push, START, random.Random(7))


async def test_a_pushed_ticket_is_decrypted_and_answers_params(office: Office) -> None:
    accepted = await office.push(sealed(TICKET))

    assert accepted == (200, "success")
    assert await office.ticket() == "ticket@@@<1>"
    assert office.business.tickets == 1


async def test_a_ticket_that_the_sandbox_pushed_answers_params(office: Office) -> None:
    async with wechat(FakeClock()) as weixin:
        weixin.sandbox.register_platform(
            PlatformReceiver(
                component_appid=SECRETS.appid,
                url=f"{office.url}/events",
                token=SECRETS.token,
                encoding_aes_key=SECRETS.encoding_aes_key,
            )
        )

        accepted = await weixin.sandbox.push_once()

        assert accepted == 1
        assert await office.ticket() == weixin.sandbox.ticket(PLATFORM).value


async def test_a_push_with_a_wrong_signature_is_refused(office: Office) -> None:
    envelope = sealed(TICKET)
    forged = PushRequest(query={**envelope.query, "nonce": "1"}, body=envelope.body)

    status, _ = await office.push(forged)

    assert status == 403
    assert await office.ticket() == ""


async def test_a_push_for_another_platform_is_refused(office: Office) -> None:
    assert await office.push(sealed(TICKET, OTHER)) == (403, "encrypted for another appid")


async def test_a_body_that_is_no_push_is_refused(office: Office) -> None:
    status, _ = await office.push(PushRequest(query={}, body=b"\xff<xml>"))

    assert status == 403


async def test_an_event_that_is_no_ticket_is_accepted(office: Office) -> None:
    assert await office.push(sealed("<xml><InfoType>authorized</InfoType></xml>")) == (
        200, "success",
    )  # fmt: skip

    assert office.business.tickets == 0


async def test_params_without_a_known_input_are_empty(office: Office) -> None:
    assert await office.ask(appid=ACCOUNT, type="2", subject=USER) == {}


async def test_a_consent_answers_params(office: Office) -> None:
    office.business.learn("oauth2_access_token", USER, "RT-1")

    answer = await office.ask(appid=ACCOUNT, type="2", subject=USER, openid=USER)

    assert answer == {"refresh_token": "RT-1"}


@pytest.mark.parametrize(
    ("query", "body", "key"),
    [
        ({"type": "0"}, {"access_token": "V"}, JobKey(ACCOUNT, "access_token")),
        ({"type": "1"}, {"errcode": 0, "ticket": "V"}, JobKey(ACCOUNT, "jsapi_ticket")),
        ({"type": "wx_card_ticket"}, {"ticket": "V"}, JobKey(ACCOUNT, "wx_card_ticket")),
        (
            {"type": "4", "subject": "wx_rice"},
            {"authorizer_access_token": "V", "authorizer_refresh_token": "RT"},
            JobKey(ACCOUNT, "authorizer_access_token", "wx_rice"),
        ),
    ],
)
async def test_a_notification_is_counted_and_its_value_kept(
    office: Office, query: dict[str, str], body: dict[str, Any], key: JobKey
) -> None:
    status = await office.notify(body, appid=ACCOUNT, **query)

    assert status == 200
    assert office.business.value(key) == "V"
    assert office.business.notified[key] == 1


async def test_params_have_the_rotated_refresh_token(office: Office) -> None:
    office.business.learn("authorizer_access_token", "wx_rice", "RT-1")

    await office.notify(
        {"authorizer_access_token": "V", "authorizer_refresh_token": "RT-2"},
        appid=PLATFORM, type="4", subject="wx_rice",
    )  # fmt: skip

    answer = await office.ask(appid=PLATFORM, type="4", subject="wx_rice")
    assert answer == {"authorizer_refresh_token": "RT-2"}
