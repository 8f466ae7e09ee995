"""The signature of Tencent's OpenAPI V3 ("签名参数sig的说明"). Pure.

    sig = base64(HMAC-SHA1(APP_KEY + "&", METHOD & PATH & PARAMETERS))

with PATH and PARAMETERS encoded. PARAMETERS are all but `sig`, as `name=value` joined by `&`, sorted
by name, with the values as they are before anything is encoded.

Text that was no UTF-8 is here with surrogates for its bytes (`surrogateescape`), so that it is signed
as it was sent.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import quote

SIG = "sig"


def sign(app_key: str, method: str, path: str, params: Mapping[str, str]) -> str:
    """The `sig` of a call; one that is among `params` already is left out."""
    key, source = f"{app_key}&".encode(), source_of(method, path, params)
    return b64encode(hmac.digest(key, source.encode(), "sha1")).decode()


def is_signed(app_key: str, method: str, path: str, params: Mapping[str, str]) -> bool:
    """Whether the call's `sig` was made with the app's key."""
    # A `+` of base64 that a client did not encode comes as a blank, of which base64 has none.
    given = params.get(SIG, "").replace(" ", "+")
    right = sign(app_key, method, path, params)
    is_right = hmac.compare_digest(_bytes(given), right.encode())
    return is_right and bool(app_key)  # an empty key is known to everybody


def source_of(method: str, path: str, params: Mapping[str, str]) -> str:
    """What is signed."""
    names = sorted((name for name in params if name != SIG), key=_bytes)
    joined = "&".join(f"{name}={params[name]}" for name in names)
    return f"{method.upper()}&{encode(path)}&{encode(joined)}"


def encode(text: str) -> str:
    """Every byte but letters, digits and `-_.` as %XX; RFC 3986 would spare `~`, Tencent does not."""
    return quote(text, safe="", errors="surrogateescape").replace("~", "%7E")


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
