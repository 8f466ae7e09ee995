"""Apps and the tokens that open them, in memory: asked with every request that comes in."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from wechat_scheduler.access.model import digest, new_signing_secret
from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.model import App, Token, TokenKind
from wechat_scheduler.audience.names import new_app_key, new_id, new_token
from wechat_scheduler.audience.ports import Apps
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeApp:
    """A new app, with its secrets and the text of its token, which nobody is ever shown again."""

    app: App
    token: str = field(repr=False)


def draft_app(name: str, appid: str, *, now: datetime) -> App:
    """A new app with secrets of its own, to be given what else it shall have before it is made."""
    return App(
        id=new_id(),
        name=name,
        appid=appid,
        app_key=new_app_key(),
        signing_secret=new_signing_secret(),
        created_at=now,
    )


class Directory:
    """Every app and every token. `load` before the first use."""

    def __init__(self, store: Apps, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._apps: dict[int, App] = {}
        self._tokens: dict[str, Token] = {}
        self._loading = asyncio.Lock()

    async def load(self) -> None:
        """Take over what the store says, which another process may have changed."""
        async with self._loading:  # or an older answer could come after a newer one
            apps, tokens = await self._store.all_apps(), await self._store.all_tokens()
            self._apps = {app.id: app for app in apps}
            self._tokens = {token.hash: token for token in tokens}

    def app(self, app_id: int) -> App | None:
        return self._apps.get(app_id)

    def apps(self) -> Sequence[App]:
        """The oldest first."""
        return list(self._apps.values())

    def apps_of(self, appid: str) -> Sequence[App]:
        """Those that send through that account."""
        return [app for app in self._apps.values() if app.appid == appid]

    def holder(self, text: str) -> Token | None:
        """The token of that text. One whose app was removed opens nothing."""
        token = self._tokens.get(digest(text))
        if token is None or (token.app_id and token.app_id not in self._apps):
            return None
        return token

    async def make_app(
        self, app: App, *, once: Callable[[MadeApp], Once | None] = lambda made: None
    ) -> MadeApp:
        """Keep what `draft_app` made. `once` gets what the answer is to show, and is kept with it.
        Raises as `once.Once` says."""
        text = new_token(TokenKind.APP)
        made = MadeApp(app=app, token=text)
        await self._store.add_app(app, [self._token(text, TokenKind.APP, app.id)], once=once(made))
        await self.load()
        return made

    async def change_app(self, app: App) -> None:
        """Raises NotFoundError."""
        if not await self._store.change_app(app):
            raise _no_app(app.id)
        await self.load()

    async def remove_app(self, app_id: int) -> None:
        """With all that belongs to it. Raises NotFoundError."""
        if not await self._store.remove_app(app_id, now=self._clock.now()):
            raise _no_app(app_id)
        # Before the store is asked again, which may not answer: its tokens open nothing.
        self._apps.pop(app_id, None)
        await self.load()

    async def reset_token(self, app_id: int) -> str:
        """The text of the app's new token; the former one opens nothing. Raises NotFoundError."""
        if app_id not in self._apps:
            raise _no_app(app_id)
        return await self._replace(TokenKind.APP, app_id)

    async def make_user_token(self, app_id: int, uid: str) -> str:
        """The text of the one token that keeps that user's reminders, which the app sends."""
        return await self._replace(TokenKind.USER, app_id, uid)

    async def make_simple_token(self, app_id: int, uid: str) -> str:
        """The text of the one token with which anybody may write to that user as that app."""
        return await self._replace(TokenKind.SIMPLE, app_id, uid)

    async def revoke_tokens(self, kind: TokenKind, *, uid: str) -> bool:
        """Those of a user. Returns whether there were any."""
        revoked = await self._store.revoke_tokens(0, kind, uid=uid)
        await self.load()
        return revoked

    async def _replace(self, kind: TokenKind, app_id: int = 0, uid: str = "") -> str:
        text = new_token(kind)
        await self._store.replace_token(self._token(text, kind, app_id, uid))
        await self.load()
        return text

    def _token(self, text: str, kind: TokenKind, app_id: int, uid: str = "") -> Token:
        now = self._clock.now()
        return Token(hash=digest(text), kind=kind, app_id=app_id, uid=uid, created_at=now)


def _no_app(app_id: int) -> NotFoundError:
    return NotFoundError(f"there is no app {app_id}", reason=Reason.APP_UNKNOWN)
