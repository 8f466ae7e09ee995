"""The nouns of the audience: apps, topics, subscribers, scenes of QR codes."""

import enum
from collections.abc import Mapping
from datetime import datetime, time
from typing import NamedTuple, TypeAlias

from wechat_scheduler.access.model import Network
from wechat_scheduler.audience.mini_programs import MiniProgramPage
from wechat_scheduler.engine.records import dataclass, field

SHANGHAI = "Asia/Shanghai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One of WeChat's templates. `fields` gives a text for each keyword, which may contain `{title}`,
    `{content}`, `{time}`, `{app}`, and names of a message's data. `page` is opened if the message names
    none."""

    template_id: str
    fields: Mapping[str, str]
    page: MiniProgramPage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTemplate:
    """A template as WeChat lists it for the account. Each keyword has the only values that WeChat takes
    for it; empty if it takes others. `labels` are the words in front of them that users see. A notice is sent to users who subscribed to it, a
    lasting one (长期订阅) any number of times."""

    template_id: str
    title: str
    keywords: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str] = field(default_factory=dict)
    is_notice: bool = False
    is_lasting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A tenant that sends, through the WeChat account `appid`, which may be a `mini_program`.

    `id` is a random 52-bit integer. The keys of `templates` are purposes (`message`, `notice`,
    `reminder`) or aliases that the app chose. `per_minute` and `recipient_per_minute` limit the
    messages to all and to each user; 0 means no limit. An `at_most_once` app never repeats a message that
    may have arrived. Signed calls of the app must come from `networks`; empty means any network.
    `app_key` signs them; `signing_secret` (`whsec_…`) signs the calls to `callback`. Links to its pages
    have `link_generation`; links of earlier generations are invalid. `account_templates` has those that were
    imported from the account, by their ids. `unreadable` says why the stored app cannot be read; then
    the other fields are not the app's.
    """

    id: int
    name: str
    appid: str
    zone: str = SHANGHAI
    callback: str = field(default="", repr=False)
    app_key: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    templates: Mapping[str, Template] = field(default_factory=dict)
    at_most_once: bool = False
    per_minute: int = 0
    recipient_per_minute: int = 0
    networks: tuple[Network, ...] = ()
    mini_program: bool = False
    home: str = ""
    contact: str = ""
    welcome: str = ""
    description: str = ""
    link_generation: int = 0
    account_templates: Mapping[str, AccountTemplate] = field(default_factory=dict)
    unreadable: str = ""
    created_at: datetime


class TokenKind(enum.StrEnum):
    """The right that a token gives; the value is the beginning of its text."""

    APP = "AT_"
    """Send in the name of an app."""

    SIMPLE = "SPT_"
    """Send to the one user who gave it away."""

    USER = "wct_"
    """Manage the reminders of one user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A stored token: the hash, not the text. `uid` is empty for a token of the app."""

    hash: str = field(repr=False)
    kind: TokenKind
    app_id: int
    uid: str = ""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A group of an app's subscribers that gets messages together. `id` is a random 52-bit integer."""

    id: int
    app_id: int
    name: str
    description: str = ""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """The local hours in which the subscriber gets no ordinary messages. May span midnight."""

    begins: time
    ends: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A WeChat user of the account `appid`. `uid` is `UID_` and 28 letters and digits.

    `follows` says whether they follow the account now; `heard_at` is their last act that lets the
    account write to them, by texts until `texts_until`. `trouble` says why WeChat accepts no messages for them; empty if it does. Users
    give `nickname` and `avatar` themselves: WeChat gives none.

    `morning` is the time of day of the greeting that they want, `HH:MM:SS`, empty for none;
    `hears_joins` says whether they want to know who joins their reminders.
    """

    uid: str
    appid: str
    openid: str
    follows: bool
    created_at: datetime
    heard_at: datetime | None = None
    texts_until: datetime | None = None
    trouble: str = ""
    zone: str = ""
    quiet: Quiet | None = None
    nickname: str = ""
    avatar: str = ""
    morning: str = ""
    hears_joins: bool = True

    @property
    def is_reachable(self) -> bool:
        """Whether WeChat accepts messages for them now, as far as we know."""
        return self.follows and not self.trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberChange:
    """The new values of a subscriber's fields; None leaves a field as it is."""

    zone: str | None = None
    quiet: Quiet | None = None
    no_quiet: bool = False
    nickname: str | None = None
    avatar: str | None = None
    morning: str | None = None
    hears_joins: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A user's subscription to an app or to one of its topics. `id` is a random 52-bit integer;
    `topic_id` is 0 for the app itself.

    The app sets `blocked`, which survives another scan; the user sets `muted`.
    """

    id: int
    app_id: int
    topic_id: int
    uid: str
    created_at: datetime
    blocked: bool = False
    muted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The subscriber behind a name. `subscription` is None if they did not subscribe to this app."""

    subscriber: Subscriber
    subscription: Subscription | None


class Purpose(enum.StrEnum):
    """The effect of scanning a QR code."""

    APP = "app"
    TOPIC = "topic"
    REMINDER = "reminder"
    CONSENT = "consent"
    """Lets an app's signed calls set reminders for the user."""


class Drawn(NamedTuple):
    """A QR code that WeChat created: the ticket for its picture, the text of the code, and its lifetime in
    seconds."""

    ticket: str
    url: str
    lifetime: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The content of a QR code. `id` is its scene_str, at most 64 letters and digits.

    `target` is the id of the topic or reminder as text, empty for the app. `extra` comes back in the
    app's callback. A scene without `expires_at` does not end. `last_uid` scanned it last. `url` is the
    text of the QR code, valid until `ticket_until`.
    """

    id: str
    app_id: int
    purpose: Purpose
    target: str = ""
    extra: str = ""
    created_at: datetime
    expires_at: datetime | None
    last_uid: str = ""
    ticket: str = field(default="", repr=False)
    url: str = field(default="", repr=False)
    ticket_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another name of a subscriber within one app: the business's own id, or 32 hex digits that are
    the user's openid in signed calls, with an openkey that ends."""

    app_id: int
    name: str
    uid: str
    openkey_hash: str = field(default="", repr=False)
    openkey_until: datetime | None = None
    consented: bool = False


# An app's names for users to bind: of each the openid, and a uid and the id of a subscription if they are new.
Bindings: TypeAlias = Mapping[str, tuple[str, str, int]]
