"""The signature of Tencent's OpenAPI V3 ("签名参数sig的说明"). Pure.

    sig = base64(HMAC-SHA1(APP_KEY + "&", METHOD & PATH & PARAMETERS))

PATH and PARAMETERS are encoded. PARAMETERS are all but `sig`, as `name=value` with the plain values,
sorted by name and joined by `&`.

Bytes that are not UTF-8 are surrogates in the text (`surrogateescape`), so that they are signed as they
were sent.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import quote

SIG = "sig"


def sign(app_key: str, method: str, path: str, params: Mapping[str, str]) -> str:
    """The `sig` of a call; a `sig` in `params` is ignored."""
    key, source = f"{app_key}&".encode(), source_of(method, path, params)
    return b64encode(hmac.digest(key, source.encode(), "sha1")).decode()


def is_signed(app_key: str, method: str, path: str, params: Mapping[str, str]) -> bool:
    """Whether the call's `sig` was made with the app's key."""
    # A `+` of base64 that a client does not encode is decoded to a blank, which base64 does not have.
    given = params.get(SIG, "").replace(" ", "+")
    right = sign(app_key, method, path, params)
    is_right = hmac.compare_digest(_bytes(given), right.encode())
    return is_right and bool(app_key)  # an empty key is not a secret


def source_of(method: str, path: str, params: Mapping[str, str]) -> str:
    """The text that is signed."""
    names = sorted((name for name in params if name != SIG), key=_bytes)
    joined = "&".join(f"{name}={params[name]}" for name in names)
    return f"{method.upper()}&{encode(path)}&{encode(joined)}"


def encode(text: str) -> str:
    """Percent-encode all bytes but letters, digits and `-_.`. Tencent encodes `~`, RFC 3986 does not."""
    return quote(text, safe="", errors="surrogateescape").replace("~", "%7E")


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
