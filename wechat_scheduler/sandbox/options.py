"""What a sandbox can be told when it starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from yarl import URL

from wechat_scheduler.errors import ConfigError, InvalidRequestError

AES_KEY_LENGTH = 43
SECRET = "sandbox-secret"  # noqa: S105 - what every account has that was not given one of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPush:
    """A platform that wants its events, first of all `component_verify_ticket`, posted to `url`.

    `token` and `encoding_aes_key` (43 characters) are what a platform's owner enters in WeChat's
    console. Raises InvalidRequestError.
    """

    component_appid: str
    url: str
    token: str = field(repr=False)
    encoding_aes_key: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _is_address(self.url):
            raise InvalidRequestError("must be http:// or https:// and a host", field="url")
        if len(self.encoding_aes_key) != AES_KEY_LENGTH or not self.encoding_aes_key.isalnum():
            hint = f"must be {AES_KEY_LENGTH} letters and digits"
            raise InvalidRequestError(hint, field="encoding_aes_key")


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """How this WeChat differs from the real one.

    - `token_lifetime`: every other period shrinks in proportion to it, the quota's day excepted.
    - `accounts`: appid -> secret; any other appid exists too, with the secret `sandbox-secret`.
    - `pushes`: platforms whose events are posted from the start.
    - `quotas`: endpoint -> calls a day and account, in place of the documented number.
    - `push_timeout`: how long a platform may take to say `success`; a network's time, not scaled.

    Raises ConfigError.
    """

    token_lifetime: timedelta = timedelta(hours=2)
    accounts: Mapping[str, str] = field(default_factory=dict, repr=False)
    pushes: tuple[TicketPush, ...] = ()
    quotas: Mapping[str, int] = field(default_factory=dict)
    push_timeout: timedelta = timedelta(seconds=5)

    def __post_init__(self) -> None:
        if self.token_lifetime < timedelta(seconds=1):
            raise ConfigError("token_lifetime must be at least 1s: expires_in has whole seconds")


def _is_address(text: str) -> bool:
    try:
        url = URL(text)
    except ValueError:
        return False
    return url.scheme in ("http", "https") and url.host is not None
