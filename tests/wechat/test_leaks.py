"""No failure of a call shows a secret that the call carried."""

import traceback

import aiohttp
import pytest
from structlog.testing import capture_logs

from tests.wechat.conftest import PATH, SHORT, JumpingClock, refusal, wechat_client
from tests.wechat.hostile import AMBIGUOUS, BUSY, HostileServer, answer, hang
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.wechat.client import WeChatClient

PARAMS = {"appid": "wx1", "access_token": "q-s3cret+/=&token"}
BODY = {"component_verify_ticket": "b-s3cret-微信-ticket", "list": [{"text": "n-s3cret-message"}]}
ECHO = {"errcode": 40001, "errmsg": "q-s3cret+/=&token or q-s3cret%2B%2F%3D%26token is bad"}
ECHO_OF_BODY = {"errcode": 47001, "errmsg": "b-s3cret-微信-ticket, n-s3cret-message: not JSON"}
FAILURES = {**AMBIGUOUS, "silence": hang(), "busy": BUSY, "echo": answer(ECHO)}


async def test_no_failure_of_a_get_shows_a_secret(
    session: aiohttp.ClientSession, server: HostileServer, clock: JumpingClock
) -> None:
    patient = wechat_client(session, server.url, clock)
    hasty = wechat_client(session, server.url, clock, timeout=SHORT)

    for name, reply in FAILURES.items():
        server.script(reply)
        client = hasty if name == "silence" else patient

        with capture_logs() as logs, pytest.raises(WeChatError) as caught:
            await client.get(PATH, PARAMS)

        assert "s3cret" not in shown(caught.value) + repr(logs), name


async def test_no_failure_of_a_post_shows_a_secret(
    session: aiohttp.ClientSession, server: HostileServer, clock: JumpingClock
) -> None:
    patient = wechat_client(session, server.url, clock)
    hasty = wechat_client(session, server.url, clock, timeout=SHORT)

    for name, reply in (FAILURES | {"echo of the body": answer(ECHO_OF_BODY)}).items():
        server.script(reply)
        client = hasty if name == "silence" else patient

        with capture_logs() as logs, pytest.raises(WeChatError) as caught:
            await client.post(PATH, PARAMS, BODY)

        assert "s3cret" not in shown(caught.value) + repr(logs), name


async def test_unreachable_wechat_shows_no_secret(
    session: aiohttp.ClientSession, clock: JumpingClock, closed_port: int
) -> None:
    client = wechat_client(session, f"http://127.0.0.1:{closed_port}", clock)

    with capture_logs() as logs, pytest.raises(WeChatError) as caught:
        await client.post(PATH, PARAMS, BODY)

    assert [entry["event"] for entry in logs] == ["wechat.tried_again"]
    assert "s3cret" not in shown(caught.value) + repr(logs)


async def test_what_is_public_stays_readable_in_an_error(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(answer({"errcode": 40013, "errmsg": "invalid appid wx1234567890"}))

    error = await refusal(client, appid="wx1234567890", secret="s3cret")

    assert "invalid appid wx1234567890" in str(error)


async def test_answer_hides_its_secret(client: WeChatClient, server: HostileServer) -> None:
    server.script(answer({"access_token": "s3cret", "expires_in": 7200}))

    got = await client.get(PATH, {})

    assert "s3cret" not in repr(got)


def shown(error: BaseException | None) -> str:
    """All that a log could show of an error: its traceback, and every error behind it."""
    text = "".join(traceback.format_exception(error))
    while error is not None:
        text += f"{error} {error!r}"
        error = error.__cause__ or error.__context__
    return text
