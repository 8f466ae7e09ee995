"""Addresses messages about alerts: one to all robots, webhooks and mailboxes of a language, and one to each app's followers."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import structlog

from wechat_scheduler.alerts.model import News
from wechat_scheduler.alerts.telling import LIFE, AlertWords, content_of, for_people, priority_of
from wechat_scheduler.audience.ids import new_id
from wechat_scheduler.audience.model import App
from wechat_scheduler.config.alert_targets import AlertForm, AlertLanguage, AlertTarget
from wechat_scheduler.delivery.model import Content, Message, Priority, Target, TargetKind
from wechat_scheduler.delivery.orders import Order, Sending
from wechat_scheduler.delivery.sending_app import ACCOUNT
from wechat_scheduler.engine.records import replace
from wechat_scheduler.errors import RequestError

log = structlog.get_logger(__name__)

Addressed: TypeAlias = tuple[Message, Sequence[Target]]


class Addresses:
    """`find_app` finds an app by its id; `words_in` says how messages are worded, `names_of` what people call accounts."""

    def __init__(
        self,
        sending: Sending,
        find_app: Callable[[int], Awaitable[App | None]],
        words_in: Callable[[AlertLanguage], AlertWords],
        names_of: Callable[[Collection[str]], Awaitable[Mapping[str, str]]],
    ) -> None:
        self._sending = sending
        self._find_app = find_app
        self._words_in = words_in
        self._names_of = names_of

    async def content(self, news: Sequence[News], language: AlertLanguage) -> Content:
        """The message about these news. Raises StorageError."""
        appids = {each.alert.appid for each in news if each.alert.appid}
        names = await self._names_of(appids) if appids else {}
        return content_of(news, replace(self._words_in(language), names=names))

    async def messages(
        self, news: Sequence[News], targets: Sequence[AlertTarget], *, now: datetime
    ) -> Sequence[Addressed]:
        """The messages about these news, not yet stored. A follower who cannot be reached is logged. Raises
        StorageError."""
        found: list[Addressed] = []
        for language in AlertLanguage:
            readers = [target for target in targets if target.language is language]
            if readers:
                found += await self._in_language(news, language, readers, now)
        return found

    async def _in_language(
        self,
        news: Sequence[News],
        language: AlertLanguage,
        readers: Sequence[AlertTarget],
        now: datetime,
    ) -> Sequence[Addressed]:
        content, priority = await self.content(news, language), priority_of(news)
        found: list[Addressed] = []
        others = [target for target in readers if target.kind is not AlertForm.FOLLOWER]
        if others:
            found.append(_to_targets(content, others, priority, now))
        for target in readers:
            if target.kind is AlertForm.FOLLOWER:
                order, refused = await self.order(target, content, priority, now=now)
                if order is not None:
                    found.append((order.message, order.targets))
                if refused:
                    log.error("alert.follower_refused", target=target.name, reason=refused)
        return found

    async def order(
        self, target: AlertTarget, content: Content, priority: Priority, *, now: datetime
    ) -> tuple[Order | None, str]:
        """The message to a follower, and why one of them does not get it. Raises StorageError."""
        app = await self._find_app(target.app)
        if app is None:
            return None, f"there is no app {target.app}"
        try:
            order = await self._sending.prepare(
                app,
                for_people(content),
                names=target.to,
                priority=priority,
                expires_at=now + LIFE,
            )
        except RequestError as error:
            return None, str(error)
        refused = "; ".join(f"{one.name}: {one.error}" for one in order.placed if one.error)
        return (order if order.is_sendable else None), refused


def _to_targets(
    content: Content, targets: Sequence[AlertTarget], priority: Priority, now: datetime
) -> Addressed:
    message = Message(
        id=new_id(),
        app_id=ACCOUNT,
        content=content,
        created_at=now,
        expires_at=now + LIFE,
        priority=priority,
    )
    return message, [
        Target(delivery_id=new_id(), kind=TargetKind.ALERT, name=target.name) for target in targets
    ]
