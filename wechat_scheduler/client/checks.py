"""Checks what a caller gives before it becomes part of a request."""

from collections.abc import Sequence
from urllib.parse import quote

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reasons import Reason


def usable_key(key: str) -> str:
    """Without the space and line end around it. Raises ValueError, which does not quote it."""
    key = key.strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("the API key has a control character, or one that is not ASCII")
    return key


def task_path(appid: str, kind: str, subject: str) -> tuple[str, ...]:
    """The path of a credential; one without a subject has a part less."""
    return ("task", appid, kind, *filter(None, (subject,)))


def quoted(path: Sequence[str]) -> list[str]:
    """The parts of a path. Raises InvalidRequestError for one that would lead to another route."""
    if wrong := {"", ".", ".."}.intersection(path):
        raise InvalidRequestError(
            f"{wrong.pop()!r} is no name in a path", reason=Reason.REQUEST_INVALID
        )
    return [quote(part, safe="", errors="surrogateescape") for part in path]
