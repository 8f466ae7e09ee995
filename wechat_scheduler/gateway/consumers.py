"""The desk of the consumers: finds them for requests, makes them, changes them, and ends them."""

from collections.abc import Callable, Sequence

from wechat_scheduler.access.model import digest
from wechat_scheduler.access.once import Once
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.engine.latest_rereads import LatestRereads
from wechat_scheduler.engine.read_through import ReadThrough
from wechat_scheduler.engine.records import dataclass, field, replace
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.gateway.model import Consumer, ConsumerStore, new_secret
from wechat_scheduler.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeConsumer:
    """A consumer with its new secret, which is shown only once."""

    consumer: Consumer
    secret: str = field(repr=False)


class ConsumerDesk:
    """Manages consumers, and keeps them in memory. Call `load` before the first use."""

    def __init__(self, store: ConsumerStore, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._named: dict[str, Consumer] = {}
        self._by_hash: dict[str, Consumer] = {}
        self._rereads = LatestRereads(store.all_consumers, self._hold)
        self._misses = ReadThrough(self.load, clock)
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` when a consumer has changed or ended, so that it drops earlier decisions."""
        self._listeners.append(listener)

    async def load(self) -> None:
        """Read the consumers from the store, where another process may have changed them."""
        await self._rereads.run()

    def named(self, name: str) -> Consumer | None:
        """The active consumer of that name."""
        return self._named.get(name)

    def is_unchanged(self, consumer: Consumer) -> bool:
        """Whether nothing has been read of consumers since this one was found: it may have changed otherwise."""
        return self._named.get(consumer.name) is consumer

    def with_secret(self, secret: str) -> Consumer | None:
        """The active consumer of that secret."""
        return self._by_hash.get(digest(secret))

    async def find(self, secret: str) -> Consumer | None:
        """Like `with_secret`; also one that another process has just made. May raise StorageError."""
        place = digest(secret)
        if place not in self._by_hash:
            await self._misses.ask(place, lambda: self._store.has_consumer(place))
        return self.with_secret(secret)

    async def of_generation(self, name: str, generation: int) -> Consumer | None:
        """The active consumer, if that is its generation. May raise StorageError."""

        async def has() -> bool:
            return True

        found = self._named.get(name)
        if found is None or found.generation < generation:
            await self._misses.ask((name, generation), has)
            found = self._named.get(name)
        return found if found is not None and found.generation == generation else None

    async def all_consumers(self) -> Sequence[Consumer]:
        """All consumers from the store, each with its last use."""
        return await self._store.all_consumers()

    async def consumer(self, name: str) -> Consumer:
        """The consumer of that name, active or not. Raises NotFoundError, another RequestError if it cannot be
        read."""
        found = await self._store.consumer(name)
        if found is None:
            raise _unknown(name)
        return found

    async def make(
        self, draft: Consumer, *, once: Callable[[MadeConsumer], Once | None] = lambda _: None
    ) -> MadeConsumer:
        """Store a consumer with a new secret. Raises ConflictError if one of its name is active, and as `once.Once`
        says."""
        secret = new_secret()
        made = MadeConsumer(consumer=replace(draft, hash=digest(secret)), secret=secret)
        await self._store.add(made.consumer, once=once(made))
        self._forget(draft.name)
        await self.load()
        return made

    async def change(self, name: str, edit: Callable[[Consumer], Consumer]) -> Consumer:
        """Store what `edit` makes of the stored consumer; its secret stays. Raises NotFoundError, and what
        `edit` raises."""
        changed = await self._store.change(name, edit)
        if changed is None:
            raise await self._absent(name)
        self._forget(name)
        await self.load()
        return changed

    async def rotate(
        self, name: str, *, once: Callable[[MadeConsumer], Once | None] = lambda _: None
    ) -> MadeConsumer:
        """Give a consumer another secret; the former one and its stand-ins end at once. Raises
        NotFoundError, and as `once.Once` says."""
        secret, known = new_secret(), await self.consumer(name)
        kept = once(MadeConsumer(consumer=known, secret=secret))
        now = self._clock.now()
        if not await self._store.rotate(name, digest=digest(secret), now=now, once=kept):
            raise await self._absent(name)
        self._forget(name)
        await self.load()
        return MadeConsumer(consumer=await self.consumer(name), secret=secret)

    async def revoke(self, name: str) -> bool:
        """End a consumer at once. Returns whether it was active until now. Raises NotFoundError."""
        was_active = await self._store.revoke(name, now=self._clock.now())
        if not was_active:
            await self.consumer(name)
        self._forget(name)  # at once: the next `load` may fail
        await self.load()
        return was_active

    async def _absent(self, name: str) -> NotFoundError:
        """Why none of that name is active."""
        await self.consumer(name)
        return NotFoundError(
            f"{name} was revoked: make a new one with this name", reason=Reason.CONSUMER_UNKNOWN
        )

    def _forget(self, name: str) -> None:
        self._rereads.changed()
        self._hold([one for one in self._named.values() if one.name != name])

    def _hold(self, found: Sequence[Consumer]) -> None:
        before = self._named
        self._named = {
            one.name: replace(one, last_used_at=None) for one in found if one.revoked_at is None
        }
        self._by_hash = {one.hash: one for one in self._named.values()}
        if before != self._named:
            for listener in self._listeners:
                listener()


def _unknown(name: str) -> NotFoundError:
    return NotFoundError(
        f"there is no consumer {name}; the list of consumers has their names",
        reason=Reason.CONSUMER_UNKNOWN,
    )
