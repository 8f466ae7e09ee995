"""What the documents say to type and to write does what they say."""

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.business import Business, Call
from tests.clock import FakeClock
from tests.documents import HTTP_API, INTEGRATING, README, SANDBOX, blocks
from tests.house import COMPONENT, Caller, daemon, wechat
from tests.terminal import DAEMON, Terminal, differences, typed
from wechat_scheduler.access.model import ADMIN
from wechat_scheduler.audience.use_counts import UseChange, UseReport
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.storage.sealing_keys import load_or_create_keys

TEMPLATE = "AT0001-parcels"


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncIterator[Terminal]:
    clock = FakeClock()
    async with (
        wechat(clock, token_lifetime=timedelta(seconds=60)) as weixin,
        daemon(tmp_path, weixin.url, clock=clock, server__public_url=DAEMON) as keeper,
        Business() as business,
        aiohttp.ClientSession() as session,
    ):
        grants = weixin.sandbox
        business.params = {
            "component_verify_ticket": grants.ticket(COMPONENT).value,
            "authorizer_refresh_token": grants.grant_authorizer(
                COMPONENT, "wx3333333333333333"
            ).authorizer_refresh_token,
            "refresh_token": grants.grant_user("wx1111111111111111", "o_alice").refresh_token,
        }
        granted = UseReport(template_id=TEMPLATE, change=UseChange.GRANTED)
        await keeper.daemon.ground.stores.uses.count(
            "wx1111111111111111", "o_alice", [granted], event="e1", now=clock.now()
        )
        yield Terminal(
            keeper=keeper,
            weixin=weixin,
            business=business,
            clock=clock,
            state=tmp_path,
            session=session,
        )


async def test_the_tour_goes_as_the_readme_shows(terminal: Terminal) -> None:
    for text, shown in typed(README):
        said = await terminal.type(text)

        if shown is not None:
            assert said is not None
            assert differences(shown, said) == [], text

    fetched = [said.body for said in terminal.answers if '"message":"","result":"' in said.body]
    assert len({body for body in fetched if "success" not in body}) >= 3
    assert [said.status for said in terminal.answers].count(503) == 1


@pytest.mark.parametrize("document", [HTTP_API, INTEGRATING, SANDBOX], ids=lambda path: path.name)
async def test_every_call_is_answered_as_the_document_shows(
    terminal: Terminal, document: Path
) -> None:
    for text, shown in (block for block in typed(document) if "curl " in block.text):
        said = await terminal.type(text)

        assert said is not None
        if shown is None:
            assert said.status == 200, (text, said.body)
        else:
            assert differences(shown, said) == [], text


def _python(beginning: str) -> dict[str, Any]:
    """The names that a Python block defines."""
    (code,) = [
        block.text
        for block in blocks(INTEGRATING)
        if block.language == "python" and block.text.startswith(beginning)
    ]
    defined: dict[str, Any] = {}
    exec(code, defined)
    return defined


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Caller]:
    """A daemon whose clockworks turn."""
    async with wechat(SystemClock()) as weixin, daemon(tmp_path, weixin.url) as keeper:
        yield keeper


async def _notified(house: Caller) -> Call:
    async with Business() as business:
        await house.register({"type": 0, "notify": business.url("/notify")})
        (call,) = await business.called()
        return call


def _signing_secret(state: Path) -> str:
    with closing(sqlite3.connect(state / "wechat-scheduler.db")) as database:
        ((sealed,),) = database.execute("SELECT signing_secret FROM api_keys").fetchall()
    vault = Vault(load_or_create_keys(state / "sealing.key", create=False))
    return vault.open(sealed, f"api_key:{ADMIN}")


async def test_the_verification_shown_accepts_what_the_daemon_sends(
    house: Caller, tmp_path: Path
) -> None:
    verify = _python("import base64")["verify"]
    secret = _signing_secret(tmp_path)
    call = await _notified(house)
    headers: Mapping[str, str] = call.headers

    verify(secret, headers, call.body)

    with pytest.raises(ValueError, match="not from us"):
        verify(secret, headers, call.body + b" ")
    with pytest.raises(ValueError, match="not from us"):
        verify("whsec_AAAA", headers, call.body)
    with pytest.raises(ValueError, match="too old"):
        verify(secret, {**headers, "webhook-timestamp": "1700000000"}, call.body)


async def test_the_client_shown_gets_a_credential(house: Caller) -> None:
    main = _python("from wechat_scheduler.client")["main"]

    token = await main(house.daemon.url, house.daemon.admin_key)

    assert token == await house.value("wx1111111111111111/0")
