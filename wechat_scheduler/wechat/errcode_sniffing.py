"""Finds the errcode of an answer that is passed on as it is."""

import zlib
from typing import Final

import msgspec

# Refusals are under 1 KiB; an answer that is larger, or no text, is none.
PEEK: Final = 4096

_TEXTS: Final = ("application/json", "text/plain", "text/json", "")
_INFLATED: Final = 64 * 1024


class _Refusal(msgspec.Struct):
    errcode: int | str = 0


_decode = msgspec.json.Decoder(_Refusal).decode


def may_have_errcode(content_type: str, length: int) -> bool:
    """Whether the answer may be JSON that is short enough: WeChat writes one in place of a file, too."""
    kind = content_type.partition(";")[0].strip().lower()
    return length <= PEEK and kind in _TEXTS


def errcode_in(body: bytes, encoding: str) -> int:
    """0 if it has none."""
    try:
        errcode = _decode(_plain(body, encoding.strip().lower())).errcode
        return int(errcode)
    except (msgspec.MsgspecError, UnicodeDecodeError, zlib.error, ValueError, RecursionError):
        return 0


def _plain(body: bytes, encoding: str) -> bytes:
    if encoding not in ("gzip", "deflate"):
        return body
    return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, _INFLATED)
