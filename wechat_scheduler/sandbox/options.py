"""The options that a sandbox starts with."""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum

from yarl import URL

from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.errors import ConfigError, InvalidRequestError

AES_KEY_LENGTH = 43
# Real openids are o and 27 letters, digits, - and _. Shorter ones make tests readable.
OPENID = re.compile(r"o[0-9A-Za-z_-]{1,63}")
OPENID_FORM = "must be o and up to 63 letters, digits, - or _"
SECRET = "sandbox-secret"  # noqa: S105 - of every account that was given no secret


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformReceiver:
    """The URL to which a third-party platform's tickets and events are pushed, encrypted.

    `token` and `encoding_aes_key` (43 characters) are those that the owner of a platform enters in
    WeChat's console. Raises InvalidRequestError.
    """

    component_appid: str
    url: str
    token: str = field(repr=False)
    encoding_aes_key: str = field(repr=False)

    def __post_init__(self) -> None:
        _check_url(self.url)
        _check_aes_key(self.encoding_aes_key)


class PushMode(Enum):
    """PLAIN: readable XML. COMPATIBLE: readable and encrypted, in one. SAFE: encrypted only."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


class PushFormat(Enum):
    """The "数据格式" of the messages."""

    XML = "xml"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReceiver:
    """The URL to which an account's messages and events are pushed: WeChat's "服务器配置".

    `encoding_aes_key` (43 characters) may be empty in plain mode. `unescaped` writes texts into XML as
    they were typed, as WeChat is reported to do. With `component_appid`, the messages go to this
    platform's "消息与事件接收URL", encrypted for it, and `$APPID$` in the URL becomes the account.
    Raises InvalidRequestError.
    """

    appid: str
    url: str
    token: str = field(repr=False)
    encoding_aes_key: str = field(default="", repr=False)
    mode: PushMode = PushMode.PLAIN
    format: PushFormat = PushFormat.XML
    unescaped: bool = False
    component_appid: str = ""

    @property
    def address(self) -> str:
        """The URL to post to."""
        return self.url.replace("$APPID$", self.appid)

    @property
    def owner(self) -> str:
        """The appid that messages are encrypted for."""
        return self.component_appid or self.appid

    def __post_init__(self) -> None:
        _check_url(self.url)
        if self.encoding_aes_key or self.mode is not PushMode.PLAIN:
            _check_aes_key(self.encoding_aes_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """How this WeChat differs from the real one.

    - `token_lifetime`: all other periods shrink in proportion, except the day of the quotas.
    - `accounts`: appid -> secret; every other appid exists too, with the secret `sandbox-secret`.
    - `platform_receivers`: where the events of platforms are pushed from the start.
    - `quotas`: path -> calls per day and account, in place of the documented number.
    - `push_timeout`: how long a receiver may take to answer; does not shrink.
    - `account_receivers`: where messages and events of accounts are pushed from the start; these
      URLs are not asked for an `echostr`.
    - `users`: (appid, openid) of the first followers.
    - `templates`: template_id -> title, and behind it, each after a `|`, the keywords (`thing1`, or
      `单号:{{number1.DATA}}`); without keywords it takes all. Every other id of 10 characters or more
      exists too, without a title, unless it begins with `unknown`.
    - `mini_programs`: the accounts that are mini-programs. They have users in place of followers, and
      subscribe notices in place of template messages.
    - `accept_all`: users accept all subscribe notices.
    - `history`: messages that a phone keeps.
    - `remembered`: message ids that are kept for each account, the newest ones.

    Raises ConfigError.
    """

    token_lifetime: timedelta = timedelta(hours=2)
    accounts: Mapping[str, str] = field(default_factory=dict, repr=False)
    platform_receivers: tuple[PlatformReceiver, ...] = ()
    quotas: Mapping[str, int] = field(default_factory=dict)
    push_timeout: timedelta = timedelta(seconds=5)
    account_receivers: tuple[AccountReceiver, ...] = ()
    users: tuple[tuple[str, str], ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)
    mini_programs: tuple[str, ...] = ()
    accept_all: bool = False
    history: int = 200
    remembered: int = 200_000

    def __post_init__(self) -> None:
        if self.token_lifetime < timedelta(seconds=1):
            raise ConfigError("token_lifetime must be at least 1s: expires_in has whole seconds")
        for _, openid in self.users:
            if not OPENID.fullmatch(openid):
                raise ConfigError(f"users: {openid} {OPENID_FORM}")


def _check_url(text: str) -> None:
    try:
        url = URL(text)
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or url.host is None:
        raise InvalidRequestError("must be http:// or https:// and a host", field="url")


def _check_aes_key(key: str) -> None:
    if len(key) != AES_KEY_LENGTH or not key.isalnum():
        hint = f"must be {AES_KEY_LENGTH} letters and digits"
        raise InvalidRequestError(hint, field="encoding_aes_key")
