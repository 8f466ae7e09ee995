"""A call whose body comes slowly may do what its consumer may when the body is whole."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from tests.gateway.samples import made_consumer
from tests.gateway.test_token_endpoints import GRANT, STABLE
from tests.house import Caller
from tests.passage.conftest import CREATE, Gate, gate
from tests.passage.upstream import Upstream, upstream

BODY = b'{"button":[]}'


@pytest.fixture
async def host() -> AsyncIterator[Upstream]:
    async with upstream() as opened:
        yield opened


@pytest.fixture
async def place(tmp_path: Path, host: Upstream) -> AsyncIterator[Gate]:
    async with gate(tmp_path / "state", gateway__hosts=host.url) as opened:
        yield opened


async def stand_in(keeper: Caller, name: str) -> str:
    made = await made_consumer(keeper, name, stand_in=True)
    fields = GRANT | {"secret": made["secret"]}
    token: str = (await keeper.call("POST", STABLE, body=fields, key="")).json["access_token"]
    return token


async def begun(
    keeper: Caller, token: str, framing: str = f"Content-Length: {len(BODY)}"
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A call that the daemon has let pass, of which the body is still to come."""
    url = URL(keeper.daemon.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(
        f"POST {CREATE}?access_token={token} HTTP/1.1\r\nHost: gateway\r\n"
        f"Expect: 100-continue\r\n{framing}\r\n\r\n".encode()
    )
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    await keeper.call("GET", "/healthz")
    return reader, writer


async def test_what_ends_during_the_body_ends_for_the_call(place: Gate, host: Upstream) -> None:
    changes: dict[str, tuple[str, dict[str, Any] | None, int]] = {
        "kept": ("PATCH", {"per_minute": 99}, 0),
        "revoked": ("DELETE", None, 40001),
        "moved": ("PATCH", {"appids": ["wx8888888888888888"]}, 40001),
        "denied": ("PATCH", {"deny_paths": [CREATE]}, 48001),
        "foreign": ("PATCH", {"networks": ["10.0.0.0/8"]}, 40164),
    }
    keeper, found = place.keeper, {}
    for name, (method, change, _) in changes.items():
        reader, writer = await begun(keeper, await stand_in(keeper, name))
        await keeper.call(method, f"/v1/consumers/{name}", body=change)
        writer.write(BODY)
        await reader.readuntil(b"\r\n\r\n")
        found[name] = json.loads(await reader.readuntil(b"}"))["errcode"]
        writer.close()

    assert found == {name: errcode for name, (_, _, errcode) in changes.items()}
    assert [came.body for came in host.came] == [BODY]


async def test_an_empty_body_whose_end_comes_late_is_no_exception(
    place: Gate, host: Upstream
) -> None:
    token = await stand_in(place.keeper, "shop")
    reader, writer = await begun(place.keeper, token, "Transfer-Encoding: chunked")
    await place.keeper.call("DELETE", "/v1/consumers/shop")

    writer.write(b"0\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    answer = json.loads(await reader.readuntil(b"}"))

    writer.close()
    assert answer["errcode"] == 40001
    assert host.came == []
