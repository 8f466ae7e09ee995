"""Sends subscribe notices, of which a user allows a number in advance."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from wechat_scheduler.audience.mini_programs import MiniProgramPage
from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.audience.ports import UseCounts
from wechat_scheduler.audience.use_counts import UseCount
from wechat_scheduler.delivery.model import Message
from wechat_scheduler.delivery.ports import Messenger
from wechat_scheduler.delivery.refused_messages import no_notice_left, no_notice_yet
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import SendError, StorageError
from wechat_scheduler.reasons import Verdict

log = structlog.get_logger(__name__)

# A business system sends a notice as soon as a user allowed it, and WeChat's event may come later: WeChat
# tries three times, for five seconds each.
PATIENCE = timedelta(seconds=20)


class SubscribeNotices:
    """`uses` has what was heard of the notices that users allow. What was not heard is left to WeChat."""

    def __init__(self, messenger: Messenger, uses: UseCounts, *, clock: Clock) -> None:
        self._messenger = messenger
        self._uses = uses
        self._clock = clock

    async def send(
        self,
        message: Message,
        app: App,
        receiver: Subscriber,
        *,
        template_id: str,
        data: Mapping[str, str],
        url: str,
        page: MiniProgramPage | None,
    ) -> str:
        """A tap opens `page`, or `url` without one; the notices of a mini-program open no `url`.

        Returns the msgid, empty if WeChat gave none. Raises SendError, before WeChat is asked if no use
        is left.
        """
        at = self._clock.now()
        await self._check(message, app, receiver, template_id, at)
        try:
            if app.mini_program:
                return await self._messenger.subscribe_in_mini_program(
                    receiver.appid, receiver.openid, template_id=template_id, data=data, page=page
                )
            return await self._messenger.subscribe(
                receiver.appid,
                receiver.openid,
                template_id=template_id,
                data=data,
                url=url,
                page=page,
            )
        except SendError as error:
            if error.verdict is Verdict.USED_UP:
                await self._note(receiver, template_id, at)
            raise

    async def _check(
        self, message: Message, app: App, receiver: Subscriber, template_id: str, now: datetime
    ) -> None:
        count = await self._heard(receiver, template_id)
        if count is None or not count.is_used_up(now):
            return
        account = app.account_templates.get(template_id)
        if account and account.is_lasting and not count.switched_off:
            return
        patient_until = max(message.created_at, message.not_before or message.created_at) + PATIENCE
        if now < patient_until:
            raise no_notice_yet(count, patient_until - now)
        raise no_notice_left(count)

    async def _heard(self, receiver: Subscriber, template_id: str) -> UseCount | None:
        with suppress(StorageError):  # then nothing is known
            return await self._uses.get(receiver.appid, receiver.openid, template_id)
        return None

    async def _note(self, receiver: Subscriber, template_id: str, asked_at: datetime) -> None:
        """The refusal counts even if the store cannot keep the count."""
        try:
            await self._uses.none_left(
                receiver.appid,
                receiver.openid,
                template_id,
                asked_at=asked_at,
                now=self._clock.now(),
            )
        except StorageError as error:
            log.warning("notice.uncounted", uid=receiver.uid, error=str(error))
