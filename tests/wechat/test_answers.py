"""Reads values out of answers, and refuses those that make no sense."""

import json
from datetime import timedelta

import pytest

from tests.wechat.conftest import PATH, refusal
from tests.wechat.hostile import HostileServer, answer
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.wechat.answers import Answer
from wechat_scheduler.wechat.client import WeChatClient

NOT_AN_OBJECT = {
    "empty": b"",
    "null": b"null",
    "array": b"[1]",
    "number": b"7200",
    "truncated": b'{"access_token": "TOK',
    "too deep": b'{"a":' * 12_000,
    "nan": b'{"expires_in": NaN}',
}


async def test_errcode_zero_is_no_error(client: WeChatClient, server: HostileServer) -> None:
    server.script(answer({"errcode": 0, "errmsg": "ok", "ticket": "TICKET", "expires_in": 7200}))

    got = await client.get("/cgi-bin/ticket/getticket", {})

    assert got.text("ticket") == "TICKET"


async def test_refusal_carries_what_the_table_says_and_the_rid(
    client: WeChatClient, server: HostileServer
) -> None:
    text = (
        "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: 6194f2c1-1a2b3c4d-5e6f7a8b"
    )
    server.script(answer({"errcode": 40164, "errmsg": text}))

    error = await refusal(client)

    assert str(error) == (
        "/cgi-bin/token: 40164 invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist"
    )
    assert error.errcode == 40164
    assert error.rid == "6194f2c1-1a2b3c4d-5e6f7a8b"
    assert error.endpoint == PATH
    assert error.reaction is Reaction.OPERATOR
    assert "1.2.3.4" in error.advice


async def test_refusal_names_the_input_and_the_time(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(
        answer({"errcode": 89507, "errmsg": "wait"}), answer({"errcode": 61005, "errmsg": "old"})
    )

    later, needs = await refusal(client), await refusal(client)

    assert later.retry_after == timedelta(hours=1)
    assert needs.refused == "component_verify_ticket"


async def test_refusal_without_errmsg_is_still_a_refusal(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(answer({"errcode": 40013}))

    assert str(await refusal(client)) == "/cgi-bin/token: 40013"


async def test_long_and_unprintable_errmsg_is_tamed(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(answer({"errcode": 99999, "errmsg": "bad\r\n\x1b[31m" + "x" * 5000}))

    error = await refusal(client)

    assert str(error).isprintable()
    assert len(str(error)) < 400


async def test_what_is_no_json_object_is_no_answer(
    client: WeChatClient, server: HostileServer
) -> None:
    for name, body in NOT_AN_OBJECT.items():
        server.script(answer(body))

        error = await refusal(client)

        assert str(error) == "/cgi-bin/token: the answer is not a JSON object", name


async def test_a_refusal_in_a_broken_body_keeps_its_advice(
    client: WeChatClient, server: HostileServer
) -> None:
    cases = [
        b'\xef\xbb\xbf{"errcode": 40164, "errmsg": "invalid ip 1.2.3.4"}',
        b'{"errcode": "40164", "errmsg": "invalid ip 1.2.3.4"}',
        b'{"errcode": 40164, "errmsg": "\xff\xe5\xb9 invalid ip 1.2.3.4"}',
        b'{"errcode": 40164, "errmsg": "\n\x10 invalid ip 1.2.3.4 \\ud83d"}',
        b'\r\n{"errcode": 40164, "errmsg": "\xd6\xd0 invalid ip 1.2.3.4"}\r\n',
    ]

    for body in cases:
        server.script(answer(body))

        error = await refusal(client)

        assert (error.errcode, error.reaction) == (40164, Reaction.OPERATOR), body
        assert "1.2.3.4" in error.advice, body


async def test_a_value_in_a_broken_body_is_read(
    client: WeChatClient, server: HostileServer
) -> None:
    cases = [
        b'\xef\xbb\xbf{"access_token": "TOKEN", "expires_in": 7200}',
        b'{"errcode": "0", "access_token": "TOKEN", "expires_in": "7200"}',
        b'{"errcode": null, "access_token": "TOKEN", "expires_in": 7200.0}',
        b'{"access_token": "TOKEN", "expires_in": 7200, "nick_name": "\xe5\xb9\x10\\ud83d"}',
    ]

    for body in cases:
        server.script(answer(body))

        got = await client.get("/cgi-bin/token", {})

        assert (got.text("access_token"), got.lifetime()) == ("TOKEN", timedelta(hours=2)), body
        assert json.loads(got.json)["access_token"] == "TOKEN"


async def test_a_value_that_lost_a_character_is_not_used(
    client: WeChatClient, server: HostileServer
) -> None:
    server.script(answer(b'{"access_token": "TO\xffKEN", "expires_in": 7200}'))

    got = await client.get("/cgi-bin/token", {})

    with pytest.raises(WeChatError, match="access_token is not a string"):
        got.text("access_token")


async def test_errcode_of_another_type_is_an_unexpected_answer(
    client: WeChatClient, server: HostileServer
) -> None:
    # No store has numbers of more than 64 bits.
    cases = ["x", "4e4", "", 40013.5, 1e300, True, [], {}, 2**63, -(2**63) - 1, 10**400]

    for errcode in cases:
        server.script(answer({"errcode": errcode, "access_token": "TOKEN"}))

        error = await refusal(client)

        assert "unexpected answer" in str(error), errcode
        assert error.reaction is Reaction.TRANSIENT


def test_text_that_cannot_be_used_is_an_unexpected_answer() -> None:
    cases = [None, "", 7, ["x"], "a\x00b", "a\nb", "a\ufffdb"]

    for value in cases:
        answered = Answer(endpoint=PATH, body=b"", values={"access_token": value})

        with pytest.raises(WeChatError, match="/cgi-bin/token: unexpected answer") as caught:
            answered.text("access_token")

        assert caught.value.reaction is Reaction.TRANSIENT, value


def test_lifetime_that_is_none_is_an_unexpected_answer() -> None:
    cases = [None, -1, "-1", "two hours", "", 7200.5, True, 10**12, "9" * 30]

    for value in cases:
        answered = Answer(endpoint=PATH, body=b"", values={"expires_in": value})

        with pytest.raises(WeChatError, match="/cgi-bin/token: unexpected answer"):
            answered.lifetime()


def test_empty_text_has_a_substitute_and_a_wrong_type_has_none() -> None:
    answered = Answer(endpoint=PATH, body=b"", values={"empty": "", "number": 7})

    assert answered.text("empty", otherwise="kept") == "kept"
    assert answered.text("absent", otherwise="kept") == "kept"
    with pytest.raises(WeChatError):
        answered.text("number", otherwise="kept")
