"""Signatures for the JS-SDK by key, and the origins whose pages get them without one."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from tests.access.doors import make
from tests.cli.commands import Ended, invoke
from tests.clock import START, FakeClock
from tests.house import APPID, AUTHORIZER, COMPONENT, Caller, WeChat, wechat
from tests.platform.listening import Platform
from tests.web.signing import PAGE, SHOP, allow, fits, sign, signing
from wechat_scheduler.access.origins import located
from wechat_scheduler.web.native.jssdk import MOST_ORIGINS
from wechat_scheduler.web.native.page_signature import LONGEST_URL, signature

OTHER = "wx9999999999999999"
PORT = "http://127.0.0.1:8080"
ORIGINS = f"/v1/jssdk/{APPID}/origins"
# What is an address of no page.
WRONG = (
    "", "shop.example.com/", "//shop.example.com/", "/cart", "ftp://shop.example.com/", "javascript:alert(1)",
    "file:///etc/passwd", "https://", "https:///cart", "https:shop.example.com", "https://#", "https://?a",
    "https://user:pass@shop.example.com/", "https://shop.example.com@evil.example/", "https://evil.example\\@a.b/",
    "https://a..b/", "https://.a/", "https://a b/", "https://a.b:/", "https://a.b:0/", "https://a.b:65536/",
    "https://a.b:http/", "https://[::1/", "https://*.example.com/", f"https://{'a.' * 130}b/",
    f"https://{'a' * 64}.b/", "http\u017f://a.b:80", "https://\u212a.b", "https://\u0130.b",
)  # fmt: skip


@pytest.fixture
async def keeper(tmp_path: Path, weixin: WeChat, clock: FakeClock) -> AsyncIterator[Caller]:
    async with signing(tmp_path / "state", weixin, clock) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def signer_of_the_file(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Caller]:
    clock = FakeClock()
    state = tmp_path_factory.mktemp("signer")
    async with wechat(clock) as weixin, signing(state, weixin, clock) as opened:
        yield opened


def test_the_signature_is_that_of_wechats_own_example() -> None:
    ticket = (
        "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    )

    found = signature(
        ticket, "Wm3WZYTPz0wzccnW", 1414587457, "http://mp.weixin.qq.com?params=value"
    )

    assert found == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


async def test_a_page_is_signed_with_the_ticket_which_never_leaves(signer: Caller) -> None:
    ticket = await signer.value(f"{APPID}/1")

    config, again = (await sign(signer, PAGE)).result, (await sign(signer, PAGE)).result

    assert config.keys() == {"appId", "timestamp", "nonceStr", "signature"}
    assert (config["appId"], config["timestamp"]) == (APPID, int(START.timestamp()))
    assert fits(config, ticket, PAGE)
    assert config["nonceStr"] != again["nonceStr"]
    assert ticket not in str(config)


async def test_an_address_is_signed_as_it_is_without_its_fragment(signer: Caller) -> None:
    ticket = await signer.value(f"{APPID}/1")
    longest = f"{SHOP}/{'x' * (LONGEST_URL - len(SHOP) - 1)}"
    pages = {
        f"{PAGE}#/orders/7#x": PAGE,
        f"{SHOP}/#": f"{SHOP}/",
        SHOP: SHOP,
        f"{SHOP}/a%20b?name=%E5%BC%A0&x={{1}}|2": f"{SHOP}/a%20b?name=%E5%BC%A0&x={{1}}|2",
        f"{SHOP}?a=1&amp;b=http://x@y": f"{SHOP}?a=1&amp;b=http://x@y",
        "HTTPS://Shop.example.com:443/A": "HTTPS://Shop.example.com:443/A",
        "http://[::1]:8080/": "http://[::1]:8080/",
        longest: longest,
    }

    for given_url, page in pages.items():
        assert fits((await sign(signer, given_url)).result, ticket, page), given_url


async def test_what_is_no_page_is_refused_at_url(signer: Caller) -> None:
    unwritten = (f"{SHOP}/商品", "https://商店.example/", f"{SHOP}/a b", f"{SHOP}/\n", f"{SHOP}/\0")
    too_long = f"{SHOP}/{'x' * LONGEST_URL}"

    for url in (*WRONG, *unwritten, too_long, 5, None, [SHOP]):
        answer = await sign(signer, url)

        assert answer.status == 400, url
        assert answer.json["reason"] == "request.invalid"
        assert answer.json["message"].startswith("url: "), answer.json


async def test_without_a_ticket_the_remedy_is_named(signer: Caller) -> None:
    answer = await sign(signer, PAGE, appid=OTHER)

    assert (answer.status, answer.json["reason"]) == (404, "task.unknown")
    assert answer.json["message"] == (
        f"no jsapi_ticket is kept for {OTHER}: register type 1 (jsapi_ticket) of it"
    )


async def test_the_remedy_is_named_each_time_after_a_ticket_was_removed(keeper: Caller) -> None:
    await sign(keeper, PAGE)
    await keeper.call("DELETE", f"/task/{APPID}/1")

    messages = {(await sign(keeper, PAGE)).json["message"] for _ in "ab"}

    assert messages == {
        f"no jsapi_ticket is kept for {APPID}: register type 1 (jsapi_ticket) of it"
    }


async def test_an_expired_ticket_is_refused_as_a_fetch_is(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await sign(keeper, PAGE)
    weixin.sandbox.script("/cgi-bin/ticket/getticket", errcode=40164, times=None)
    clock.advance(timedelta(hours=3))
    await keeper.settle()

    answer, fetched = await sign(keeper, PAGE), await keeper.fetch(f"{APPID}/1")

    assert (answer.status, answer.json["reason"]) == (503, "task.expired")
    assert (answer.json, answer.headers["Retry-After"]) == (
        fetched.json,
        fetched.headers["Retry-After"],
    )


async def test_a_signature_waits_for_a_ticket_as_a_fetch_does(
    keeper: Caller, clock: FakeClock
) -> None:
    await keeper.call("DELETE", f"/task/{APPID}/1")
    await keeper.register({"type": 1})

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        signing_it = group.create_task(sign(keeper, PAGE))
        await clock.asleep()
        await keeper.settle()

    assert fits(signing_it.result().result, await keeper.value(f"{APPID}/1"), PAGE)


async def test_an_account_of_a_platform_is_signed_for_and_never_the_platform_with_its_ticket(
    keeper: Caller, weixin: WeChat
) -> None:
    platform = Platform(keeper, weixin)
    await platform.authorise()
    await platform.register({"type": 1, "subject": AUTHORIZER})
    await keeper.settle()
    ticket = await keeper.value(f"{COMPONENT}/1/{AUTHORIZER}")

    config = (await sign(keeper, PAGE, appid=AUTHORIZER)).result
    of_platform = await sign(keeper, PAGE, appid=COMPONENT)
    keys = [(await make(keeper, "read", appids=[it])).text for it in (COMPONENT, AUTHORIZER)]
    by_key = [(await sign(keeper, PAGE, appid=AUTHORIZER, key=key)).status for key in keys]

    assert config["appId"] == AUTHORIZER
    assert fits(config, ticket, PAGE)
    assert of_platform.json["reason"] == "task.unknown"
    assert by_key == [200, 403]  # as for a fetch


async def test_a_key_signs_where_it_reaches_the_ticket_and_reads(signer: Caller) -> None:
    answered = {}
    for name, scope, limits in (
        ("ticket", "read", {"types": [1]}),
        ("account", "read", {"appids": [APPID]}),
        ("token", "read", {"types": [0]}),
        ("other", "read", {"appids": [OTHER]}),
        ("register", "register", {}),
    ):
        key = (await make(signer, scope, **limits)).text
        put = await allow(signer, SHOP, key=key)
        seen = await signer.call("GET", ORIGINS, key=key)
        answered[name] = ((await sign(signer, PAGE, key=key)).status, seen.status, put.status)

    assert answered == {
        "ticket": (200, 200, 403),
        "account": (200, 200, 403),
        "token": (403, 403, 403),
        "other": (403, 403, 403),
        "register": (403, 403, 200),
    }


async def test_origins_are_kept_as_browsers_write_them_and_the_change_is_noted(
    keeper: Caller,
) -> None:
    given_ones = ("https://Shop.example.com:443", SHOP, "http://127.0.0.1:8080", "http://[::1]:80")

    put = await allow(keeper, *given_ones)
    shown = await keeper.call("GET", ORIGINS)
    (entry,) = (await keeper.call("GET", "/v1/audit?action=origins.set")).result
    none = await allow(keeper)

    assert put.result == {
        "appid": APPID,
        "origins": [SHOP, "http://127.0.0.1:8080", "http://[::1]"],
    }
    assert put.json["message"] == ""
    assert shown.result == put.result
    assert (entry["key"], entry["object"]) == ("admin", APPID)
    assert none.result["origins"] == (await keeper.call("GET", ORIGINS)).result["origins"] == []


async def test_what_is_no_origin_is_refused_with_its_place_and_changes_nothing(
    signer: Caller,
) -> None:
    await allow(signer, SHOP)

    for wrong in (*WRONG, "*", "null", f"{SHOP}/", f"{SHOP}/a", f"{SHOP}?", "https://商店.example"):
        answer = await allow(signer, PAGE.partition("/cart")[0], wrong)

        assert answer.status == 400, wrong
        assert answer.json["message"].startswith("origins[1]: must be an origin such as"), wrong
    many = await allow(
        signer, *(f"https://s{number}.example" for number in range(MOST_ORIGINS + 1))
    )
    odd = await allow(signer, SHOP, appid="wx%20x")
    assert many.json["message"] == "origins: takes at most 100"
    assert odd.json["message"].startswith("appid: ")
    assert (await signer.call("GET", ORIGINS)).result["origins"] == [SHOP]


async def test_origins_may_come_before_the_ticket_and_the_note_says_what_is_missing(
    signer: Caller,
) -> None:
    answer = await allow(signer, SHOP, appid=OTHER)

    assert answer.result["origins"] == [SHOP]
    assert answer.json["message"] == (
        f"no jsapi_ticket is registered for {OTHER} yet: register type 1"
    )


@given(st.text("aB.:/@\\?#[]*%_-09 \n\0商", max_size=12))
def test_no_text_is_located_at_two_hosts_or_raises(text: str) -> None:
    for url in (text, f"https://{text}", f"https://a.b{text}"):
        found = located(url)

        if found is not None:
            again = located(found.origin)
            assert again is not None
            assert (again.origin, again.rest) == (found.origin, "")
            assert found.rest[:1] in ("", "/", "?", "#")


async def test_the_commands_set_show_and_empty_the_origins_and_sign_a_page(
    keeper: Caller,
) -> None:
    async def command(*words: str) -> Ended:
        state = str(keeper.daemon.ground.config.state.dir)
        return await asyncio.to_thread(invoke, "jssdk", *words, "--state", state)

    none = await command("origins", APPID)
    put = await command("origins", APPID, f"{SHOP}:443", PORT)
    shown = await command("origins", APPID, "--json")
    wrong = await command("origins", APPID, f"{SHOP}/")
    both = await command("origins", APPID, SHOP, "--none")
    page = await command("sign", APPID, PAGE, "--json")
    emptied = await command("origins", APPID, "--none")

    assert (none.out, put.out, emptied.out) == ("none\n", f"{SHOP}\n{PORT}\n", "none\n")
    assert json.loads(shown.out) == {"appid": APPID, "origins": [SHOP, PORT]}
    assert (wrong.code, both.code) == (1, 2)
    assert "must be an origin such as" in wrong.sentence
    assert fits(json.loads(page.out), await keeper.value(f"{APPID}/1"), PAGE)
