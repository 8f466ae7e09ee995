"""Apps and their tokens in memory, for use with every request."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from wechat_scheduler.access.model import digest, new_signing_secret
from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.ids import new_app_key, new_id, new_token
from wechat_scheduler.audience.model import AccountTemplate, App, Subscriber, Token, TokenKind
from wechat_scheduler.audience.ports import Apps, Subscriptions
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.latest_rereads import LatestRereads
from wechat_scheduler.engine.read_through import ReadThrough
from wechat_scheduler.engine.records import dataclass, field, replace
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason

# Makes the stored response from the text of a new token.
KeepToken: TypeAlias = Callable[[str], Once | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeApp:
    """A new app, with its secrets and the text of its token, which are shown only once."""

    app: App
    token: str = field(repr=False)


def draft_app(name: str, appid: str, *, now: datetime) -> App:
    """A new app with new secrets; the caller sets its other fields before `make_app`."""
    return App(
        id=new_id(),
        name=name,
        appid=appid,
        app_key=new_app_key(),
        signing_secret=new_signing_secret(),
        created_at=now,
    )


class Directory:
    """Manages apps and tokens, and keeps them in memory. Call `load` before the first use.

    A change takes effect here as soon as it is stored: the `load` after it may fail, and one that is
    in progress may bring what was read before.
    """

    def __init__(self, store: Apps, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._apps: dict[int, App] = {}
        self._unreadable: frozenset[int] = frozenset()
        self._tokens: dict[str, Token] = {}
        self._rereads = LatestRereads(self._read, self._hold)
        self._misses = ReadThrough(self.load, clock)

    async def load(self) -> None:
        """Read the store again: another process may have changed it."""
        await self._rereads.run()

    def app(self, app_id: int) -> App | None:
        return self._apps.get(app_id)

    async def find_app(self, app_id: int) -> App | None:
        """Like `app`; also one that another process has just made. May raise StorageError."""
        if not (app_id in self._apps or app_id in self._unreadable):
            await self._misses.ask(app_id, lambda: self._store.has_app(app_id))
        return self.app(app_id)

    def is_unreadable(self, app_id: int) -> bool:
        """Whether there is such an app, but its row cannot be read."""
        return app_id in self._unreadable

    def apps(self) -> Sequence[App]:
        """Ordered by age, the oldest first."""
        return list(self._apps.values())

    def apps_of(self, appid: str) -> Sequence[App]:
        """The apps that send through that account."""
        return [app for app in self._apps.values() if app.appid == appid]

    def account_templates(self, appid: str) -> Mapping[str, AccountTemplate]:
        """What was imported from the account; empty until then."""
        return next((app.account_templates for app in self.apps_of(appid)), {})

    async def find_holder(self, text: str) -> Token | None:
        """The token with that text, also one that another process has just made; None if it is unknown or its app was
        removed. May raise StorageError."""
        place = digest(text)
        if place not in self._tokens:
            await self._misses.ask(place, lambda: self._store.has_token(place))
        return self._holder_at(place)

    def _holder_at(self, place: str) -> Token | None:
        token = self._tokens.get(place)
        if token is None or (token.app_id and token.app_id not in self._apps):
            return None
        return token

    async def make_app(
        self, app: App, *, once: Callable[[MadeApp], Once | None] = lambda made: None
    ) -> MadeApp:
        """Store a draft. `once` makes the stored response from the new app. Raises as `once.Once`
        says."""
        text = new_token(TokenKind.APP)
        made = MadeApp(app=app, token=text)
        await self._store.add_app(app, [self._token(text, TokenKind.APP, app.id)], once=once(made))
        self._rereads.changed()
        await self.load()
        return made

    async def change_app(self, app_id: int, edit: Callable[[App], App]) -> App:
        """Store what `edit` makes of the stored app, which may be newer than the caller's copy. Raises
        NotFoundError, and what `edit` raises."""
        app = await self._store.change_app(app_id, edit)
        if app is None:
            raise _no_app(app_id)
        self._rereads.changed()
        if app_id in self._apps:
            self._apps[app_id] = app
        await self.load()
        return app

    async def keep_templates(self, appid: str, templates: Sequence[AccountTemplate]) -> None:
        """Store the templates that WeChat lists for the account, for all its apps."""
        await self._store.put_templates(appid, templates)
        self._rereads.changed()
        await self.load()

    async def remove_app(self, app_id: int) -> None:
        """Remove the app with all that belongs to it. Raises NotFoundError."""
        if not await self._store.remove_app(app_id, now=self._clock.now()):
            raise _no_app(app_id)
        self._rereads.changed()
        self._apps.pop(app_id, None)
        await self.load()

    async def reset_token(self, app_id: int, *, once: KeepToken = lambda text: None) -> str:
        """Replace the app's token. Returns the text of the new one. Raises NotFoundError, and as
        `once.Once` says."""
        if app_id not in self._apps:
            raise _no_app(app_id)
        return await self._replace(TokenKind.APP, app_id, once=once)

    async def renew_links(self, app_id: int) -> None:
        """Invalidate all links to the app's pages. Raises NotFoundError."""
        await self.change_app(
            app_id, lambda app: replace(app, link_generation=app.link_generation + 1)
        )

    def link_generation(self, app_id: int) -> int:
        """The generation of links to the app's pages; 0 for an unknown app."""
        app = self._apps.get(app_id)
        return app.link_generation if app else 0

    async def make_user_token(
        self, app_id: int, uid: str, *, once: KeepToken = lambda text: None
    ) -> str:
        """The text of a new token that manages the user's reminders of that app. The previous one becomes
        invalid. Raises as `once.Once` says."""
        return await self._replace(TokenKind.USER, app_id, uid, once=once)

    async def make_simple_token(
        self, app_id: int, uid: str, *, once: KeepToken = lambda text: None
    ) -> str:
        """The text of a new token whose holder may write to the user as that app. The previous one becomes
        invalid. Raises as `once.Once` says."""
        return await self._replace(TokenKind.SIMPLE, app_id, uid, once=once)

    async def revoke_tokens(self, kind: TokenKind, *, uid: str) -> bool:
        """Remove a user's tokens of that kind. Returns whether there were any."""
        revoked = await self._store.revoke_tokens(0, kind, uid=uid)
        self._forget_tokens(kind, 0, uid)
        await self.load()
        return revoked

    async def _replace(
        self, kind: TokenKind, app_id: int, uid: str = "", *, once: KeepToken
    ) -> str:
        text = new_token(kind)
        token = self._token(text, kind, app_id, uid)
        await self._store.replace_token(token, once=once(text))
        self._forget_tokens(kind, app_id, uid)
        await self.load()
        return text

    def _forget_tokens(self, kind: TokenKind, app_id: int, uid: str) -> None:
        self._rereads.changed()
        ended = (kind, app_id, uid)
        self._tokens = {
            place: token
            for place, token in self._tokens.items()
            if (token.kind, token.app_id, token.uid) != ended
        }

    async def _read(self) -> tuple[Sequence[App], Sequence[Token]]:
        return await self._store.all_apps(), await self._store.all_tokens()

    def _hold(self, found: tuple[Sequence[App], Sequence[Token]]) -> None:
        apps, tokens = found
        self._apps = {app.id: app for app in apps if not app.unreadable}
        self._unreadable = frozenset(app.id for app in apps if app.unreadable)
        self._tokens = {token.hash: token for token in tokens}

    def _token(self, text: str, kind: TokenKind, app_id: int, uid: str = "") -> Token:
        now = self._clock.now()
        return Token(hash=digest(text), kind=kind, app_id=app_id, uid=uid, created_at=now)


async def apps_of(
    subscriber: Subscriber, subscriptions: Subscriptions, directory: Directory
) -> Sequence[App]:
    """The apps of the account that the user subscribes to and that do not block them."""
    own = await subscriptions.of_person(subscriber.uid)
    ids = {one.app_id for one in own if not one.topic_id and not one.blocked}
    return [app for app in directory.apps_of(subscriber.appid) if app.id in ids]


def _no_app(app_id: int) -> NotFoundError:
    return NotFoundError(f"there is no app {app_id}", reason=Reason.APP_UNKNOWN)
