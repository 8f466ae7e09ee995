"""A user with a phone, who writes sentences to the account and is reminded."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import aiohttp
import msgspec

from wechat_scheduler.demo.journal import ON_PHONE, EventKind, Journal, JournalEntry
from wechat_scheduler.demo.setup import ACCOUNT, USER, post
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import CallError

SECOND = timedelta(seconds=1)
# After as many delays a reminder that did not come is given up.
LOST = 4


class PhoneText(msgspec.Struct):
    """A message on the phone of the sandbox. `by` is `account` if the account sent it."""

    by: str
    text: str = ""


class PhoneTexts(msgspec.Struct):
    """`count` is of all messages that arrived; `messages` are the newest, written ones too."""

    count: int
    messages: list[PhoneText]


class PhoneOwner:
    """Writes a sentence, reads the answer, is reminded `delay` later, and begins again after another
    `delay`; without a reminder it begins again, too. Each step goes into the journal."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        sandbox: str,
        journal: Journal,
        *,
        clock: Clock,
        delay: timedelta,
    ) -> None:
        self._session = session
        self._sandbox = sandbox
        self._journal = journal
        self._clock = clock
        self._seconds = max(1, delay // SECOND)
        self._begins_at: datetime | None = None
        self._seen = 0
        self._steps: list[JournalEntry] = []

    async def look(self) -> Sequence[JournalEntry]:
        """Does what is due; returns the steps of the last sentence. Raises CallError."""
        now = self._clock.now()
        if self._begins_at is None:  # the viewer sees the credentials first
            self._begins_at = now + self._pause / 5
        for text in await self._arrived():
            self._read(text)
        if now >= self._begins_at:
            # On a busy machine a sentence may be understood after its time, and is refused then.
            self._begins_at = now + LOST * self._pause
            await self._write()
        return self._steps

    @property
    def _pause(self) -> timedelta:
        return self._seconds * SECOND

    async def _arrived(self) -> Sequence[str]:
        """The texts that arrived since the last look."""
        url = f"{self._sandbox}/_sandbox/phones/{ACCOUNT}/{USER}"
        try:
            async with self._session.get(url, raise_for_status=True) as response:
                phone = msgspec.json.decode(await response.read(), type=PhoneTexts)
        except (aiohttp.ClientError, TimeoutError, msgspec.MsgspecError) as error:
            raise CallError(f"{url}: {error}") from error
        new, self._seen = phone.count - self._seen, phone.count
        texts = [message.text for message in phone.messages if message.by == "account"]
        return texts[-new:] if new > 0 else ()

    async def _write(self) -> None:
        sentence = f"{self._seconds}秒后提醒我喝茶"
        await post(
            self._session,
            f"{self._sandbox}/_sandbox/users/{ACCOUNT}/{USER}/write",
            {"text": sentence},
        )
        self._steps = []
        self._add(f"{sentence}: remind me in {self._seconds} s to drink tea")

    def _read(self, text: str) -> None:
        if not 0 < len(self._steps) < len(ON_PHONE):
            return
        first = text.removeprefix("/:ok").splitlines()[0]
        if len(self._steps) == 1:
            self._add(f"{first}: the reminder is stored")
        else:
            self._add(f"{first}: it is on the phone of {USER}")
            self._begins_at = self._clock.now() + self._pause

    def _add(self, text: str) -> None:
        kind: EventKind = ON_PHONE[len(self._steps)]
        self._steps.append(self._journal.add(kind, text))
