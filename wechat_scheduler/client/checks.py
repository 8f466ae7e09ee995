"""Checks what a caller gives before it becomes part of a request."""

import re
from collections.abc import Sequence
from urllib.parse import quote, unquote, urlsplit

from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reasons import Reason

_HOST = re.compile(r"[\w.:%-]+", re.ASCII)  # with those of IPv6
_IN_PATHS = "/%:@!$&'()*+,;=~"

WRONG_URL = "the daemon's URL is written like http://127.0.0.1:9001"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonPlace:
    """A daemon's URL in parts; its routes stand below `path`."""

    tls: bool
    host: str
    port: int
    path: str
    key: str = field(repr=False)

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"http{'s' * self.tls}://{self.host_header}{self.path}"


def daemon_place(url: str, key: str) -> DaemonPlace:
    """Reads the URL as browsers do; its password stands for a missing key. Raises ValueError if it is no http
    or https URL, or `key` is none that a header can have."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        raise ValueError(WRONG_URL) from None
    is_url = parts.scheme in ("http", "https") and url.isprintable() and port != 0
    if not is_url or not _HOST.fullmatch(host):
        raise ValueError(WRONG_URL)
    tls = parts.scheme == "https"
    return DaemonPlace(
        tls=tls,
        host=host,
        port=port or (443 if tls else 80),
        path=quote(parts.path, safe=_IN_PATHS),
        key=usable_key(key or unquote(parts.password or "")),
    )
