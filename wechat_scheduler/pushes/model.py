"""The nouns of pushes: requests, messages, events and their outcomes."""

import enum
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

import msgspec

from wechat_scheduler.credentials.model import COMPONENT_TOKEN, Credential, Fault, JobKey
from wechat_scheduler.engine.records import dataclass, field

TICKET = "component_verify_ticket"

# The owner of the jobs of accounts that authorised a platform. No API key has this id.
WECHAT = "wechat"

# The elements that say what a message is.
INFO_TYPE = "InfoType"
MSG_TYPE = "MsgType"

# The daemon's own event, a row that falls due when no ticket has come for long.
WATCH = "watch"


class Mending(enum.StrEnum):
    """What was repaired in a message so that it can be read."""

    ENCODING = "encoding"
    """Bytes that are not UTF-8, such as half a character: they became U+FFFD."""

    CHARACTERS = "characters"
    """Characters that XML forbids: they were dropped."""

    MARKUP = "markup"
    """A text with the end of a CDATA section in it: it was left as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedMessage:
    """The elements of a message by WeChat's names, in WeChat's order. `items` are the entries of the list
    in it, if it has one. The value of an element with others in it is their markup."""

    fields: Mapping[str, str]
    items: tuple[Mapping[str, str], ...] = ()
    mended: frozenset[Mending] = frozenset()

    def text(self, name: str) -> str:
        """The text of an element; empty if it is absent."""
        return self.fields.get(name, "")

    @property
    def sort(self) -> str:
        """`InfoType` for an event of a platform, `MsgType` for what a user did, empty for neither: the
        one that stands first, before any text of a user's."""
        return next((name for name in self.fields if name in (INFO_TYPE, MSG_TYPE)), "")


class InfoType(enum.StrEnum):
    """The events about accounts that authorise a third-party platform."""

    AUTHORIZED = "authorized"
    UPDATED = "updateauthorized"
    UNAUTHORIZED = "unauthorized"
    REGISTERED = "notify_third_fasteregister"
    """The platform registered a mini-program, which thereby authorised it: 快速注册企业小程序."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The tokens and keys that the owner of an account or platform entered in WeChat's console, newest
    first.

    The former ones are kept too, since WeChat uses them for a while. An empty key means 明文模式.
    """

    tokens: tuple[str, ...] = field(repr=False)
    aes_keys: tuple[str, ...] = field(repr=False)

    @property
    def plain(self) -> bool:
        """Whether messages come unencrypted."""
        return self.aes_keys[:1] == ("",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A request that claims to come from WeChat. `signature` proves that its sender knows the token,
    `msg_signature` that the sender also wrote the body."""

    timestamp: str
    nonce: str
    signature: str = field(repr=False)
    msg_signature: str = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The message of a push that comes from WeChat. `proof` is the signature that shows it: WeChat uses
    each signature for one push and its repeats. `token` made it, and `aes_key` decrypted
    the message: empty if it came plain."""

    message: PushedMessage
    proof: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(default="", repr=False)

    @property
    def digest(self) -> bytes:
        """A hash that is the same for each repeat of a push, and different for all other pushes."""
        return hashlib.sha256(msgspec.json.encode(sorted(self.message.fields.items()))).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event about the platform `appid`; `name` is its InfoType, and `authorizer` the account in it, empty
    if there is nothing to do.

    `code` can be exchanged for tokens until `code_until`; empty if the event has none. `happened_at` is
    WeChat's CreateTime, in whole seconds.
    """

    appid: str
    name: str
    authorizer: str
    code: str = field(repr=False)
    code_until: datetime
    happened_at: datetime

    @property
    def is_acted_on(self) -> bool:
        return bool(self.authorizer)

    @property
    def id(self) -> str:
        """The same for each repeat: WeChat repeats an event until the answer is `success`."""
        seconds = int(self.happened_at.timestamp())
        parts = (self.appid, self.name, self.authorizer, seconds, self.code)
        return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedEvent:
    """A due event that this process has claimed.

    `attempts` counts the failed attempts. `secret` is the platform's secret for a WATCH event, empty if
    it is unknown.
    """

    id: str
    claim: str
    event: Event
    attempts: int
    note: str
    secret: str = field(repr=False)

    @property
    def component(self) -> JobKey:
        """The job of the platform's own token."""
        return JobKey(self.event.appid, COMPONENT_TOKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorized:
    """The account's job must exist, with `credential` as its value. None if the code could not be
    exchanged: the job then recovers its refresh token by itself. The store sets the credential's
    version. `fault` says what WeChat left out."""

    row: ClaimedEvent
    credential: Credential | None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """The account's jobs stop, for the reason in `fault`, and are due again at `due_at`."""

    row: ClaimedEvent
    fault: Fault
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PostponedEvent:
    """The event is due again at `due_at`. `note` is the reason, or what WeChat answered; it has no
    secret in it. If it `lasts`, a person must act before the event can be handled."""

    row: ClaimedEvent
    due_at: datetime
    note: str
    lasts: bool = False


Outcome: TypeAlias = Authorized | Revoked | PostponedEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRefusal:
    """The pushes to an account's URL that were refused since the daemon started: their `count`, and the
    last one. `overcome` is True once a later push was accepted. Of refusals that last, `since` is the first after which
    nothing passed; those that are `signed` came of WeChat, which knows the Token: their bodies do not fit."""

    count: int
    at: datetime
    reason: str
    overcome: bool = False
    since: datetime | None = None
    signed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingEvent:
    """An event that waits for its next attempt."""

    name: str
    authorizer: str
    received_at: datetime
    due_at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PushEndpointView:
    """The state of an account's push URL, without secrets.

    `former` is True if a former token or key is still accepted. `asked_at` and `answer` belong to the
    last request to push tickets again since the last ticket. `platform` is True if the job of the
    platform's own token is registered, `account` if an account with this appid is known, and `heard` if
    a push about one of its users has come. `verified_at` is the last GET of WeChat's console, `pushed_at` the last push that
    is still stored. `events` counts the events of the last days by InfoType.
    """

    appid: str
    changed_at: datetime
    former: bool
    platform: bool
    account: bool
    heard: bool
    verified_at: datetime | None
    pushed_at: datetime | None
    ticket_at: datetime | None
    asked_at: datetime | None
    answer: str
    events: Mapping[str, int]
    waiting: tuple[WaitingEvent, ...]
