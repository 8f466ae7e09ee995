"""The nouns of what WeChat pushes to us: requests, messages, events and what becomes of them."""

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import msgspec

from wechat_scheduler.credentials.model import Credential, Fault, JobKey

TICKET = "component_verify_ticket"
COMPONENT_TOKEN = "component_access_token"  # noqa: S105 - the name of a kind

# Who registers the jobs of accounts that authorised a platform. No API key has such an id.
WECHAT = "wechat"

# Not WeChat's: the row that falls due when no ticket has come for long.
WATCH = "watch"

Message: TypeAlias = Mapping[str, str]
"""The elements of a message, as WeChat names them."""


class InfoType(enum.StrEnum):
    """What a third-party platform is told about the accounts that authorise it."""

    AUTHORIZED = "authorized"
    UPDATED = "updateauthorized"
    UNAUTHORIZED = "unauthorized"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What the owner of an account or platform entered in WeChat's console, newest first.

    Both are kept twice, since WeChat goes on using the former ones for a while. An empty key is that
    of an account in 明文模式.
    """

    tokens: tuple[str, ...] = field(repr=False)
    aes_keys: tuple[str, ...] = field(repr=False)

    @property
    def plain(self) -> bool:
        """Whether messages are expected that nobody encrypted."""
        return self.aes_keys[:1] == ("",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A request that says that it is WeChat's. `signature` proves only that somebody knows the
    token, `msg_signature` that the body is theirs."""

    timestamp: str
    nonce: str
    signature: str = field(repr=False)
    msg_signature: str = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The message in a push that is WeChat's. `proof` is the signature that says so: WeChat uses
    each for one push and its repeats."""

    message: Message
    proof: str = field(repr=False)

    @property
    def digest(self) -> bytes:
        """The same for every repeat."""
        return hashlib.sha256(msgspec.json.encode(sorted(self.message.items()))).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at WeChat. `name` is its InfoType, `appid` the platform it concerns.

    `code` can be exchanged for tokens until `code_until`; empty where there is none. `happened_at`
    is WeChat's CreateTime, in whole seconds.
    """

    appid: str
    name: str
    authorizer: str
    code: str = field(repr=False)
    code_until: datetime
    happened_at: datetime

    @property
    def id(self) -> str:
        """The same for every repeat: events come again until WeChat has heard `success`."""
        seconds = int(self.happened_at.timestamp())
        parts = (self.appid, self.name, self.authorizer, seconds, self.code)
        return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedEvent:
    """A due event in the hands of the one process that may act on it now.

    `attempts` counts those that did not get far. `secret` is the platform's, where it is known and
    asked for (WATCH).
    """

    id: str
    claim: str
    event: Event
    attempts: int
    secret: str = field(repr=False)

    @property
    def component(self) -> JobKey:
        """The job of the platform's own token."""
        return JobKey(self.event.appid, COMPONENT_TOKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorized:
    """The account's job is to exist, with `credential` as its value; without one if the code was of
    no use any more: the job then recovers its refresh token by itself. The credential's version is
    given when it is stored."""

    row: ClaimedEvent
    credential: Credential | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """The account's jobs are to stop, for the reason in `fault`, and look again at `due_at`."""

    row: ClaimedEvent
    fault: Fault
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """Due again at `due_at`. `note` says why, or what WeChat answered; it holds no secret."""

    row: ClaimedEvent
    due_at: datetime
    note: str


Outcome: TypeAlias = Authorized | Revoked | Deferred


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRefusal:
    """What was refused in an account's name since the daemon started: how often, and the last;
    `overcome` once something was accepted after it."""

    count: int
    at: datetime
    reason: str
    overcome: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An event that could not be acted on yet."""

    name: str
    authorizer: str
    received_at: datetime
    due_at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackView:
    """What is known of an account's pushes, without secrets.

    `former` says that a former token or key is still accepted. `asked_at` and `answer` are those of
    the last request to push tickets again, if there was one since the last ticket. `platform` says
    that the job of the platform's own token is registered, `account` that an account of that appid
    is known, and `heard` that one of its users was heard of. `events` counts those of the last days
    by InfoType.
    """

    appid: str
    changed_at: datetime
    former: bool
    platform: bool
    account: bool
    heard: bool
    ticket_at: datetime | None
    asked_at: datetime | None
    answer: str
    events: Mapping[str, int]
    waiting: tuple[Waiting, ...]
