"""Writes to people about their reminders, in the name of an app or of the account itself."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.audience.ports import Subscriptions
from wechat_scheduler.audience.user_acts import Post
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.reminders.text_parts import LINK
from wechat_scheduler.reminders.texts import Pages, Teller

# A message takes seconds from the phone to the bot, more where WeChat repeats it.
JUST_NOW: Final = timedelta(minutes=1)


class Replies:
    """All that the bot and the participants' commands need to reply. `sends` tells whether an account can send
    messages now. Methods that wait may raise StorageError."""

    def __init__(
        self,
        subscriptions: Subscriptions,
        directory: Directory,
        *,
        post: Post,
        sends: Callable[[str], Awaitable[bool]],
        pages: Pages,
        clock: Clock,
    ) -> None:
        self._subscriptions = subscriptions
        self._directory = directory
        self._post = post
        self._sends = sends
        self._pages = pages
        self._clock = clock

    def app(self, app_id: int) -> App | None:
        return self._directory.app(app_id)

    async def speaker(self, subscriber: Subscriber) -> App | None:
        """The app of the account that new reminders are sent by: one with a template for them first,
        then the oldest. Apps that the user muted, or that blocked the user, are left out."""
        subscriptions = await self._subscriptions.of_person(subscriber.uid)
        silent = {
            one.app_id for one in subscriptions if not one.topic_id and (one.blocked or one.muted)
        }
        apps = [app for app in self._directory.apps_of(subscriber.appid) if app.id not in silent]
        return min(apps, key=lambda app: "reminder" not in app.templates, default=None)

    def teller(
        self, to: Subscriber, app: App | None, *, wrote_at: datetime | None = None
    ) -> Teller:
        """The teller's moment is that in which the user wrote, if that was just now: else 10秒后 is told as
        9秒后, by the time that the message took."""
        now = self._clock.now()
        if wrote_at is not None and abs(now - wrote_at) < JUST_NOW:
            now = wrote_at
        return Teller.of(to, app, pages=self._pages, now=now)

    async def sends(self, to: Subscriber) -> bool:
        """Whether a reminder that is due now would be sent, as far as is known of the account."""
        return await self._sends(to.appid)

    async def send(self, to: Subscriber, text: str, *, event_id: str, app: App | None) -> None:
        """A second text with the same `event_id` is not sent. From its first link on a text is stored
        sealed: some links are secrets."""
        before, link, after = text.partition(LINK)
        await self._post.say(to, before, event_id=event_id, app=app, secret=link + after)
