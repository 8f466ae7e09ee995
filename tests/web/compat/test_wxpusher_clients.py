"""Clients that others wrote: only their base URL is changed.

They are synchronous and get a thread of their own.
"""

import asyncio

import apprise
import pytest
from apprise.plugins.wxpusher import NotifyWxPusher
from wxpusher import WxPusher, wxpusher

from tests.sending.town import Town

# Apprise looks for a module that Python is about to lose, and does without it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def api(place: Town, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("NO_PROXY", "*")
    base = f"{place.caller.daemon.url}/api"
    monkeypatch.setattr(wxpusher, "BASEURL", base)
    monkeypatch.setattr(NotifyWxPusher, "notify_url", f"{base}/send/message")
    monkeypatch.setattr(WxPusher, "default_token", place.token)
    return base


@pytest.mark.usefixtures("api")
async def test_the_package_sends_and_queries(place: Town) -> None:
    uid = await place.follow()

    sent = await asyncio.to_thread(
        WxPusher.send_message, "你好", uids=[uid], url="https://example.com"
    )
    (target,) = sent["data"]
    before = await asyncio.to_thread(WxPusher.query_message, target["messageId"])
    await place.settle()
    after = await asyncio.to_thread(WxPusher.query_message, target["messageId"])

    assert sent["code"] == 1000
    assert (before["data"], after["data"]) == (1, 3)
    assert "你好" in (await place.arrived(uid))[0].text


@pytest.mark.usefixtures("api")
async def test_the_package_makes_a_code_and_lists_users(place: Town) -> None:
    uid = await place.follow()

    code = await asyncio.to_thread(WxPusher.create_qrcode, "forum-42")
    users = await asyncio.to_thread(WxPusher.query_user, 1, 20)

    assert code["success"]
    assert code["data"]["url"].endswith(".jpg")
    assert uid in [record["uid"] for record in users["data"]["records"]]


@pytest.mark.usefixtures("api")
async def test_apprise_sends_to_users_and_topics(place: Town) -> None:
    uid, reader = await place.follow(), await place.follow(subscribe=False)
    topic = await place.audience.topics.make(place.app, "alarms")
    await place.subscribe(place.app, reader, topic_id=topic.id)
    notifier = apprise.Apprise()
    notifier.add(f"wxpusher://{place.token}/{uid}/{topic.id}")

    took_it = await asyncio.to_thread(notifier.notify, "**磁盘** 95%", "磁盘快满了")

    assert took_it
    await place.settle()
    for person in (uid, reader):
        assert "磁盘快满了" in (await place.arrived(person))[0].text


@pytest.mark.usefixtures("api")
async def test_apprise_sends_although_its_title_is_longer_than_a_summary(place: Town) -> None:
    uid = await place.follow()
    notifier = apprise.Apprise()
    notifier.add(f"wxpusher://{place.token}/{uid}")

    took_it = await asyncio.to_thread(notifier.notify, "磁盘 95%", "磁盘快满了，" * 40)

    assert took_it
    await place.settle()
    assert "磁盘快满了" in (await place.arrived(uid))[0].text
