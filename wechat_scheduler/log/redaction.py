"""Removes secrets from log events, stored errors and responses to operators.

It is the second line of defence: log calls contain no secrets in the first place.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

REDACTED = "[redacted]"


def redact(text: str) -> str:
    """`text` without tokens, secrets, tickets and keys, and without the user and query of URLs."""
    return _SECRETS.sub(_mask, text)


def redact_field(name: str, value: object) -> Any:
    """A field of an event as a plain value; masked if its name is that of a secret.

    Objects become their text, redacted. Numbers stay.
    """
    match value:
        case None | bool() | int() | float():
            return value
        case _ if _names_a_secret(name):
            return REDACTED
        case str():
            return redact(value)
        case Mapping():
            return {str(inner): redact_field(str(inner), item) for inner, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [redact_field("", item) for item in value]
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case _:
            return redact(str(value) or repr(value))


# Forms: a path before a sentence, which holds no secret (`/cgi-bin/token: …`); a URL; secret=…,
# "access_token": "…", \"ticket\": \"…\", X-API-Key: …; Bearer …; a signing secret of Standard
# Webhooks, an API key of this daemon, a consumer secret and a stand-in token. Names are matched by their end only, which keeps the scan
# linear. A sentence may follow a name (`no ticket: WeChat has pushed none`): two words of letters.
_SECRETS = re.compile(
    r"""
      (?P<kept>
        / [\w/-]+ : (?= \s)
        | (?: secret | token | ticket | key ) : [ ] (?= [a-z]{1,12} [ ] [a-z]{1,12} \b )
      )
    | :// (?P<address> [^\s"'<>\\]+ )
    | (?P<name>
        (?: secret | token | ticket | passw(?:or)?d | authorization | cookie | key )
        \\*["']? \s* (?: [:=] | %3[ad] ) \s*
      )
      (?: (?P<quote> \\*["'] ) (?: (?! (?P=quote) ) (?: \\. | . ) )*
        | (?! (?: (?: basic | bearer ) \s+ )? \[redacted\] )
          (?: (?: basic | bearer ) \s+ )? [^\s"'&,;)}\]\\]+
      )
    | (?P<scheme> \b bearer \s+ ) [\w.~+/=-]+
    | \b (?: whsec | wsk | wcs | ws1 )_ [\w+/=-]+
    """,
    re.IGNORECASE | re.VERBOSE,
)


def _mask(found: re.Match[str]) -> str:
    if found["kept"]:
        return found["kept"]
    if address := found["address"]:
        host, slash, path = re.split(r"[?#]", address, maxsplit=1)[0].partition("/")
        return f"://{host.rpartition('@')[2]}{slash}{path}"
    return f"{found['name'] or found['scheme'] or ''}{found['quote'] or ''}{REDACTED}"


_SECRET_NAME = re.compile(
    r"""
    ( secret | token | ticket | passw(or)?d | authorization | cookie
    | (aes|api|app)key | (^|[_-]) (key|value|refresh)
    ) s?$
    """,
    re.IGNORECASE | re.VERBOSE,
)


@lru_cache(maxsize=1024)
def _names_a_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None
