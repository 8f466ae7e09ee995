"""The reception handles what users do."""

from datetime import datetime

import pytest
from structlog.testing import capture_logs

from tests.audience.named_by_openid import by_openid
from tests.audience.people import CALLBACK, HOUR, SECOND, Office, a_scene, an_app, heard
from tests.clock import START
from wechat_scheduler.audience.model import Purpose, Topic
from wechat_scheduler.audience.text_windows import ENCOUNTER, WINDOW, texts_end
from wechat_scheduler.audience.use_counts import UseChange, UseReport
from wechat_scheduler.audience.user_acts import UserActKind
from wechat_scheduler.errors import StorageError

FOLLOW, UNFOLLOW, SCAN = UserActKind.FOLLOW, UserActKind.UNFOLLOW, UserActKind.SCAN
TEXT, VOICE, CLICK = UserActKind.TEXT, UserActKind.VOICE, UserActKind.CLICK

SHOP = an_app(callback=CALLBACK, welcome="hello")


@pytest.fixture
async def office() -> Office:
    return await Office().open(SHOP)


async def test_who_scans_an_apps_code_subscribes_and_its_callback_hears(office: Office) -> None:
    await office.scenes.add(a_scene(SHOP, extra="order 7"), once=None)

    await office.receive(FOLLOW, scene="scene1")

    uid = await office.uid()
    scene = await office.scenes.get("scene1")
    assert await office.takers(SHOP) == [uid]
    assert scene is not None
    assert scene.last_uid == uid
    assert office.lists.said == ["hello"]
    assert office.lists.callbacks == [
        {
            "action": "app_subscribe",
            "data": {
                "appId": SHOP.id,
                "appKey": f"AK_{SHOP.id}",
                "appName": "shop",
                "source": "scan",
                "time": int(START.timestamp() * 1000),
                "uid": uid,
                "extra": "order 7",
                "userName": "",
                "userHeadImg": "",
            },
        }
    ]


async def test_an_event_that_was_cut_short_is_finished_when_it_comes_again(office: Office) -> None:
    await office.scenes.add(a_scene(SHOP), once=None)
    office.lists.cut_short = True
    with pytest.raises(StorageError):
        await office.receive(SCAN, scene="scene1")

    for _ in range(3):
        await office.receive(SCAN, scene="scene1")

    assert len(office.lists.callbacks) == 1
    assert office.lists.said == ["hello"]


async def test_a_blocked_user_stays_blocked_and_the_app_gets_no_event(office: Office) -> None:
    await office.scenes.add(a_scene(SHOP), once=None)
    await office.receive(SCAN, "1", scene="scene1")
    (subscription,) = await office.subscriptions.of_person(await office.uid())
    await office.subscriptions.set_blocked(subscription.id, blocked=True)

    await office.receive(SCAN, "2", scene="scene1")
    await office.receive(TEXT, "3", text="hello")

    assert await office.takers(SHOP) == []
    assert len(office.lists.callbacks) == 1


async def test_a_scan_does_what_its_scene_is_for(office: Office) -> None:
    topic = Topic(id=5, app_id=SHOP.id, name="news", created_at=START)
    await office.topics.add(topic, once=None)
    scenes = {
        "ended": a_scene(SHOP, id="ended", expires_at=START),
        "topic": a_scene(SHOP, id="topic", purpose=Purpose.TOPIC, target="5"),
        "reminder": a_scene(SHOP, id="reminder", purpose=Purpose.REMINDER, target="9"),
    }
    for scene in scenes.values():
        await office.scenes.add(scene, once=None)

    for name in (*scenes, "unknown"):
        await office.receive(SCAN, name, scene=name)

    assert await office.takers(SHOP) == []
    assert await office.takers(SHOP, 5) == [await office.uid()]
    assert [one.code for one in office.lists.offered] == [scenes["reminder"]]
    assert office.lists.callbacks == []
    assert office.lists.said == ["你已订阅“shop”的主题“news”"]


async def test_a_topic_answers_neither_who_is_blocked_in_it_nor_after_its_end(
    office: Office,
) -> None:
    for topic_id in (5, 6):
        topic = Topic(id=topic_id, app_id=SHOP.id, name="news", created_at=START)
        scene = a_scene(SHOP, id=f"t{topic_id}", purpose=Purpose.TOPIC, target=str(topic_id))
        await office.topics.add(topic, once=None)
        await office.scenes.add(scene, once=None)
    await office.receive(SCAN, "1", scene="t5")
    (subscription,) = await office.subscriptions.of_person(await office.uid())
    await office.subscriptions.set_blocked(subscription.id, blocked=True)
    await office.topics.remove(SHOP.id, 6, now=START)

    await office.receive(SCAN, "2", scene="t5")
    await office.receive(SCAN, "3", scene="t6")

    assert len(office.lists.said) == 1
    assert [one.topic_id for one in await office.subscriptions.of_person(await office.uid())] == [5]


async def test_who_leaves_is_not_reached_and_an_older_event_does_not_undo_a_newer(
    office: Office,
) -> None:
    await office.receive(FOLLOW, "1", at=START)
    await office.receive(UNFOLLOW, "2", at=START + SECOND)
    gone = await by_openid(office.subscribers, "wx1", "o1")
    await office.receive(FOLLOW, "3", at=START + HOUR)
    await office.receive(UNFOLLOW, "4", at=START + SECOND)
    back = await by_openid(office.subscribers, "wx1", "o1")

    assert gone is not None
    assert back is not None
    assert (gone.follows, gone.heard_at) == (False, None)
    assert (back.follows, back.heard_at, back.uid) == (True, START + HOUR, gone.uid)


async def test_a_message_lets_us_write_for_48_hours_and_other_acts_for_a_minute(
    office: Office,
) -> None:
    async def end() -> datetime | None:
        user = await by_openid(office.subscribers, "wx1", "o1")
        assert user is not None
        return texts_end(user)

    await office.receive(FOLLOW, "1", at=START)
    followed = await end()
    await office.receive(UserActKind.CLICK, "2", at=START + HOUR)
    clicked = await end()
    await office.receive(UserActKind.MEDIA, "3", at=START + 2 * HOUR)
    wrote = await end()
    await office.receive(SCAN, "4", at=START + 3 * HOUR)
    scanned = await end()
    await office.receive(UNFOLLOW, "5", at=START + 4 * HOUR)
    left = await end()
    await office.receive(FOLLOW, "6", at=START + 5 * HOUR)

    assert (followed, clicked) == (START + ENCOUNTER, START + HOUR + ENCOUNTER)
    assert wrote == scanned == START + 2 * HOUR + WINDOW
    assert left is None
    assert await end() == START + 5 * HOUR + ENCOUNTER


async def test_a_picture_lets_us_write_to_its_sender(office: Office) -> None:
    await office.receive(FOLLOW, "1", at=START)
    await office.receive(UserActKind.MEDIA, "2", at=START + HOUR)

    sender = await by_openid(office.subscribers, "wx1", "o1")
    assert sender is not None
    assert sender.heard_at == START + HOUR


@pytest.mark.parametrize(
    ("kind", "text"), [(TEXT, "获取UID"), (CLICK, "获取UID"), (VOICE, " 我的 uid ")]
)
async def test_users_can_ask_for_their_uid(office: Office, kind: UserActKind, text: str) -> None:
    await office.receive(kind, text=text)

    assert office.lists.said == [await office.uid()]
    assert office.lists.offered == []


async def test_a_command_subscribes_and_then_writes_to_the_app(office: Office) -> None:
    await office.receive(TEXT, "1", text=f"#{SHOP.id} too early")
    await office.receive(TEXT, "2", text=f"#{SHOP.id}")
    await office.receive(TEXT, "3", text=f"＃{SHOP.id} two\nlines")
    await office.receive(TEXT, "4", text="#1 no such app")

    told = [(one["action"], one["data"]) for one in office.lists.callbacks]
    assert [(name, data.get("source"), data.get("content")) for name, data in told] == [
        ("app_subscribe", "command", None),
        ("send_up_cmd", None, "two\nlines"),
        ("send_up_cmd", None, "#1 no such app"),
    ]
    assert told[1][1]["appKey"] is None
    assert [text.partition("「")[0] for text in office.lists.said] == ["你还没有订阅", "hello"]


@pytest.mark.parametrize(
    ("takes", "kind", "told"),
    [
        (False, TEXT, [("明天开会", None)]),
        (False, CLICK, []),
        (True, TEXT, [("明天开会", {"did": "created", "reminders": ["ab"]})]),
    ],
)
async def test_the_only_app_that_listens_hears_what_is_written_and_what_was_done_with_it(
    office: Office, takes: bool, kind: UserActKind, told: list[object]
) -> None:
    await office.receive(TEXT, "1", text=f"#{SHOP.id}")
    office.lists.callbacks.clear()
    office.lists.takes = takes

    await office.receive(kind, "2", text="明天开会")

    heard = [one["data"] for one in office.lists.callbacks]
    assert [(each["content"], each["bot"]) for each in heard] == told
    assert [one.text for one in office.lists.offered] == ["明天开会"]


async def test_what_no_app_takes_either_is_offered_once_more(office: Office) -> None:
    await office.receive(TEXT, "1", text="hello")
    await office.receive(CLICK, "2", text="hello")

    assert [one.unclaimed for one in office.lists.offered] == [False, True, False]


async def test_with_two_apps_that_listen_the_text_goes_to_neither(office: Office) -> None:
    other = an_app("other", callback=CALLBACK)
    await office.open(other)
    for app in (SHOP, other):
        await office.receive(TEXT, str(app.id), text=f"#{app.id}")
    office.lists.callbacks.clear()

    await office.receive(TEXT, "last", text="hello")

    assert office.lists.callbacks == []


async def test_receipts_are_passed_on_once(office: Office) -> None:
    with capture_logs() as logs:
        for event_id, status in (("1", "success"), ("1", "success"), ("2", "failed:user block")):
            await office.receive(UserActKind.RECEIPT, event_id, msgid=event_id, status=status)

    assert [(log["log_level"], log["event"], log["reason"]) for log in logs] == [
        ("error", "delivery.dead", "failed:user block")
    ]
    assert office.lists.receipts == [
        ("wx1", "o1", "1", ""),
        ("wx1", "o1", "2", "failed:user block"),
    ]


async def test_what_a_user_allows_is_counted_once_and_is_no_sign_of_a_follower(
    office: Office,
) -> None:
    granted = UseReport(template_id="T", change=UseChange.GRANTED)

    for event_id in ("1", "1", "2"):
        await office.receive(UserActKind.USES, event_id, uses=(granted,))

    (count,) = await office.uses.of_person("wx1", "o1")
    assert count.remaining == 2
    assert await by_openid(office.subscribers, "wx1", "o1") is None


async def test_a_notice_that_was_sent_costs_a_use_and_is_a_receipt(office: Office) -> None:
    granted = UseReport(template_id="T", change=UseChange.GRANTED)
    sent = UseReport(template_id="T", change=UseChange.SENT, msgid="9")
    failed = UseReport(template_id="T", change=UseChange.FAILED, msgid="8", failure="1 blocked")
    await office.receive(UserActKind.USES, "1", uses=(granted, granted))

    await office.receive(UserActKind.USES, "2", uses=(sent, failed))

    (count,) = await office.uses.of_person("wx1", "o1")
    assert count.remaining == 1
    assert office.lists.receipts == [("wx1", "o1", "9", ""), ("wx1", "o1", "8", "1 blocked")]


async def test_the_same_id_in_two_accounts_is_two_events(office: Office) -> None:
    for appid in ("wx1", "wx2"):
        await office.reception.receive(heard(FOLLOW, appid=appid))

    assert await by_openid(office.subscribers, "wx2", "o1") is not None
