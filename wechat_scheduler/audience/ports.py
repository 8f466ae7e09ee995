"""The stores that the audience needs, and WeChat's QR codes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, Unpack

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.filters import (
    ReceiverCount,
    ScenePlace,
    SubscriberFilter,
    SubscriptionFilter,
)
from wechat_scheduler.audience.model import (
    AccountTemplate,
    Alias,
    App,
    Bindings,
    Drawn,
    Found,
    Scene,
    Subscriber,
    SubscriberChange,
    Subscription,
    Token,
    TokenKind,
)
from wechat_scheduler.audience.text_windows import WINDOW
from wechat_scheduler.audience.use_counts import UseCount, UseReport
from wechat_scheduler.audience.user_acts import HandledAct


class Apps(Protocol):
    """The store of apps and tokens. Every method is atomic; all may raise StorageError."""

    async def all_apps(self) -> Sequence[App]:
        """Ordered by age, the oldest first."""

    async def all_tokens(self) -> Sequence[Token]: ...

    async def has_app(self, app_id: int) -> bool: ...

    async def has_token(self, digest: str) -> bool:
        """Whether there is a token with that hash."""

    async def add_app(self, app: App, tokens: Sequence[Token], *, once: Once | None) -> None:
        """Raises as `once.Once` says."""

    async def change_app(self, app_id: int, edit: Callable[[App], App]) -> App | None:
        """Store what `edit` makes of the stored app, but for `created_at` and `account_templates`, and
        return it. No other change comes between. `edit` may be called several times; what it raises
        is raised here. None if there is no such app, or it cannot be read."""

    async def put_templates(self, appid: str, templates: Sequence[AccountTemplate]) -> None:
        """Replace the `account_templates` of all apps of the account."""

    async def remove_app(self, app_id: int, *, now: datetime) -> bool:
        """Remove the app with its tokens, topics, subscriptions, aliases, scenes and reminders, and
        cancel its pending deliveries: a first part of all these at once, the rest later."""

    async def replace_token(self, token: Token, *, once: Once | None = None) -> None:
        """Store the token and remove the former ones of that kind, app and user. Raises as `once.Once` says."""

    async def revoke_tokens(self, app_id: int, kind: TokenKind, *, uid: str) -> bool: ...

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` when any process may have changed apps or tokens."""


class Subscribers(Protocol):
    """The users of the accounts. Every method is atomic; all may raise StorageError."""

    async def by_uid(self, uid: str) -> Subscriber | None: ...

    async def select(self, wanted: SubscriberFilter) -> Sequence[Subscriber]: ...

    async def follow(
        self, appid: str, openid: str, *, uid: str, now: datetime, window: timedelta = WINDOW
    ) -> Subscriber:
        """Record that the user follows the account and did something at `now`, for which WeChat takes texts within
        `window`. A new subscriber
        gets `uid`; a known one keeps theirs. Clears `trouble`."""

    async def unfollow(self, appid: str, openid: str, *, now: datetime) -> Subscriber | None:
        """Record that the user left the account, and cancel what is pending for them, with the
        reason. Returns None and changes nothing if the user is unknown or did something after
        `now`."""

    async def change(self, uid: str, change: SubscriberChange) -> Subscriber | None:
        """Returns None if there is no such subscriber."""


class Subscriptions(Protocol):
    """The store of subscriptions. Every method is atomic; all may raise StorageError."""

    async def subscribe(self, subscription: Subscription) -> tuple[Subscription, bool]:
        """Returns the stored subscription, and whether it is new. One that exists stays, its block included."""

    async def get(self, subscription_id: int) -> Subscription | None: ...

    async def of_app(
        self, app_id: int, **wanted: Unpack[SubscriptionFilter]
    ) -> Sequence[tuple[Subscription, Subscriber]]:
        """Ordered by id."""

    async def count(
        self, app_id: int, *, topic_id: int | None, uid: str = "", blocked: bool | None = None
    ) -> int: ...

    async def count_receivers(
        self, app_id: int, topic_id: int, now: datetime, *, most: int
    ) -> ReceiverCount:
        """Of those whom `receivers` gives, up to `most`; some of them take texts at `now`."""

    async def of_person(self, uid: str) -> Sequence[Subscription]:
        """Ordered by id."""

    async def apps_of(self, uids: Sequence[str]) -> Mapping[str, Sequence[int]]:
        """The ids of the apps to which each user subscribed, in order."""

    async def set_blocked(self, subscription_id: int, *, blocked: bool) -> bool: ...

    async def set_muted(self, subscription_id: int, *, muted: bool) -> bool: ...

    async def remove(self, subscription_id: int) -> bool: ...

    async def receivers(
        self, app_id: int, topic_id: int, *, after: str, limit: int
    ) -> Sequence[str]:
        """The uids after `after`, in order, that receive what is sent to the topic now: they
        follow, WeChat delivers to them, and the subscription is neither blocked nor muted."""


class Aliases(Protocol):
    """The store of other names of subscribers. Every method is atomic; all may raise StorageError."""

    async def find(self, app: App, names: Sequence[str]) -> Mapping[str, Found]:
        """The subscriber behind each name: a uid or an openid of the app's account, or an alias. Unknown
        names are left out."""

    async def bind(
        self, app: App, names: Bindings, *, now: datetime, moves: bool = True
    ) -> Mapping[str, str]:
        """Returns the uid of each name. A new subscriber counts as a follower. Raises ConflictError for
        the name of another user unless it `moves`."""

    async def remove(self, app_id: int, name: str) -> bool: ...

    async def get(self, app_id: int, name: str) -> Alias | None: ...

    async def of_person(self, app_id: int, uid: str) -> Sequence[Alias]:
        """Ordered by name."""

    async def names_of(self, app_id: int, uids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """The app's own names of each user who has some, in order."""

    async def names_of_all(self, uids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """The names that apps have for each user who has some, in order."""

    async def change(
        self, app_id: int, uid: str, edit: Callable[[Sequence[Alias]], Alias]
    ) -> Alias:
        """Store and return the alias that `edit` makes from those of the user. No other change comes
        between. `edit` may be called several times."""


class Scenes(Protocol):
    """The contents of QR codes. Every method is atomic; all may raise StorageError."""

    async def add(self, scene: Scene, *, once: Once | None) -> None:
        """Raises as `once.Once` says."""

    async def get(self, scene_id: str) -> Scene | None: ...

    async def lasting(self, app_id: int, purpose: str, target: str) -> Scene | None:
        """The scene for that target that does not end and has no `extra`."""

    async def of_app(self, app_id: int, *, after: ScenePlace, limit: int) -> Sequence[Scene]:
        """The newest first, from the one after `after`."""

    async def scanned(self, scene_id: str, uid: str) -> None: ...

    async def keep_ticket(
        self, scene_id: str, ticket: str, *, url: str, until: datetime
    ) -> None: ...


class HandledEvents(Protocol):
    """The events that were handled in the last day. Both may raise StorageError."""

    async def is_new(self, event: str) -> bool: ...

    async def add(self, event: str, *, now: datetime, act: HandledAct | None = None) -> None:
        """The first time, the act is stored and told."""


class UseCounts(Protocol):
    """The subscribe notices that users still allow. Atomic; all may raise StorageError."""

    async def count(
        self,
        appid: str,
        openid: str,
        reports: Sequence[UseReport],
        *,
        event: str,
        now: datetime,
    ) -> None:
        """Count what an event says, once for each `event`. That one was sent is not counted of a
        template of which nothing was heard before."""

    async def none_left(
        self, appid: str, openid: str, template_id: str, *, asked_at: datetime, now: datetime
    ) -> None:
        """WeChat refused a notice that was sent at `asked_at`. Does nothing if the user allowed one
        since."""

    async def get(self, appid: str, openid: str, template_id: str) -> UseCount | None:
        """None if nothing is known."""

    async def of_person(self, appid: str, openid: str) -> Sequence[UseCount]:
        """Ordered by template id."""


class QrCodes(Protocol):
    """WeChat's API for QR codes."""

    async def create(self, appid: str, scene: str, *, lifetime: int) -> Drawn:
        """A QR code that carries `scene`, for at most `lifetime` seconds. Raises WeChatError."""

    def image_url(self, ticket: str) -> str: ...


class AccountTemplates(Protocol):
    """WeChat's API for an account's templates."""

    async def listed(self, appid: str) -> Sequence[AccountTemplate]:
        """Raises WeChatError, RequestError without a token of the account, and StorageError."""
