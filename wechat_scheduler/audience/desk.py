"""The desk for an app's audience: subscribers, subscriptions, aliases."""

from collections.abc import Collection, Mapping, Sequence
from typing import Unpack

from wechat_scheduler.audience.filters import ReceiverCount, SubscriberFilter, SubscriptionFilter
from wechat_scheduler.audience.ids import (
    UID_PREFIX,
    name_taken,
    new_id,
    new_uid,
    taken_for,
)
from wechat_scheduler.audience.model import (
    Alias,
    App,
    Found,
    Subscriber,
    SubscriberChange,
    Subscription,
)
from wechat_scheduler.audience.names import AppPerson, Names
from wechat_scheduler.audience.ports import (
    Aliases,
    Subscribers,
    Subscriptions,
    UseCounts,
)
from wechat_scheduler.audience.topic_desk import TopicDesk
from wechat_scheduler.audience.topic_store import Topics
from wechat_scheduler.audience.use_counts import UseCount
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import InvalidRequestError, NotFoundError
from wechat_scheduler.reasons import Reason

# Names bound in one transaction: other writers wait for it.
BATCH = 200
LONGEST_NAME = 128
MOST_COUNTED = 10_000  # each is looked up
# The most topics of an app that one subscriber can leave at once.
TOPICS_AT_ONCE = 1000


class AudienceDesk:
    """Manages subscribers and subscriptions; `topics` manages topics. All methods may raise StorageError."""

    def __init__(
        self,
        topics: Topics,
        subscribers: Subscribers,
        subscriptions: Subscriptions,
        aliases: Aliases,
        uses: UseCounts,
        names: Names,
        *,
        clock: Clock,
    ) -> None:
        self.topics = TopicDesk(topics, clock=clock)
        self._subscribers = subscribers
        self._subscriptions = subscriptions
        self._aliases = aliases
        self._uses = uses
        self._names = names
        self._clock = clock

    async def bind(
        self, app: App, openids: Mapping[str, str], *, moves: bool = True
    ) -> Mapping[str, str]:
        """Take over users that the business knows. `openids` gives for each name the openid in the app's
        account. The users subscribe to the app. Returns the uid of each name.

        Works in parts; a repeat changes nothing. Raises InvalidRequestError before the first part, and so
        ConflictError for the name of another user unless it `moves`.
        """
        for name, openid in openids.items():
            _check(name, openid)
        if not moves:
            await self._check_free(app, openids)
        entries = [(name, (openid, new_uid(), new_id())) for name, openid in openids.items()]
        uids: dict[str, str] = {}
        for start in range(0, len(entries), BATCH):
            part = dict(entries[start : start + BATCH])
            uids |= await self._aliases.bind(app, part, now=self._clock.now(), moves=moves)
        return uids

    async def _check_free(self, app: App, openids: Mapping[str, str]) -> None:
        """Raises ConflictError."""
        for name, found in (await self.find(app, list(openids))).items():
            if found.subscriber.openid != openids[name]:
                raise name_taken(name, found.subscriber.uid)

    async def find(self, app: App, names: Sequence[str]) -> Mapping[str, Found]:
        """The subscriber behind each uid, alias or openid. Unknown names are left out."""
        return await self._aliases.find(app, names) if names else {}

    async def found(self, app: App, name: str) -> Found:
        """The subscriber behind a uid, an alias or an openid. Raises NotFoundError."""
        found = (await self.find(app, [name])).get(name)
        if found is None:
            raise NotFoundError(
                f"the app has no subscriber {name!r}", reason=Reason.SUBSCRIBER_UNKNOWN
            )
        return found

    async def uses(self, app: App, name: str) -> Sequence[UseCount]:
        """The subscribe notices that the user with that uid or alias still allows, by template id.
        Raises NotFoundError."""
        subscriber = (await self.found(app, name)).subscriber
        return await self._uses.of_person(subscriber.appid, subscriber.openid)

    async def by_uid(self, uid: str) -> Subscriber | None:
        return await self._subscribers.by_uid(uid)

    async def people(
        self, wanted: SubscriberFilter
    ) -> Sequence[tuple[Subscriber, Sequence[int], Sequence[str]]]:
        """The users of accounts, each with the ids of the apps to which they subscribed, and their names there."""
        found = await self._subscribers.select(wanted)
        uids = [one.uid for one in found]
        apps = await self._subscriptions.apps_of(uids)
        names = await self._aliases.names_of_all(uids)
        return [(one, apps.get(one.uid, ()), names.get(one.uid, ())) for one in found]

    async def unsubscribed(self, app_id: int, uids: Sequence[str]) -> Sequence[str]:
        """Those of the users who did not subscribe to the app."""
        apps = await self._subscriptions.apps_of(uids) if uids else {}
        return [uid for uid in uids if app_id not in apps.get(uid, ())]

    async def aliases_of(self, app: App, uid: str) -> Sequence[Alias]:
        """Ordered by name."""
        return await self._aliases.of_person(app.id, uid)

    async def names_of(self, app: App, uids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """The app's own names of each user who has some, in order."""
        return await self._aliases.names_of(app.id, uids)

    async def called(self, people: Collection[AppPerson]) -> Mapping[AppPerson, str]:
        """A name of each that has one."""
        return await self._names.of_people(people)

    async def topics_called(self, topic_ids: Collection[int]) -> Mapping[int, str]:
        return await self._names.of_topics(topic_ids)

    async def change(self, uid: str, change: SubscriberChange) -> Subscriber | None:
        """Returns None if there is no such subscriber."""
        return await self._subscribers.change(uid, change)

    async def dismiss(self, app: App, name: str) -> Subscriber:
        """Remove the subscriber's subscriptions to the app and its topics, and `name` if it is an
        alias. Raises NotFoundError."""
        found = await self.found(app, name)
        uid, own = found.subscriber.uid, found.subscription
        topics = await self.subscribers(app, topic_id=None, uid=uid, limit=TOPICS_AT_ONCE)
        for subscription in (*([own] if own else []), *(one for one, _ in topics)):
            await self._subscriptions.remove(subscription.id)
        if not name.startswith(UID_PREFIX):
            await self._aliases.remove(app.id, name)
        return found.subscriber

    async def subscriptions_of(self, uid: str) -> Sequence[Subscription]:
        return await self._subscriptions.of_person(uid)

    async def subscribers(
        self, app: App, **wanted: Unpack[SubscriptionFilter]
    ) -> Sequence[tuple[Subscription, Subscriber]]:
        """The subscriptions, ordered by id, each with its subscriber."""
        return await self._subscriptions.of_app(app.id, **wanted)

    async def count(
        self, app: App, *, topic_id: int | None = 0, uid: str = "", blocked: bool | None = None
    ) -> int:
        return await self._subscriptions.count(app.id, topic_id=topic_id, uid=uid, blocked=blocked)

    async def receivers(self, app: App, topic_id: int) -> ReceiverCount:
        """Those whom a message to one of its topics reaches now, or to the app itself, topic 0."""
        now = self._clock.now()
        return await self._subscriptions.count_receivers(app.id, topic_id, now, most=MOST_COUNTED)

    async def block(self, app: App, subscription_id: int, *, blocked: bool) -> None:
        """Raises NotFoundError, also for one of another app."""
        await self._own(app, subscription_id)
        await self._subscriptions.set_blocked(subscription_id, blocked=blocked)

    async def mute(self, uid: str, subscription_id: int, *, muted: bool) -> None:
        """Mute or unmute it for the user. Raises NotFoundError, also for one of another user."""
        subscription = await self._subscriptions.get(subscription_id)
        if subscription is None or subscription.uid != uid:
            raise _no_subscription(subscription_id)
        await self._subscriptions.set_muted(subscription_id, muted=muted)

    async def remove(self, app: App, subscription_id: int) -> None:
        """Remove it, and a block too. Raises NotFoundError, also for one of another app."""
        await self._own(app, subscription_id)
        await self._subscriptions.remove(subscription_id)

    async def _own(self, app: App, subscription_id: int) -> None:
        subscription = await self._subscriptions.get(subscription_id)
        if subscription is None or subscription.app_id != app.id:
            raise _no_subscription(subscription_id)


def _check(name: str, openid: str) -> None:
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidRequestError(f"a name has 1 to {LONGEST_NAME} characters")
    if other := taken_for(name):
        raise InvalidRequestError(f"{name!r} looks like {other}: use another name")
    if not openid:
        raise InvalidRequestError(f"{name!r} comes without an openid")


def _no_subscription(subscription_id: int) -> NotFoundError:
    return NotFoundError(
        f"there is no subscription {subscription_id}", reason=Reason.SUBSCRIPTION_UNKNOWN
    )
