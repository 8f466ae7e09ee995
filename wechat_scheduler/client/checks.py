"""Checks what a caller gives before it becomes part of a request."""

import re
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote, unquote, urlsplit

from wechat_scheduler.client.kept import Name
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reasons import Reason

_HOST = re.compile(r"[\w.:%-]+", re.ASCII)  # with those of IPv6
_IN_PATHS = "/%:@!$&'()*+,;=~"

WRONG_URL = "the daemon's URL is written like http://127.0.0.1:9001"


def usable_key(key: str) -> str:
    """Without the space and line end around it. Raises ValueError, which does not quote it."""
    if not isinstance(key, str):
        raise ValueError(  # noqa: TRY004 - as for each other key
            f"the API key is a text like wsk_…, not {_told(key)}; is its environment variable set?"
        )
    key = key.strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("the API key has a control character, or one that is not ASCII")
    return key


def name_of(appid: str, kind: str | int, subject: str = "") -> Name:
    """The credential's name, with a number as a text. Raises InvalidRequestError for what is no name."""
    if type(appid) is type(kind) is type(subject) is str:
        return Name(appid, kind, subject)  # the usual case, in a call that reads memory
    numbered = str(int(kind)) if isinstance(kind, int) and not isinstance(kind, bool) else kind
    subject = "" if subject is None else subject
    for field_name, given, form in (
        ("appid", appid, "a text like wx1111111111111111"),
        ("kind", numbered, "a type such as access_token, or its number"),
        ("subject", subject, "an openid or an appid"),
    ):
        require_text(field_name, given, form)
    return Name(appid, str(numbered), subject)


def names_of(names: Sequence[Sequence[str | int]]) -> list[Name]:
    """As `name_of`, of each."""
    for name in names:
        if not isinstance(name, tuple | list) or len(name) not in (2, 3):
            raise InvalidRequestError(
                "each is (appid, kind) or (appid, kind, subject)", field="names"
            )
    return [name_of(*name) for name in names]  # type: ignore[arg-type]  # it checks each


def require_text(name: str, given: object, form: str) -> None:
    """Raises InvalidRequestError."""
    if not isinstance(given, str):
        raise InvalidRequestError(f"must be {form}, not {_told(given)}", field=name)


def require_times(**times: timedelta) -> None:
    """Raises ValueError for what is no length of time."""
    for name, given in times.items():
        if not isinstance(given, timedelta) or given < timedelta(0):
            raise ValueError(f"{name}: must be a timedelta such as timedelta(seconds=5)")


def _told(given: object) -> str:
    return "None" if given is None else type(given).__name__


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
    if not isinstance(url, str):
        raise ValueError(f"{WRONG_URL}, as a text, not {_told(url)}")  # noqa: TRY004 - as below
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
        key=usable_key(unquote(parts.password or "") if key == "" else key),
    )
