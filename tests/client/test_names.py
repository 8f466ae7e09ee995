"""What the clients say of names, keys and addresses of the wrong type."""

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.business import Business
from tests.client.in_threads import EITHER, ClientType, ThreadedClock
from tests.client.test_client import issued, stand_in
from tests.house import APPID
from wechat_scheduler.client import Client, SyncClient
from wechat_scheduler.errors import InvalidRequestError

__all__ = ["stand_in"]

URL = "http://127.0.0.1:9"
KIND = "kind: must be a type such as access_token, or its number, not "


@pytest.mark.parametrize("either", EITHER)
async def test_a_type_may_be_its_number(either: ClientType, stand_in: Business) -> None:
    stand_in.script(issued("token-1"))

    async with either(stand_in.url(), clock=ThreadedClock()) as client:
        values = [await client.credential(APPID, kind) for kind in (0, "0")]  # type: ignore[arg-type]
        nothing = await client.credential(APPID, 0, None)  # type: ignore[arg-type]

    assert [*values, nothing] == ["token-1"] * 3
    assert [call.path for call in stand_in.calls] == [f"/task/{APPID}/0"]


NAMES: list[tuple[tuple[Any, ...], str]] = [
    ((APPID, None), f"{KIND}None"),
    ((APPID, b"access_token"), f"{KIND}bytes"),
    ((APPID, 0.5), f"{KIND}float"),
    ((APPID, True), f"{KIND}bool"),
    ((None, 0), "appid: must be a text like wx1111111111111111, not None"),
    ((APPID, 0, 7), "subject: must be an openid or an appid, not int"),
]


@pytest.mark.parametrize("method", ["credential", "refresh", "remove", "invalid", "follow"])
async def test_a_name_of_another_type_is_named(method: str) -> None:
    for name, said in NAMES:
        sync, client = SyncClient(URL), Client(URL)
        given = {"follow": (name,), "invalid": (*name[:2], "token", *name[2:])}.get(method, name)

        with pytest.raises(InvalidRequestError) as in_threads:
            list(getattr(sync, method)(*given))
        called = getattr(client, method)(*given)
        with pytest.raises(InvalidRequestError) as in_loop:
            await (anext(called) if method == "follow" else called)

        assert str(in_threads.value) == str(in_loop.value) == said, (name, said)


def test_what_is_followed_is_named_in_pairs() -> None:
    for names in (("wx1", "access_token"), (("wx1",),), ((),), (("a",) * 4,)):
        with pytest.raises(InvalidRequestError, match=r"^names: each is \(appid, kind\) or "):
            next(SyncClient(URL).follow(*names))


def test_a_value_that_is_reported_is_a_text() -> None:
    with pytest.raises(InvalidRequestError, match=r"^value: must be the one that WeChat refused"):
        SyncClient(URL).invalid(APPID, 0, b"token")  # type: ignore[arg-type]


@pytest.mark.parametrize("client", [Client, SyncClient])
@pytest.mark.parametrize("name", ["timeout", "patience"])
def test_a_time_of_another_type_is_named(client: Any, name: str) -> None:
    for given in (5, 0.5, None, timedelta(seconds=-1)):
        with pytest.raises(ValueError, match=rf"^{name}: must be a timedelta such as timedelta"):
            client(URL, "wsk_x", **{name: given})


NO_TEXTS: list[tuple[Any, Any, str]] = [
    (None, "wsk_x", "the daemon's URL is written like http://127.0.0.1:9001, as a text, not None"),
    (b"http://h", "wsk_x", "http://127.0.0.1:9001, as a text, not bytes"),
    (URL, None, "the API key is a text like wsk_…, not None; is its environment variable set?"),
    (URL, b"wsk_x", "the API key is a text like wsk_…, not bytes"),
]


@pytest.mark.parametrize("client", [Client, SyncClient])
def test_an_address_or_a_key_that_is_no_text_is_refused_at_once(client: Any) -> None:
    for url, key, said in NO_TEXTS:
        with pytest.raises(ValueError, match=re.escape(said)):
            client(url, key)
