"""Takes secrets out of what is written down: log events, stored errors, answers to operators.

It stands behind everything; whoever writes a log call leaves secrets out of it all the same.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

REDACTED = "[redacted]"


def redact(text: str) -> str:
    """`text` without tokens, secrets, tickets, keys, and without user and query of URLs."""
    return _SECRETS.sub(_mask, text)


def redact_field(name: str, value: object) -> Any:
    """A field of an event as a plain value, masked if its name says that it is a secret.

    Objects become what they print, redacted: a secret may be in there too. Numbers stay.
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


# Forms: a path with a sentence behind it, which says nothing secret whatever it ends in; a URL;
# secret=…, "access_token": "…", \"ticket\": \"…\", X-API-Key: …; Bearer …; a signing secret of
# Standard Webhooks, an API key of ours. Names are matched by their end only, so that the scan stays
# linear.
_SECRETS = re.compile(
    r"""
      (?P<path> / [\w/-]+ : (?= \s) )
    | :// (?P<address> [^\s"'<>\\]+ )
    | (?P<name>
        (?: secret | token | ticket | passw(?:or)?d | authorization | cookie | key )
        \\*["']? \s* (?: [:=] | %3[ad] ) \s*
      )
      (?: (?P<quote> \\*["'] ) (?: (?! (?P=quote) ) (?: \\. | . ) )*
        | (?! \[redacted\] ) (?: (?: basic | bearer ) \s+ )? [^\s"'&,;)}\]\\]+
      )
    | (?P<scheme> \b bearer \s+ ) [\w.~+/=-]+
    | \b (?: whsec | wsk )_ [\w+/=-]+
    """,
    re.IGNORECASE | re.VERBOSE,
)


def _mask(found: re.Match[str]) -> str:
    if found["path"]:
        return found["path"]
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
