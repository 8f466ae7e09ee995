"""Bodies are read although a byte order mark or half an emoji is in them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit.bodies import decode


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'\xef\xbb\xbf"a"', "a"),
        (rb'"a\ud83d"', "a\ufffd"),
        (rb'"\uDE00a"', "\ufffda"),
        (rb'"\ud83d\ud83d\ude00"', "\ufffd😀"),
        (rb'"\ud83d\n\\ud83d"', "\ufffd\n\\ud83d"),
        (b'"a\xed\xa0\xbd"', "a\ufffd"),
        (b'"\xed\xa0\xbd\xed\xb8\x80"', "😀"),
    ],
)
def test_what_programs_send_for_json_is_mended(body: bytes, text: str) -> None:
    assert decode(body, str) == text


@given(text=st.text(st.characters()))
def test_half_a_pair_becomes_one_sign_however_it_is_written(text: str) -> None:
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    assert decode(json.dumps(text).encode(), str) == whole
    plain = json.dumps(text, ensure_ascii=False).encode(errors="surrogatepass")
    assert decode(plain, str) == whole


@pytest.mark.parametrize("body", [b'"\xff"', b'"\xc4\xe3"', b'"a', b"\xef\xbb\xbf", b'"\\ud83"'])
def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequestError, match="the body is not JSON"):
        decode(body, str)
