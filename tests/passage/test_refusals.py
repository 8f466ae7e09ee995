"""Calls that do not pass get errors in WeChat's form, and WeChat does not hear of them."""

import asyncio
import json
from itertools import product
from pathlib import Path

from yarl import URL

from tests.house import APPID
from tests.passage.conftest import CREATE, MENU, Gate, gate

REFUSED: list[tuple[str, str | None, int]] = [
    (MENU, "", 41001),
    (MENU, "unknown", 40001),
    (MENU, "%00", 47001),
    (MENU, "ws1_" + "A" * 60, 40001),
    (f"{MENU}?access_token=other", None, 40014),
    ("/cgi-bin/../cgi-bin/menu/get", None, 48001),
    ("/cgi-bin/menu/%67et", None, 48001),
    ("/cgi-bin/menu/get%2f..%2fdelete", None, 48001),
    ("/cgi-bin/menu/.get", None, 48001),
    ("/cgi-bin/menu/get;a=b", None, 48001),
    ("/cgi-bin/Stable_Token", None, 48001),
]


async def test_a_call_that_does_not_pass_is_answered_in_wechats_form(place: Gate) -> None:
    before = place.weixin.sandbox.calls()

    for path, token, errcode in REFUSED:
        for method in ("GET", "POST"):
            answer = await place.call(method, path, token=token)
            form = answer.headers["Content-Type"]
            read = json.loads(answer.body)["errcode"]
            assert (answer.status, read) == (200, errcode), (method, path)
            assert form == "application/json; charset=utf-8"
    assert place.weixin.sandbox.calls() == before


async def test_what_does_not_pass_is_named_with_the_rule_that_refuses_it(tmp_path: Path) -> None:
    rules = {"gateway__allow": "/cgi-bin/*", "gateway__deny": "POST /cgi-bin/menu/*"}
    async with gate(tmp_path / "state", **rules) as ruled:
        for method, path, remedy in (
            ("PUT", MENU, "GET and POST"),
            ("GET", "/cgi-bin/Token", "in lower case"),
            ("GET", "/cgi-bin/menu/get%2f..%2fdelete", "without %"),
            ("GET", "/cgi-bin/%2e%2e/token", "without %"),
            ("GET", "/CGI-BIN/menu/get", "in lower case"),
            ("POST", "/menu/get", "SDK's address lacks"),
            ("GET", "/wxa/other", "gateway.allow"),
            ("POST", CREATE, "gateway.deny"),
        ):
            answer = await ruled.said(method, path)

            assert answer["errcode"] == 48001, path
            assert remedy in answer["errmsg"]
            assert f"{method} {path}" in answer["errmsg"]


async def test_an_address_without_the_beginning_of_wechats_paths_is_told_in_its_form(
    place: Gate,
) -> None:
    for path in ("/token", "/ticket/getticket", "/jscode2session"):
        async with place.session.get(f"{place.keeper.daemon.url}{path}?grant_type=x") as response:
            answer = await response.json()

        assert (response.status, answer["errcode"]) == (200, 48001), path
        assert "/cgi-bin/" in answer["errmsg"]


async def test_a_token_elsewhere_than_in_the_query_is_told_where_it_belongs(place: Gate) -> None:
    bearer = {"Authorization": f"Bearer {place.token}"}

    answer = await place.said("GET", MENU, token="", headers=bearer)

    assert answer["errcode"] == 41001
    assert "into the query as access_token" in answer["errmsg"]


async def test_a_method_that_wechat_does_not_have_is_refused(place: Gate) -> None:
    assert await place.errcode("DELETE", MENU) == 48001


STRAY = [
    "/foo/bar", "/foo", "/CGI-BIN/menu/get", "/cgi-bin/", "/cgi-bin", "/Cgi-Bin", "/pay/unifiedorder",
    "/connect/oauth2/authorize", "//cgi-bin", "/cgi-bin" + "/x" * 40, "/wxa/", "/cgi-bin//",
]  # fmt: skip


async def test_no_path_of_an_sdk_is_answered_in_our_own_form(place: Gate) -> None:
    paths = (*STRAY, "/foo/bar?component_access_token=x")

    errcodes = {
        (method, path): await place.errcode(method, path)
        for method in ("GET", "POST", "PUT")
        for path in paths
    }

    assert {call: code for call, code in errcodes.items() if code != 48001} == {}


async def test_our_own_paths_are_answered_in_our_own_form(place: Gate) -> None:
    found = {
        path: (await place.call("POST", path)).status
        for path in ("/v1/unknown", "/healthz", "/v1/consumers/")
    }

    assert set(found.values()) <= {401, 404, 405}


async def test_without_the_setting_wechats_paths_name_it(tmp_path: Path) -> None:
    paths = [
        MENU,
        "/cgi-bin/token",
        "/CGI-BIN/menu/get",
        "/cgi-bin",
        "/sns/jscode2session",
        "/wxa/a/b",
    ]
    async with gate(tmp_path / "state", gateway__enabled="false") as place:
        answers = [await place.said(method, path) for path in paths for method in ("GET", "POST")]
        other = (await place.call("GET", "/foo/bar")).status

    assert {answer["errcode"] for answer in answers} == {48001}
    assert all("gateway.enabled" in answer["errmsg"] for answer in answers)
    assert other == 404


async def test_the_lists_say_what_passes(tmp_path: Path) -> None:
    lists = {
        "gateway__allow": "/cgi-bin/menu/*,GET /cgi-bin/user/get",
        "gateway__deny": "POST /cgi-bin/menu/create,/cgi-bin/menu/delete",
    }
    async with gate(tmp_path / "state", **lists) as place:
        errcodes = {
            (method, path): await place.errcode(method, path)
            for method, path in [
                ("GET", MENU),
                ("POST", CREATE),
                ("GET", "/cgi-bin/menu/delete"),
                ("GET", "/cgi-bin/menu/Delete"),
                ("GET", "/cgi-bin/user/get"),
                ("POST", "/cgi-bin/user/get"),
                ("GET", "/cgi-bin/user/getx"),
            ]
        }

    assert list(errcodes.values()) == [46003, 48001, 48001, 48001, 0, 48001, 48001]


async def test_tokens_of_users_pass_unless_they_are_not_to(tmp_path: Path) -> None:
    path = f"/sns/oauth2/refresh_token?appid={APPID}&grant_type=refresh_token&refresh_token="
    async with gate(tmp_path / "state") as place:
        user = place.weixin.sandbox.grant_user(APPID)
        passed = await place.said("GET", path + user.refresh_token, token="")

    async with gate(tmp_path / "other", gateway__user_tokens="false") as place:
        refused = await place.errcode("GET", path + "x", token="")

    assert passed["openid"] == user.openid
    assert refused == 48001


async def test_too_many_calls_in_a_minute_are_refused_for_their_account_only(
    tmp_path: Path,
) -> None:
    async with gate(tmp_path / "state", gateway__account_calls="2") as place:
        await place.keeper.register({"type": 0}, appid="wx-other")
        other = await place.keeper.value("wx-other/0")
        own = [await place.errcode("GET", MENU) for _ in range(4)]
        spared = await place.errcode("GET", MENU, token=other)
        place.advance(minutes=1)
        later = await place.errcode("GET", MENU)

    assert own == [46003, 46003, 45011, 45011]
    assert (spared, later) == (46003, 46003)


async def test_an_sdk_with_an_old_token_reads_so_however_often_it_calls(place: Gate) -> None:
    errcodes = [await place.errcode("GET", MENU, token="old") for _ in range(25)]

    assert errcodes == [40001] * 25


async def test_a_removed_accounts_token_is_unknown(place: Gate) -> None:
    await place.keeper.call("DELETE", f"/task/{APPID}/0")

    assert await place.errcode("GET", MENU) == 40001


async def test_a_call_that_proves_nothing_is_refused_before_its_body_is_read(place: Gate) -> None:
    url = URL(place.keeper.daemon.url)
    tokens = (("unknown", 40001), ("ws1_" + "A" * 60, 40001), ("", 41001))
    framings = ("Content-Length: 900000", "Transfer-Encoding: chunked")
    for (token, errcode), framing in product(tokens, framings):
        reader, writer = await asyncio.open_connection(url.host, url.port)

        writer.write(
            f"POST {CREATE}?access_token={token} HTTP/1.1\r\nHost: gateway\r\n{framing}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readuntil(b"}")

        writer.close()
        assert head.startswith(b"HTTP/1.1 200 "), (token, framing)
        assert json.loads(body)["errcode"] == errcode
