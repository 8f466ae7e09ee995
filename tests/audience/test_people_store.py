"""Subscribers, their names, subscriptions and scenes on both databases."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.audience.named_by_openid import by_openid
from tests.audience.people import CALLBACK, HOUR, SECOND, UID, People, a_scene, an_app
from tests.clock import START
from tests.stores.memory import memory_database
from wechat_scheduler.audience.filters import SubscriberFilter
from wechat_scheduler.audience.model import (
    Alias,
    Quiet,
    SubscriberChange,
    Subscription,
    Topic,
)
from wechat_scheduler.audience.names import AppPerson
from wechat_scheduler.audience.topic_store import TopicChange, TopicFilter
from wechat_scheduler.errors import ConflictError
from wechat_scheduler.storage.audience.cancelling import cancel_waiting, mark_unreachable
from wechat_scheduler.storage.audience.names import SqlNames
from wechat_scheduler.storage.database import Database, Statement, rows_of

DAY = timedelta(days=1)
APP = an_app("shop", callback=CALLBACK)
WAITS = """
    INSERT INTO deliveries (id, channel, target, app_id, state, due_at, since, claimed_by,
        created_at)
    VALUES ($1, $2, $3, $4, 'pending', 0, 0, $5, 0)
"""
STATES = "SELECT id, state, error FROM deliveries ORDER BY id"


async def test_an_app_goes_with_all_that_belongs_to_it(database: Database) -> None:
    people = People(database)
    store = people.apps
    await store.add_app(APP, [], once=None)
    await people.topics.add(Topic(id=5, app_id=APP.id, name="news", created_at=START), once=None)
    await people.aliases.bind(APP, {"7": ("o1", UID, 1)}, now=START)
    await people.scenes.add(a_scene(APP), once=None)
    await waiting(database, (1, "person", UID, APP.id, None), (2, "person", UID, 0, None))

    removed = [await store.remove_app(APP.id, now=START) for _ in range(2)]

    assert removed == [True, False]
    assert await people.topics.of_app(APP.id) == []
    assert await people.aliases.find(APP, ["7"]) == {}
    assert await people.subscriptions.of_person(UID) == []
    assert await people.scenes.get("scene1") is None
    assert await states(database) == ["1 cancelled the app was removed", "2 pending "]


async def test_a_topic_goes_with_its_subscriptions_and_codes(database: Database) -> None:
    people = People(database)
    topic = Topic(id=5, app_id=APP.id, name="news", description="daily", created_at=START)
    await people.topics.add(topic, once=None)
    await people.subscribers.follow("wx1", "o1", uid=UID, now=START)
    await people.subscriptions.subscribe(a_subscription(1, topic_id=5))
    await people.topics.add(replace(topic, id=6, app_id=1), once=None)
    found = (
        await people.topics.get(5),
        await people.topics.of_app(APP.id),
        await people.topics.of_app(APP.id, "news"),
        await people.topics.of_app(APP.id, "letters"),
        await people.subscriptions.of_person(UID),
    )

    removed = [await people.topics.remove(app_id, 5, now=START) for app_id in (1, APP.id, APP.id)]

    assert found == (topic, [topic], [topic], [], [a_subscription(1, topic_id=5)])
    assert removed == [False, True, False]
    assert await people.subscriptions.of_person(UID) == []


async def test_topics_are_paged_by_age_searched_by_name_and_counted(database: Database) -> None:
    people = People(database)
    topics, ages = people.topics, {5: 2, 6: 0, 7: 1, 8: 1}
    for number, age in ages.items():
        name, at = f"100%_{number} News", START + timedelta(seconds=age)
        await topics.add(Topic(id=number, app_id=APP.id, name=name, created_at=at), once=None)
    await topics.add(Topic(id=9, app_id=1, name="News", created_at=START), once=None)
    for number in range(3):
        uid = f"{UID}{number}"
        await people.subscribers.follow("wx1", f"o{number}", uid=uid, now=START)
        await people.subscriptions.subscribe(a_subscription(number + 1, topic_id=5, uid=uid))

    async def found(search: str, after: tuple[datetime, int] | None = None) -> list[int]:
        wanted = TopicFilter(search, after, limit=3)
        return [one.topic.id for one in await topics.page(APP.id, wanted, most=9)]

    assert await found("") == [6, 7, 8]
    assert await found("", (START + timedelta(seconds=1), 8)) == [5]
    assert await found("%_8 nEws") == [8]
    assert await found("7") == [7]
    assert await found("100%%") == await found("9" * 16) == await found("9" * 99) == []
    (counted,) = await topics.page(APP.id, TopicFilter("5"), most=2)
    assert (counted.subscribers, counted.more) == (2, True)
    (counted,) = await topics.page(APP.id, TopicFilter("5"), most=3)
    assert (counted.subscribers, counted.more) == (3, False)


async def test_a_topic_of_the_app_is_changed_in_what_is_given(database: Database) -> None:
    topics = People(database).topics
    topic = Topic(id=5, app_id=APP.id, name="news", description="daily", created_at=START)
    await topics.add(topic, once=None)

    changed = await topics.change(APP.id, 5, TopicChange(name="letters"))
    emptied = await topics.change(APP.id, 5, TopicChange(description=""))

    assert changed == replace(topic, name="letters")
    assert emptied == await topics.get(5) == replace(topic, name="letters", description="")
    assert await topics.change(1, 5, TopicChange(name="x")) is None


async def test_an_openid_finds_its_user_unless_it_is_the_name_of_another(
    database: Database,
) -> None:
    people = People(database)
    await people.aliases.bind(
        APP, {"amy": ("o1", "UID_amy", 1), "o2": ("o3", "UID_c", 2)}, now=START
    )
    await people.subscribers.follow("wx1", "o2", uid="UID_b", now=START)
    await people.subscribers.follow("wx1", "o4", uid="UID_d", now=START)
    await people.subscribers.follow("wx2", "o5", uid="UID_e", now=START)

    found = await people.aliases.find(APP, ["o1", "o2", "o4", "o5"])

    assert {name: one.subscriber.uid for name, one in found.items()} == {
        "o1": "UID_amy",
        "o2": "UID_c",
        "o4": "UID_d",
    }
    assert [name for name, one in found.items() if one.subscription is None] == ["o4"]


async def test_users_and_topics_are_called_by_name_many_at_once(database: Database) -> None:
    people, names = People(database), SqlNames(database)
    bound = {"amy": ("o1", "UID_a", 1), "o2": ("o2", "UID_b", 2), "o3": ("o3", "UID_c", 3)}
    await people.aliases.bind(APP, bound, now=START)
    await people.subscribers.follow("wx1", "o4", uid="UID_d", now=START)
    for uid in ("UID_a", "UID_b"):
        await people.subscribers.change(uid, SubscriberChange(nickname=f"nick of {uid}"))
    await people.topics.add(Topic(id=5, app_id=APP.id, name="news", created_at=START), once=None)
    wanted = [AppPerson(APP.id, uid) for uid in ("UID_a", "UID_b", "UID_c", "UID_d", "UID_e")]

    called = await names.of_people([*wanted, AppPerson(1, "UID_a"), AppPerson(1, "UID_c")])

    assert {one: name for one, name in called.items() if one.app_id == 1} == {
        AppPerson(1, "UID_a"): "nick of UID_a",
        AppPerson(1, "UID_c"): "o3",
    }
    assert [called.get(one, "") for one in wanted] == ["amy", "nick of UID_b", "o3", "o4", ""]
    assert await names.of_topics([5, 6]) == {5: "news"}


async def test_names_are_looked_up_by_the_thousand(database: Database) -> None:
    people = People(database)
    uids = await people.aliases.bind(
        APP, {f"n{i}": (f"o{i}", f"UID_{i:028}", i) for i in range(1, 420)}, now=START
    )
    elsewhere = replace(an_app(), appid="wx2")
    await people.aliases.bind(elsewhere, {"n0": ("o1", "UID_other", 1_000)}, now=START)

    by_name = await people.aliases.find(APP, [*uids, *uids, "n0", "UID_other", "unknown"])
    by_uid = await people.aliases.find(an_app(), list(uids.values()))

    assert {name: found.subscriber.uid for name, found in by_name.items()} == uids
    assert {found.subscription.id for found in by_name.values() if found.subscription} == set(
        range(1, 420)
    )
    assert by_uid.keys() == set(uids.values())
    assert not any(found.subscription for found in by_uid.values())


async def test_users_of_accounts_are_listed_by_account_and_openid_with_their_apps(
    database: Database,
) -> None:
    people, elsewhere = People(database), replace(an_app(), appid="wx2")
    names = {f"n{i}": (f"o{i}", f"UID_{i}", i) for i in (3, 1, 2)}
    await people.aliases.bind(APP, names, now=START)
    await people.aliases.bind(elsewhere, {"n1": ("o1", "UID_other", 9)}, now=START)
    wanted = (
        SubscriberFilter(limit=9),
        SubscriberFilter(limit=2, after=("wx1", "o1")),
        SubscriberFilter(limit=9, openid="o1"),
        SubscriberFilter(limit=9, appid="wx2"),
        SubscriberFilter(limit=9, within=("wx2", "wx3")),
        SubscriberFilter(limit=9, openid="\0"),
    )

    found = [[one.uid for one in await people.subscribers.select(each)] for each in wanted]
    apps = await people.subscriptions.apps_of(["UID_1", "UID_other", "UID_none"])

    assert found == [
        ["UID_1", "UID_2", "UID_3", "UID_other"],
        ["UID_2", "UID_3"],
        ["UID_1", "UID_other"],
        ["UID_other"],
        ["UID_other"],
        [],
    ]
    assert apps == {"UID_1": [APP.id], "UID_other": [elsewhere.id]}


async def test_users_are_found_by_nickname_own_name_uid_and_openid(database: Database) -> None:
    people, elsewhere = People(database), replace(an_app(), id=2, appid="wx2")
    names = {"VIP-1": ("o1", "UID_1", 1), "n2": ("o2", "UID_2", 2), "50%": ("o3", "UID_3", 3)}
    await people.aliases.bind(APP, names, now=START)
    await people.aliases.bind(elsewhere, {"vip-9": ("o9", "UID_9", 9)}, now=START)
    await people.subscribers.change("UID_2", SubscriberChange(nickname="小红🌸"))
    await people.subscribers.change("UID_9", SubscriberChange(nickname="小红"))

    async def called(text: str, **more: Any) -> list[str]:
        wanted = SubscriberFilter(called=text, limit=9, **more)
        return [one.uid for one in await people.subscribers.select(wanted)]

    async def subscribed(text: str) -> list[str]:
        found = await people.subscriptions.of_app(APP.id, called=text, limit=9)
        return [one.uid for _, one in found]

    assert [await called(text) for text in ("小红", "vip", "UID_1", "o2", "0%", "_", "\0")] == [
        ["UID_2", "UID_9"], ["UID_1", "UID_9"], ["UID_1"], ["UID_2"], ["UID_3"], [], [],
    ]  # fmt: skip
    assert await called("小红", appid="wx1", apps=(APP.id,)) == ["UID_2"]
    assert await called("vip", apps=(2,)) == ["UID_9"]
    assert [await subscribed(text) for text in ("小红", "vip", "o2")] == [
        ["UID_2"], ["UID_1"], ["UID_2"],
    ]  # fmt: skip
    assert await people.aliases.names_of_all(["UID_1", "UID_9"]) == {
        "UID_1": ["VIP-1"],
        "UID_9": ["vip-9"],
    }


async def test_a_name_with_a_nul_is_nobodys(database: Database) -> None:
    people = People(database)

    found = await people.aliases.find(APP, ["a\0b", "\0"])
    user = await by_openid(people.subscribers, APP.appid, "o\0")

    assert (found, user) == ({}, None)


async def test_a_name_bound_anew_leaves_its_openkey_behind(database: Database) -> None:
    people = People(database)
    await people.aliases.bind(APP, {"7": ("o1", UID, 1)}, now=START)
    alias = Alias(
        app_id=APP.id,
        name="7",
        uid=UID,
        openkey_hash="h",
        openkey_until=START + HOUR,
        consented=True,
    )
    await people.aliases.change(APP.id, UID, lambda _: alias)

    again = await people.aliases.bind(APP, {"7": ("o1", "UID_unused", 2)}, now=START)
    same = await people.aliases.get(APP.id, "7")
    await people.aliases.bind(APP, {"7": ("o2", "UID_2", 3)}, now=START)

    assert again == {"7": UID}
    assert same == alias
    assert await people.aliases.of_person(APP.id, UID) == []
    assert await people.aliases.names_of(APP.id, [UID, "UID_2"]) == {"UID_2": ["7"]}
    assert await people.aliases.get(APP.id, "7") == Alias(app_id=APP.id, name="7", uid="UID_2")
    assert [await people.aliases.remove(APP.id, "7") for _ in range(2)] == [True, False]


async def test_a_name_that_must_not_move_stays_its_users_and_nothing_is_stored(
    database: Database,
) -> None:
    people = People(database)
    await people.aliases.bind(APP, {"7": ("o1", UID, 1)}, now=START)
    both = {"8": ("o0", "UID_0", 2), "7": ("o2", "UID_2", 3)}

    with pytest.raises(ConflictError, match=f"the name '7' is that of another user, {UID}"):
        await people.aliases.bind(APP, both, now=START, moves=False)
    same = await people.aliases.bind(APP, {"7": ("o1", "UID_x", 4)}, now=START, moves=False)
    new = await people.aliases.bind(APP, {"8": ("o0", "UID_0", 5)}, now=START, moves=False)

    assert (same, new) == ({"7": UID}, {"8": "UID_0"})
    assert await people.aliases.names_of(APP.id, [UID]) == {UID: ["7"]}
    assert await people.subscribers.by_uid("UID_2") is None


async def test_what_waits_for_a_user_who_left_is_cancelled_with_the_reason(
    database: Database,
) -> None:
    people = People(database)
    await people.subscribers.follow("wx1", "o1", uid=UID, now=START)
    claimed, webhook = (2, "person", UID, 1, "here/1"), (3, "webhook", UID, 1, None)
    await waiting(database, (1, "person", UID, 1, None), claimed, webhook)

    late = await people.subscribers.unfollow("wx1", "o1", now=START - SECOND)
    gone = await people.subscribers.unfollow("wx1", "o1", now=START)
    left = await states(database)
    await waiting(database, (4, "person", UID, 1, None))
    await database.write(lambda: rows_of(mark_unreachable(UID, "43101")))
    await cancel_waiting(database, {UID: "43101"}, START)
    troubled = await people.subscribers.by_uid(UID)
    back = await people.subscribers.follow("wx1", "o1", uid="UID_unused", now=START + HOUR)

    assert late is None
    assert await people.subscribers.unfollow("wx1", "unknown", now=START) is None
    assert gone is not None
    assert gone.follows is False
    assert left == ["1 cancelled the user unfollowed the account", "2 pending ", "3 pending "]
    assert (await states(database))[-1] == "4 cancelled 43101"
    assert troubled is not None
    assert troubled.trouble == "43101"
    assert (back.uid, back.follows, back.trouble) == (UID, True, "")


async def test_a_subscriber_changes_only_what_is_given(database: Database) -> None:
    people = People(database)
    await people.subscribers.follow("wx1", "o1", uid=UID, now=START)
    quiet = Quiet(begins=time(22), ends=time(7, 30))

    await people.subscribers.change(UID, SubscriberChange(zone="Asia/Tokyo", quiet=quiet))
    named = await people.subscribers.change(
        UID, SubscriberChange(nickname="小明", avatar="http://x")
    )
    loud = await people.subscribers.change(UID, SubscriberChange(no_quiet=True))

    assert named is not None
    assert (named.zone, named.quiet, named.nickname) == ("Asia/Tokyo", quiet, "小明")
    assert loud == replace(named, quiet=None)
    assert loud == await by_openid(people.subscribers, "wx1", "o1")
    assert await people.subscribers.change("UID_unknown", SubscriberChange(zone="")) is None


async def test_subscriptions_are_listed_counted_and_changed(database: Database) -> None:
    people = People(database)
    for number in (1, 2, 3):
        await people.subscribers.follow("wx1", f"o{number}", uid=f"u{number}", now=START)
        await people.subscriptions.subscribe(a_subscription(number, uid=f"u{number}"))
    await people.subscriptions.subscribe(a_subscription(4, uid="u1", topic_id=5))

    again = await people.subscriptions.subscribe(a_subscription(9, uid="u1", muted=True))
    await people.subscriptions.set_blocked(2, blocked=True)
    await people.subscriptions.set_muted(3, muted=True)

    async def ids(**wanted: Any) -> list[int]:
        found = await people.subscriptions.of_app(APP.id, limit=2, **wanted)
        return [subscription.id for subscription, _ in found]

    assert again == (a_subscription(1, uid="u1"), False)
    assert await ids(topic_id=0) == [1, 2]
    assert await ids(topic_id=0, after=2) == await ids(topic_id=0, offset=2) == [3]
    assert await ids(topic_id=None) == [4]
    assert await ids(topic_id=0, blocked=True) == await ids(topic_id=0, uid="u2") == [2]
    assert await people.subscriptions.count(APP.id, topic_id=0) == 3
    assert await people.subscriptions.count(APP.id, topic_id=0, blocked=False) == 2
    assert await people.subscriptions.receivers(APP.id, 0, after="", limit=9) == ["u1"]
    assert await people.subscriptions.receivers(APP.id, 5, after="u1", limit=9) == []
    counted = partial(people.subscriptions.count_receivers, APP.id, 0)
    assert await counted(START + 2 * DAY, most=1) == (1, 0, False)
    assert await counted(START + HOUR, most=1) == (1, 1, False)
    assert await counted(START + HOUR, most=0) == (0, 0, True)
    assert await people.subscriptions.get(3) == a_subscription(3, uid="u3", muted=True)
    assert [await people.subscriptions.remove(3) for _ in range(2)] == [True, False]


async def test_scenes_last_as_long_as_they_say(database: Database) -> None:
    people = People(database)
    lasting = a_scene(APP, id="lasting")
    extra = a_scene(APP, id="extra", extra="7", created_at=START - DAY)
    ends = a_scene(APP, id="ends", expires_at=START + HOUR)
    for scene in (extra, lasting, ends):
        await people.scenes.add(scene, once=None)

    await people.scenes.keep_ticket("lasting", "ticket", url="http://q/1", until=START + DAY)
    await people.scenes.scanned("lasting", UID)
    kept = await people.scenes.lasting(APP.id, "app", "")
    found = await people.scenes.get("ends")

    assert kept == replace(
        lasting, ticket="ticket", url="http://q/1", ticket_until=START + DAY, last_uid=UID
    )
    assert found == ends


async def test_an_event_is_done_once(database: Database) -> None:
    people = People(database)
    before = await people.handled.is_new("e1")
    await people.handled.add("e1", now=START)
    await people.handled.add("e1", now=START)

    assert (before, await people.handled.is_new("e1")) == (True, False)


def a_subscription(subscription_id: int, **fields: Any) -> Subscription:
    given: dict[str, Any] = {"topic_id": 0, "uid": UID, "created_at": START} | fields
    return Subscription(id=subscription_id, app_id=APP.id, **given)


async def waiting(database: Database, *rows: tuple[object, ...]) -> None:
    for row in rows:
        await database.write(partial(rows_of, Statement(WAITS, row)))


async def states(database: Database) -> list[str]:
    return [f"{row['id']} {row['state']} {row['error']}" for row in await database.read(STATES)]


async def test_a_person_is_listed_without_an_app_that_cannot_be_read() -> None:
    """SQLite stores a text in a column of numbers."""
    database = memory_database()
    people = People(database)
    await people.aliases.bind(APP, {"n1": ("o1", "UID_1", 1)}, now=START)
    spoil = Statement("UPDATE subscriptions SET app_id = 'x'")
    await database.write(lambda: rows_of(spoil))

    with capture_logs() as logs:
        apps = await people.subscriptions.apps_of(["UID_1"])

    assert apps == {}
    assert [(log["table"], log["row"]) for log in logs] == [("subscriptions", "1")]
