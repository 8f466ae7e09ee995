"""What a sandbox can be told when it starts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

from yarl import URL

from wechat_scheduler.errors import ConfigError, InvalidRequestError

AES_KEY_LENGTH = 43
# Real ones are o and 27 letters, digits, - and _. Here they may speak, so that tests can be read.
OPENID = re.compile(r"o[0-9A-Za-z_-]{1,63}")
OPENID_FORM = "must be o and up to 63 letters, digits, - or _"
SECRET = "sandbox-secret"  # noqa: S105 - what every account has that was not given one of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformReceiver:
    """A platform that wants its events, first of all `component_verify_ticket`, posted to `url`.

    `token` and `encoding_aes_key` (43 characters) are what a platform's owner enters in WeChat's
    console. Raises InvalidRequestError.
    """

    component_appid: str
    url: str
    token: str = field(repr=False)
    encoding_aes_key: str = field(repr=False)

    def __post_init__(self) -> None:
        _require_address(self.url)
        _require_aes_key(self.encoding_aes_key)


class PushMode(Enum):
    """PLAIN: readable XML. COMPATIBLE: readable and encrypted, in one. SAFE: encrypted alone."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReceiver:
    """An account that wants its messages and events posted to `url`: WeChat's "服务器配置".

    `encoding_aes_key` (43 characters) may be empty in plain mode. Raises InvalidRequestError.
    """

    appid: str
    url: str
    token: str = field(repr=False)
    encoding_aes_key: str = field(default="", repr=False)
    mode: PushMode = PushMode.PLAIN

    def __post_init__(self) -> None:
        _require_address(self.url)
        if self.encoding_aes_key or self.mode is not PushMode.PLAIN:
            _require_aes_key(self.encoding_aes_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """How this WeChat differs from the real one.

    - `token_lifetime`: every other period shrinks in proportion to it, the quota's day excepted.
    - `accounts`: appid -> secret; any other appid exists too, with the secret `sandbox-secret`.
    - `pushes`: platforms whose events are posted from the start.
    - `quotas`: endpoint -> calls a day and account, in place of the documented number.
    - `push_timeout`: how long a receiver may take to answer; a network's time, not scaled.
    - `callbacks`: accounts whose messages and events are posted from the start, unverified.
    - `users`: (appid, openid) of followers that are there from the start.
    - `templates`: template_id -> title; any other id of 10 characters or more exists too, without
      a title, unless it begins with `unknown`.
    - `accept_all`: whether users let every subscribe notice through without having been asked.
    - `history`: how many messages a phone keeps to show.
    - `remembered`: how many arrivals are remembered by id, the newest of all phones together.

    Raises ConfigError.
    """

    token_lifetime: timedelta = timedelta(hours=2)
    accounts: Mapping[str, str] = field(default_factory=dict, repr=False)
    pushes: tuple[PlatformReceiver, ...] = ()
    quotas: Mapping[str, int] = field(default_factory=dict)
    push_timeout: timedelta = timedelta(seconds=5)
    callbacks: tuple[AccountReceiver, ...] = ()
    users: tuple[tuple[str, str], ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)
    accept_all: bool = False
    history: int = 200
    remembered: int = 200_000

    def __post_init__(self) -> None:
        if self.token_lifetime < timedelta(seconds=1):
            raise ConfigError("token_lifetime must be at least 1s: expires_in has whole seconds")
        for _, openid in self.users:
            if not OPENID.fullmatch(openid):
                raise ConfigError(f"users: {openid} {OPENID_FORM}")


def _require_address(url: str) -> None:
    if not _is_address(url):
        raise InvalidRequestError("must be http:// or https:// and a host", field="url")


def _require_aes_key(key: str) -> None:
    if len(key) != AES_KEY_LENGTH or not key.isalnum():
        hint = f"must be {AES_KEY_LENGTH} letters and digits"
        raise InvalidRequestError(hint, field="encoding_aes_key")


def _is_address(text: str) -> bool:
    try:
        url = URL(text)
    except ValueError:
        return False
    return url.scheme in ("http", "https") and url.host is not None
