"""Bodies are read although a byte order mark or half an emoji is in them."""

import json
from datetime import datetime
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit.bodies import (
    LONGEST_FORM,
    MOST_HALVES,
    convert,
    decode,
    form_fields,
)

MENDED: list[tuple[bytes, str]] = [
    (b'\xef\xbb\xbf"a"', "a"),
    (rb'"a\ud83d"', "a\ufffd"),
    (rb'"\uDE00a"', "\ufffda"),
    (rb'"\ud83d\ud83d\ude00"', "\ufffd😀"),
    (rb'"\ud83d\n\\ud83d"', "\ufffd\n\\ud83d"),
    (b'"a\xed\xa0\xbd"', "a\ufffd"),
    (b'"\xed\xa0\xbd\xed\xb8\x80"', "😀"),
]


def test_what_programs_send_for_json_is_mended() -> None:
    for body, text in MENDED:
        assert decode(body, str) == text, (body, text)


@given(text=st.text(st.characters()))
def test_half_a_pair_becomes_one_sign_however_it_is_written(text: str) -> None:
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    assert decode(json.dumps(text).encode(), str) == whole
    plain = json.dumps(text, ensure_ascii=False).encode(errors="surrogatepass")
    assert decode(plain, str) == whole


def test_what_cannot_be_read_is_refused() -> None:
    for body in (b'"\xff"', b'"\xc4\xe3"', b'"a', b"\xef\xbb\xbf", b'"\\ud83"'):
        with pytest.raises(InvalidRequestError, match="the body is not JSON"):
            decode(body, str)


@pytest.mark.parametrize("half", [b"\xed\xa0\xbd", rb"\ud83d", b"\xed\xa0\xbd\xed\xb8"])
def test_more_halves_than_a_program_sends_are_not_mended(half: bytes) -> None:
    many = b'"' + half * (MOST_HALVES + 1) + b'"'

    with pytest.raises(InvalidRequestError, match="the body is not JSON"):
        decode(many, str)


def test_a_half_after_many_harmless_escapes_is_mended() -> None:
    escapes = rb"\n\\ud83d\ud83d\ude00\"" * 50_000

    text = decode(b'"' + escapes + rb'\ud83d"', str)

    assert text == '\n\\ud83d😀"' * 50_000 + "\ufffd"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("a=" + "%25" * (LONGEST_FORM // 3), "the form is longer than 409600 characters"),
        ("&".join("a=1" for _ in range(31)), "the form has more than 30 fields"),
    ],
)
def test_a_form_that_takes_long_to_read_is_refused(form: str, said: str) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        form_fields(form, errors="strict", most=30)


class _Page(msgspec.Struct):
    lang: Literal["", "zh", "en"] = ""


class _Body(msgspec.Struct, rename="camel"):
    channel: Literal["auto", "text"] = "auto"
    sort_of: Literal["a", "b"] | None = None
    name: str = ""
    scopes: Annotated[list[Scope], msgspec.Meta(max_length=9)] = []
    pages: dict[str, _Page] = {}
    page: _Page | msgspec.UnsetType = msgspec.UNSET
    after: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


SCOPES = ", ".join(Scope)
TIME = "an RFC 3339 time such as 2026-11-18T10:30:00+08:00"


SAID: list[tuple[object, str]] = [
    ({"channel": "sms"}, "channel: must be one of auto, text"),
    ({"channel": 3}, "channel: must be one of auto, text"),
    ({"sortOf": "c"}, "sortOf: must be one of a, b"),
    ({"sortOf": True}, "sortOf: must be one of a, b"),
    ({"scopes": ["root"]}, f"scopes[0]: must be one of {SCOPES}"),
    ({"pages": {"x": {"lang": "fr"}}}, "pages.x.lang: must be one of en, zh"),
    ({"page": {"lang": "fr"}}, "page.lang: must be one of en, zh"),
    ({"name": 3}, "name: expected a string, got a whole number"),
    ({"after": "tomorrow"}, f"after: must be {TIME}"),
    ({"after": "2026-11-18T10:30:00"}, f"after: must be {TIME}"),
    ({"after": 3}, f"after: expected {TIME} or null, got a whole number"),
]


def test_what_a_field_may_be_is_said() -> None:
    for body, sentence in SAID:
        with pytest.raises(InvalidRequestError) as decoding:
            decode(json.dumps(body).encode(), _Body)
        with pytest.raises(InvalidRequestError) as converting:
            convert(body, _Body)

        assert str(decoding.value) == str(converting.value) == sentence, (body, sentence)


class _Maps(msgspec.Struct):
    data: dict[str, str] = {}
    templates: dict[str, dict[str, dict[str, int]]] = {}
    listed: list[dict[str, _Page]] = []


MANY = {f"k{number}": "x" for number in range(50)}


KEYS: list[tuple[object, str]] = [
    ({"data": MANY | {"thing9": 5, "z": "a"}}, "data.thing9"),
    ({"data": {"a b": 5, "z": "a"}}, "data['a b']"),
    ({"data": {"k" * 100: 5}}, f"data.{'k' * 63}"),
    ({"templates": {"m": {}, "order": {"a": {"b": 1, "c": "d"}}}}, "templates.order.a.c"),
    ({"listed": [{}, {"x": {"lang": ""}, "y": {"lang": 1}}]}, "listed[1].y.lang"),
    ({"listed": [{"x": {}, "y": 1}]}, "listed[0].y"),
]


def test_the_key_of_a_mapping_is_named() -> None:
    for body, field in KEYS:
        with pytest.raises(InvalidRequestError) as decoding:
            decode(json.dumps(body).encode(), _Maps)
        with pytest.raises(InvalidRequestError) as converting:
            convert(body, _Maps)

        assert decoding.value.field == converting.value.field == field, (body, field)


def test_a_number_of_too_many_digits_is_named() -> None:
    body = b'{"tasks":[{"type":1},{"type":' + b"9" * 5000 + b"}]}"

    with pytest.raises(InvalidRequestError) as refused:
        decode(body, object)

    assert refused.value.field == "tasks[1].type"


def test_the_key_in_a_large_body_is_not_looked_for() -> None:
    body = {"data": {f"{number:0100}": "" for number in range(1000)} | {"z": 5}}

    with pytest.raises(InvalidRequestError) as refused:
        decode(json.dumps(body).encode(), _Maps)

    assert refused.value.field == "data[...]"
