"""What the documents say to type and to write does what they say."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.business import Business, Call
from tests.clock import FakeClock
from tests.documents import (
    DOCUMENTS,
    GATEWAY,
    INTEGRATING,
    OPERATIONS,
    README,
    ROOT,
    SANDBOX,
    blocks,
)
from tests.house import Caller, daemon, in_memory, wechat
from tests.shell import Shell, shell
from tests.terminal import DAEMON, Terminal, differences, typed
from tests.terminal import SANDBOX as SANDBOX_URL
from wechat_scheduler.access.model import ADMIN
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.storage.rows import Vault
from wechat_scheduler.storage.sealing_keys import load_or_create_keys

APIS = tuple(
    ROOT / "docs" / f"{name}.md"
    for name in ("notices", "original", "tencent", "wecron", "wxpusher")
)
SET_UP = "A place for the examples"
# They set their own place up.
ALONE = (SANDBOX, GATEWAY)
# WeChat's answers end without a line break, too.
OF_OTHERS = (*APIS, GATEWAY)
# What operations.md says is done to an installed daemon; a Chinese page has the code of its English twin.
ELSEWHERE = (README, OPERATIONS)
TYPED = tuple(
    page
    for page in DOCUMENTS
    if page not in ELSEWHERE and ".zh-CN" not in page.name and list(typed(page))
)
# The pages of "a place for the examples", in its order.
IN_A_ROW = (
    *(ROOT / "docs" / f"{name}.md" for name in ("apps", "sending", "integrating")),
    *APIS,
    ROOT / "docs" / "http-api.md",
)


@asynccontextmanager
async def _terminal(folder: Path, *, lifetime: timedelta) -> AsyncIterator[tuple[Terminal, Shell]]:
    """A shell in the folder with the `tour`, in which nothing is set."""
    clock, state = FakeClock(), folder / "tour"
    state.mkdir()
    async with (
        wechat(clock, token_lifetime=lifetime) as weixin,
        daemon(
            state,
            weixin.url,
            clock=clock,
            opener=in_memory,
            server__public_url=DAEMON,
            gateway__enabled=True,
        ) as keeper,
        _business(weixin.url) as business,
        aiohttp.ClientSession() as session,
    ):
        terminal = Terminal(
            keeper=keeper,
            weixin=weixin,
            business=business,
            clock=clock,
            state=state,
            session=session,
        )
        async with shell(folder, terminal.commands) as bash:
            yield terminal, bash


@asynccontextmanager
async def _business(weixin: str) -> AsyncIterator[str]:
    """The business system that is shown, on a port of its own."""
    made = _python("import json\nfrom http.server", {SANDBOX_URL: weixin})["Business"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), made)
    serving = threading.Thread(target=server.serve_forever, args=(0.01,))
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        await asyncio.to_thread(server.shutdown)
        serving.join()
        server.server_close()


async def _type(terminal: Terminal, bash: Shell, document: Path, *, section: str = "") -> None:
    """Types each block, and compares what comes with what is shown. The answers of foreign APIs are
    those of others, and the last of an answer is where the next prompt stands."""
    for text, shown in typed(document, section=section):
        before = len(terminal.answers)
        printed = await bash.type(text)

        made = terminal.answers[before:]
        assert document in OF_OTHERS or [it.body for it in made if not it.body.endswith("\n")] == []
        if shown is not None:
            assert differences(shown, printed, terminal.answers[-1]) == [], f"{text}{printed}"
            made = made[:-1]
        assert [said for said in made if said.status >= 400] == [], text


async def test_the_tour_goes_as_the_readme_shows(tmp_path: Path) -> None:
    async with _terminal(tmp_path, lifetime=timedelta(seconds=60)) as (terminal, bash):
        await _type(terminal, bash, README)

    fetched = [said.body for said in terminal.answers if '"message":"","result":"' in said.body]
    assert len({body for body in fetched if "success" not in body}) >= 3
    assert [said.status for said in terminal.answers].count(503) == 1


@pytest.mark.parametrize("document", TYPED, ids=lambda path: path.name)
async def test_the_examples_of_a_page_run_one_after_the_other(
    tmp_path: Path, document: Path
) -> None:
    async with _terminal(tmp_path, lifetime=timedelta(hours=2)) as (terminal, bash):
        if document not in ALONE:
            await _type(terminal, bash, SANDBOX, section=SET_UP)
        await _type(terminal, bash, document)


async def test_the_pages_run_one_after_the_other(tmp_path: Path) -> None:
    async with _terminal(tmp_path, lifetime=timedelta(hours=2)) as (terminal, bash):
        await _type(terminal, bash, SANDBOX, section=SET_UP)
        for document in IN_A_ROW:
            await _type(terminal, bash, document)


@pytest.mark.parametrize("page", APIS, ids=lambda path: path.name)
def test_the_page_of_a_foreign_api_begins_with_a_call_and_its_answer(page: Path) -> None:
    beginning = page.read_text("utf-8").partition("\n## ")[0]
    call, answer = blocks(page)[:2]

    assert (call.language, answer.language) == ("sh", "json")
    assert call.text in beginning


def _python(beginning: str, places: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The names that a Python block defines; `places` are addresses in it that are elsewhere."""
    (code,) = [
        block.text
        for block in blocks(INTEGRATING)
        if block.language == "python" and block.text.startswith(beginning)
    ]
    for written, real in (places or {}).items():
        code = code.replace(written, real)
    defined: dict[str, Any] = {"__name__": "shown"}
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
