"""Secrets in the place of another value: a sentence about the mistake does not show them."""

import os

from wechat_scheduler.engine.patterns import pattern

# A URL, which may hold a password and whose slashes a path may have lost; our keys; the 32 bytes of a
# sealing key or an AppSecret.
_SECRET = pattern(
    r"(?i).*[a-z][a-z0-9+.-]+:/.*|(?:.*\W)?(?:wsk|whsec|wcs|ws1)_.*|[a-z0-9+/]{43}=|[a-z0-9_-]{43}|[0-9a-f]{32,}"
)


def check_no_secret(text: str) -> None:
    """Raises ValueError, which does not quote the text, if a secret stands where a path is expected."""
    if _SECRET.fullmatch(text) and not os.path.exists(text):
        raise ValueError(
            "looks like a key or a URL: expected a path; write a secret to a file, and name that file"
        )


# The values in a sentence, as `repr` writes them; its advice is written without such marks.
_QUOTED = pattern(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_HIDDEN = pattern(r"\b(?:wsk|whsec|wcs|ws1)_|://[^\s/]*@|:/.*:.*@")


def masked(sentence: object) -> str:
    """A sentence about a value, without the value if that holds one of our keys, or the password of a URL."""
    return _QUOTED.sub(
        lambda found: "[redacted]" if _HIDDEN.search(found[0]) else found[0], str(sentence)
    )
