"""No form in which a secret is written survives, and what identifies things does."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wechat_scheduler.log.redaction import REDACTED, redact, redact_field

SECRET = "9_bHVudGVyMg-x"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One whose author forgot `repr=False`."""

    appid: str
    secret: str


@pytest.mark.parametrize(
    "name",
    [
        "secret",
        "appsecret",
        "access_token",
        "refresh_token",
        "token",
        "jsapi_ticket",
        "api_key",
        "key",
        "X-API-Key",
        "EncodingAESKey",
        "password",
        "Authorization",
        "value",
        "refresh",
        "tickets",
        "Cookie",
    ],
)
def test_fields_that_hold_secrets_are_masked(name: str) -> None:
    assert redact_field(name, SECRET) == REDACTED
    assert redact_field("body", [{name: [SECRET], "a": 1}]) == [{name: REDACTED, "a": 1}]


@pytest.mark.parametrize(
    "name",
    ["appid", "kind", "subject", "errcode", "rid", "token_endpoint", "key_id", "monkey", "at"],
)
def test_fields_that_identify_stay(name: str) -> None:
    assert redact_field(name, "access_token") == "access_token"


def test_numbers_are_never_secrets() -> None:
    assert redact_field("tokens", 12) == 12
    assert redact_field("key", None) is None


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (ValueError(f"secret={SECRET}"), f"secret={REDACTED}"),
        (ValueError(), "ValueError()"),
        (Account(appid="wx1", secret=SECRET), f"Account(appid='wx1', secret='{REDACTED}')"),
        (Path("/s"), "/s"),
        (f'{{"ticket":"{SECRET}"}}'.encode(), f'b\'{{"ticket":"{REDACTED}"}}\''),
        (datetime(2026, 11, 18, 2, 30, tzinfo=UTC), "2026-11-18T02:30:00+00:00"),
        (timedelta(minutes=1), 60.0),
    ],
)
def test_objects_become_what_they_print_without_secrets(value: object, plain: object) -> None:
    assert redact_field("field", value) == plain


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (f"access_token={SECRET}&openid=o1", f"access_token={REDACTED}&openid=o1"),
        (f"appid=wx1&secret={SECRET}", f"appid=wx1&secret={REDACTED}"),
        (f"component_verify_ticket = {SECRET}, x", f"component_verify_ticket = {REDACTED}, x"),
        (f"refresh_token%3D{SECRET}", f"refresh_token%3D{REDACTED}"),
        (f'{{"access_token": "{SECRET}", "a": 1}}', f'{{"access_token": "{REDACTED}", "a": 1}}'),
        (f"{{'ticket':'{SECRET}'}}", f"{{'ticket':'{REDACTED}'}}"),
        (f'"{{\\"secret\\":\\"{SECRET}\\"}}"', f'"{{\\"secret\\":\\"{REDACTED}\\"}}"'),
        (f'"secret":"a\\"{SECRET}" end', f'"secret":"{REDACTED}" end'),
        (f"Bearer {SECRET}", f"Bearer {REDACTED}"),
        (f"Authorization: Basic {SECRET}", f"Authorization: {REDACTED}"),
        (f"X-API-Key: {SECRET}", f"X-API-Key: {REDACTED}"),
        ("X-API-Key: letters", f"X-API-Key: {REDACTED}"),
        ("token: letters, refused by http://h/", f"token: {REDACTED}, refused by http://h/"),
        (f"token: {SECRET} was refused", f"token: {REDACTED} was refused"),
        ("password: letters are taken", f"password: {REDACTED} are taken"),
        ("whsec_MfKQ9r8GKYqrTwjU", REDACTED),
        (f"https://u:{SECRET}@h:1/a/b?x={SECRET}#f", "https://h:1/a/b"),
        (f"GET https://h/p?{SECRET}: refused", "GET https://h/p refused"),
        (f"postgresql://keeper:{SECRET}@db/wechat", "postgresql://db/wechat"),
    ],
)
def test_secrets_in_text_are_masked(text: str, safe: str) -> None:
    assert redact(text) == safe
    assert redact(safe) == safe


@pytest.mark.parametrize(
    "text",
    [
        "/cgi-bin/stable_token: cannot connect to 127.0.0.1:1",
        "invalid credential, access_token is invalid or not latest rid: 5f2b-1a-2c",
        "errcode=40001 errmsg=invalid kind=jsapi_ticket token_endpoint=stable",
        "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist",
        "https://api.weixin.qq.com/cgi-bin/stable_token",
        "unknown key; did you mean server.port?",
        "no refresh_token: params of http://127.0.0.1:8000/params answered 500",
        "no component_verify_ticket: WeChat has pushed none, and there is no params URL to ask",
        "this needs an API key: give it as Bearer",
    ],
)
def test_text_without_secrets_stays(text: str) -> None:
    assert redact(text) == text


FRAGMENTS = ["token", "=", ": ", '"', "\\", "://", "@", "?", "/", REDACTED, "]", "a", "Bearer "]


@example(text="token: Bearer token")
@given(text=st.lists(st.sampled_from(FRAGMENTS)).map("".join))
def test_what_is_redacted_stays_as_it_is(text: str) -> None:
    assert redact(redact(text)) == redact(text)
