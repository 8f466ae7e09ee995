"""Replies to a user in the response to WeChat's push, where the account has no token to send them by.

WeChat shows the user what such a response says ("被动回复用户消息"): once, and without a token.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from wechat_scheduler.audience.app_events import AppEvent
from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.audience.user_acts import Post, UserAct
from wechat_scheduler.engine.records import dataclass, field

# Bytes of a text that WeChat shows.
LONGEST: Final = 2048
_BETWEEN: Final = "\n\n"
_REST: Final = "……"


@dataclass(slots=True, kw_only=True)
class _Response:
    """What the response to the push about a user's act will say, by the ids of its texts."""

    openid: str
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return _BETWEEN.join(self.texts.values())

    def takes(self, text: str) -> bool:
        """The first text is shortened if it must be."""
        texts = (*self.texts.values(), text)
        return len(texts) == 1 or len(_BETWEEN.join(texts).encode()) <= LONGEST


class PassiveReplies:
    """Passes everything on to `post`, but for what is said to the user whose act is being handled while their account
    cannot send: `sends` tells whether it has a valid token, and may send texts; `apps` are the account's."""

    def __init__(
        self,
        post: Post,
        *,
        sends: Callable[[str], Awaitable[bool]],
        apps: Callable[[str], Iterable[App]],
    ) -> None:
        self.sends = sends
        self._apps = apps
        self._post = post
        self._responses: dict[str, _Response] = {}

    async def hear(self, receive: Callable[[UserAct], Awaitable[None]], act: UserAct) -> str:
        """Handle the act. Returns what the response to its push shows the user, empty for nothing. Raises as
        `receive` does."""
        event = f"{act.appid}/{act.event_id}"
        response = self._responses[event] = _Response(openid=act.openid)
        try:
            await receive(act)
        finally:
            self._responses.pop(event, None)
        return response.text

    async def tell(self, app: App, event: AppEvent, *, event_id: str) -> None:
        await self._post.tell(app, event, event_id=event_id)

    async def say(
        self,
        subscriber: Subscriber,
        text: str,
        *,
        event_id: str,
        app: App | None,
        secret: str = "",
    ) -> None:
        response = await self._response(subscriber, text + secret, event_id)
        if response is not None:
            response.texts[event_id] = _shortened(text + secret)
            return
        await self._post.say(subscriber, text, event_id=event_id, app=app, secret=secret)

    async def _response(self, subscriber: Subscriber, text: str, event_id: str) -> _Response | None:
        """The response that is to show the text; None if a message is to bring it."""
        found = self._responses.get(_act_of(event_id))
        if found is None or found.openid != subscriber.openid or not found.takes(text):
            return None
        # A mini-program's pushes take no messages in their responses.
        if any(app.mini_program for app in self._apps(subscriber.appid)):
            return None
        return None if await self.sends(subscriber.appid) else found


def _shortened(text: str) -> str:
    """The lines of a text that WeChat shows: none of them ends within a link, but for a first one that is too long."""
    lines = text.splitlines() if len(text.encode()) > LONGEST else []
    if not lines:
        return text
    while len(lines) > 1 and len("\n".join((*lines, _REST)).encode()) > LONGEST:
        lines.pop()
    room = LONGEST - len(f"\n{_REST}".encode())
    lines[0] = lines[0].encode()[:room].decode(errors="ignore")
    return "\n".join((*lines, _REST))


def _act_of(event_id: str) -> str:
    """The act that an id belongs to: it begins with the account's appid and the act's own id."""
    return "/".join(event_id.split("/", 2)[:2])
