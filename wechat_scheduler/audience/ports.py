"""What the audience asks of the world."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.model import (
    Alias,
    App,
    Drawn,
    Found,
    Quiet,
    Scene,
    Subscriber,
    Subscription,
    Token,
    TokenKind,
    Topic,
)


class Apps(Protocol):
    """Who sends. Every method is atomic; all may raise StorageError."""

    async def all_apps(self) -> Sequence[App]:
        """The oldest first."""
        ...

    async def all_tokens(self) -> Sequence[Token]: ...

    async def add_app(self, app: App, tokens: Sequence[Token], *, once: Once | None) -> None:
        """Raises as `once.Once` says."""
        ...

    async def change_app(self, app: App) -> bool:
        """Replace all of it but its creation. Returns whether there is such an app."""
        ...

    async def remove_app(self, app_id: int, *, now: datetime) -> bool:
        """With its tokens, topics, subscriptions, aliases and scenes; what it has pending is
        cancelled."""
        ...

    async def replace_token(self, token: Token) -> None:
        """The app's (or user's) former tokens of that kind open nothing any more."""
        ...

    async def revoke_tokens(self, app_id: int, kind: TokenKind, *, uid: str) -> bool: ...

    async def add_topic(self, topic: Topic, *, once: Once | None) -> None: ...

    async def topics(self, app_id: int) -> Sequence[Topic]: ...

    async def topic(self, topic_id: int) -> Topic | None: ...

    async def remove_topic(self, app_id: int, topic_id: int) -> bool: ...

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` when apps or tokens may have changed, by any process."""
        ...


class People(Protocol):
    """Who receives. Every method is atomic; all may raise StorageError."""

    async def find(self, app: App, names: Sequence[str]) -> Mapping[str, Found]:
        """Whom each name stands for in that app: a uid of the app's account, or an alias. Names
        that stand for nobody are left out."""
        ...

    async def subscriber(self, uid: str) -> Subscriber | None: ...

    async def subscriber_of(self, appid: str, openid: str) -> Subscriber | None: ...

    async def follow(self, appid: str, openid: str, *, uid: str, now: datetime) -> Subscriber:
        """The user follows the account, and did something at `now`: both are kept. A new
        subscriber gets `uid`; one that is known keeps theirs. Trouble is forgotten."""
        ...

    async def heard(self, appid: str, openid: str, *, uid: str, now: datetime) -> Subscriber:
        """The user did something that shows that they follow the account: as `follow`."""
        ...

    async def unfollow(self, appid: str, openid: str, *, now: datetime) -> Subscriber | None:
        """Unreachable at once: what is pending for them is cancelled, and says why. None, and
        nothing happens, if nobody is known by that name or they did something after `now`."""
        ...

    async def change(
        self,
        uid: str,
        *,
        zone: str | None = None,
        quiet: Quiet | None = None,
        no_quiet: bool = False,
        nickname: str | None = None,
        avatar: str | None = None,
        morning: str | None = None,
        hears_joins: bool | None = None,
    ) -> Subscriber | None:
        """Change what is given; None if there is no such subscriber."""
        ...

    async def bind(
        self, app: App, names: Mapping[str, tuple[str, str, int]], *, now: datetime
    ) -> Mapping[str, str]:
        """Bind external ids to users that the business knows: for each its openid, the uid if they
        are new here, and the id of a new subscription. New ones count as followers whose last word
        is unknown. Returns the uid of each."""
        ...

    async def unbind(self, app_id: int, name: str) -> bool: ...

    async def subscribe(self, subscription: Subscription) -> tuple[Subscription, bool]:
        """The stored one (an existing one stays as it is, its block included), and whether it is
        new."""
        ...

    async def subscription(self, subscription_id: int) -> Subscription | None: ...

    async def subscriptions(
        self,
        app_id: int,
        *,
        topic_id: int | None,
        uid: str = "",
        blocked: bool | None = None,
        after: int = 0,
        offset: int = 0,
        limit: int,
    ) -> Sequence[tuple[Subscription, Subscriber]]:
        """By id; `topic_id` 0 is the app itself, None all of its topics."""
        ...

    async def count(
        self, app_id: int, *, topic_id: int | None, uid: str = "", blocked: bool | None = None
    ) -> int: ...

    async def subscriptions_of(self, uid: str) -> Sequence[Subscription]: ...

    async def set_blocked(self, subscription_id: int, *, blocked: bool) -> bool: ...

    async def set_muted(self, subscription_id: int, *, muted: bool) -> bool: ...

    async def unsubscribe(self, subscription_id: int) -> bool: ...

    async def page_of(self, app_id: int, topic_id: int, *, after: str, limit: int) -> Sequence[str]:
        """The uids after `after` that take what is sent there now: neither blocked nor muted, and
        they follow."""
        ...

    async def add_scene(self, scene: Scene, *, once: Once | None) -> None: ...

    async def scene(self, scene_id: str) -> Scene | None: ...

    async def scene_for(self, app_id: int, purpose: str, target: str) -> Scene | None:
        """The lasting one, without `extra`, for that target."""
        ...

    async def scanned(self, scene_id: str, uid: str) -> None: ...

    async def keep_ticket(
        self, scene_id: str, ticket: str, *, url: str, until: datetime
    ) -> None: ...

    async def alias(self, app_id: int, name: str) -> Alias | None: ...

    async def aliases_of(self, app_id: int, uid: str) -> Sequence[Alias]:
        """By name."""
        ...

    async def put_alias(self, alias: Alias) -> None: ...

    async def first_time(self, event: str, *, now: datetime) -> bool:
        """Whether `done` was never called for this event. Old ones are forgotten after a day."""
        ...

    async def done(self, event: str, *, now: datetime) -> None: ...


class QrCodes(Protocol):
    """WeChat's own QR codes."""

    async def create(self, appid: str, scene: str, *, lifetime: int) -> Drawn:
        """A QR code that carries `scene`, for at most `lifetime` seconds. Raises WeChatError."""
        ...

    def image_url(self, ticket: str) -> str: ...
