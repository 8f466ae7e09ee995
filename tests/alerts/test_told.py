"""From what is wrong to the robot, the webhook, the mailbox and the phone that are told, on real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from structlog.testing import capture_logs

from tests.alerts.robots import SECRET, Robots, robots
from tests.alerts.samples import DAY, HOUR, MINUTE
from tests.business import Business, status
from tests.clock import START
from tests.house import in_memory
from tests.mail.server import MailServer, mail_server
from tests.sending.town import Town, town
from wechat_scheduler.alerts.trials import LOOK_EVERY
from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.config.target_notation import TARGETS
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.opening import open_database

TOKEN = "/cgi-bin/stable_token"
# The loops of these daemons are turned by hand, and one rule says so.
RULES = ",".join(rule for rule in AlertRule if rule is not AlertRule.STORE_SLOW)


class Scene:
    """A town whose operator is told."""

    def __init__(self, place: Town, group: Robots, business: Business, mail: MailServer) -> None:
        self.place = place
        self.group = group
        self.business = business
        self.mail = mail

    async def tell(self, *targets: dict[str, Any]) -> None:
        """Reload the settings with these targets."""
        daemon = self.place.caller.daemon
        alerts = msgspec.structs.replace(
            daemon.running.config.alerts, targets=TARGETS.read(list(targets))
        )
        daemon.adjust(msgspec.structs.replace(daemon.running.config, alerts=alerts))

    def hook(self) -> dict[str, Any]:
        return {"name": "hook", "kind": "webhook", "url": self.business.url("/hook")}

    def mailbox(self) -> dict[str, Any]:
        server = f"smtp://127.0.0.1:{self.mail.port}"
        return {"name": "mail", "kind": "email", "server": server, "from": "a@b.c", "to": "ops@b.c"}

    def follower(self, uid: str) -> dict[str, Any]:
        return {"name": "boss", "kind": "follower", "app": self.place.app.id, "to": uid}

    async def break_secret(self) -> None:
        """WeChat does not know the account's secret any more, and its token expires."""
        self.place.wechat.sandbox.script(TOKEN, errcode=40125, times=None)
        await self.place.call("POST", f"/task/{self.place.app.appid}/0/refresh")
        await self.minutes(6)

    async def mend_secret(self) -> None:
        self.place.wechat.sandbox.clear_scripts()
        await self.place.call("POST", f"/task/{self.place.app.appid}/0/refresh")
        await self.minutes(12)

    async def minutes(self, number: int) -> None:
        for _ in range(number):
            self.place.clock.advance(MINUTE)
            self.group.now = self.place.clock.now().timestamp()
            await self.place.settle()
            await self.place.cores.alerts.watch.check()
            await self.place.settle()


@asynccontextmanager
async def scene(
    state: Path, opener: Callable[..., Awaitable[Database]] = in_memory, **settings: Any
) -> AsyncIterator[Scene]:
    async with (
        robots(now=START.timestamp()) as group,
        Business() as business,
        mail_server() as mail,
        town(state, opener=opener, alerts__rules=RULES, **settings) as place,
    ):
        yield Scene(place, group, business, mail)


async def test_all_are_told_once_and_get_the_all_clear(tmp_path: Path) -> None:
    async with scene(tmp_path / "state") as told:
        uid = await told.place.follow("o_boss")
        await told.tell(
            *(told.group.target(kind, **secret) for kind, secret in SIGNS.items()),
            told.hook(),
            told.mailbox(),
            told.follower(uid),
        )

        await told.break_secret()
        await told.minutes(6)
        first = list(told.group.said)
        shown = await told.place.arrived(uid)
        await told.mend_secret()

        assert sorted(kind for kind, _ in first) == ["dingtalk", "feishu", "wecom"]
        assert all("invalid appsecret" in text for _, text in first)
        assert len(shown) == 1
        assert shown[0].fields["keyword1"] == "1 条告警"
        assert [mail["Subject"] for mail in told.mail.mails] == [
            "wechat-scheduler: 1 alert",
            "wechat-scheduler: 1 all-clear",
        ]
        assert [call.json["data"]["alerts"][0]["event"] for call in told.business.calls] == [
            "fires",
            "clears",
        ]
        assert len(told.group.said) == 6
        assert len(await told.place.arrived(uid)) == 2


SIGNS: dict[str, dict[str, str]] = {
    "wecom": {},
    "dingtalk": {"secret": SECRET},
    "feishu": {"secret": SECRET},
}


async def test_a_receiver_that_refuses_is_tried_again_and_delays_no_other(tmp_path: Path) -> None:
    async with scene(tmp_path / "state") as told:
        await told.tell(told.hook(), told.mailbox())
        told.business.script(status(503), times=2)

        await told.break_secret()
        at_once = len(told.mail.mails)
        await told.minutes(5)

        assert at_once == 1
        first, second, third = told.business.calls
        assert first.headers["webhook-id"] == third.headers["webhook-id"]
        assert first.body == second.body == third.body
        (delivery,) = [each for each in await told.place.deliveries() if each.target == "hook"]
        assert (delivery.channel, delivery.state, delivery.tries) == ("alert", "delivered", 3)


async def test_what_gets_worse_is_told_and_what_lasts_is_told_again_after_a_day(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path / "state") as told:
        await told.tell(told.hook())
        await told.break_secret()

        for later in (3 * HOUR, DAY):
            told.place.clock.advance(later)
            await told.minutes(1)

        events = [call.json["data"]["alerts"][0]["event"] for call in told.business.calls]
        assert events == ["fires", "worsens", "reminds"]


async def test_messages_that_die_are_told_and_alerts_that_die_are_not(tmp_path: Path) -> None:
    async with scene(tmp_path / "state") as told:
        uid = await told.place.follow("o_amy")
        await told.tell(told.hook())
        told.place.wechat.sandbox.script("/cgi-bin/message/custom/send", errcode=45015, times=None)
        told.place.wechat.sandbox.script(
            "/cgi-bin/message/template/send", errcode=43004, times=None
        )
        body = {"app": told.place.app.id, "to": [uid], "text": "hello"}
        await told.place.call("POST", "/v1/messages", body)

        await told.minutes(1)

        (alert,) = told.business.calls[0].json["data"]["alerts"]
        assert (alert["rule"], alert["subject"]) == ("dead_letters", f"app/{told.place.app.id}")
        assert alert["text"].startswith("1 message of app")


async def test_a_test_says_what_each_answered(tmp_path: Path) -> None:
    async with scene(tmp_path / "state") as told:
        await told.tell(
            told.group.target("wecom"),
            told.group.target("feishu", secret="another"),
            told.hook(),
            told.mailbox(),
            told.follower("UID_unknown"),
        )
        told.business.script(status(404))

        every = (await told.place.call("POST", "/v1/alerts/test")).result
        one = (await told.place.call("POST", "/v1/alerts/test", {"target": "hook"})).result
        unknown = await told.place.call("POST", "/v1/alerts/test", {"target": "x"})

        assert [(each["target"], each["accepted"]) for each in every] == [
            ("wecom", True), ("feishu", False), ("hook", False), ("mail", True), ("boss", False),
        ]  # fmt: skip
        assert "set its secret" in every[1]["answer"]
        assert every[2]["answer"] == "the alert target hook answered 404"
        assert "UID_unknown" in every[4]["answer"]
        assert one == [
            {"target": "hook", "kind": "webhook", "accepted": True, "answer": "", "delivery": ""}
        ]
        assert (unknown.status, unknown.json["reason"]) == (404, "alert.target_unknown")
        assert told.group.said[0][1].startswith("wechat-scheduler：测试\n[测试] 这是告警的测试")


async def test_a_test_for_a_follower_waits_for_wechats_answer(tmp_path: Path) -> None:
    async with scene(tmp_path / "state") as told:
        uid = await told.place.follow("o_boss")
        await told.tell(told.follower(uid))

        asked = asyncio.create_task(told.place.call("POST", "/v1/alerts/test"))  # noqa: TID251
        await told.place.clock.asleep()
        await told.place.settle()
        told.place.clock.advance(LOOK_EVERY)
        (answer,) = (await asked).result

        assert (answer["accepted"], answer["answer"]) == (True, "")
        (delivery,) = await told.place.deliveries()
        assert answer["delivery"] == str(delivery.id)
        assert len(await told.place.arrived(uid)) == 1


async def test_a_follower_that_cannot_be_reached_is_logged_and_others_are_told(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path / "state") as told:
        await told.tell(told.follower("UID_unknown"), told.hook())

        with capture_logs() as logs:
            await told.break_secret()

        refused = [line for line in logs if line["event"] == "alert.follower_refused"]
        assert [line["target"] for line in refused] == ["boss"]
        assert len(told.business.calls) == 1


async def test_a_target_that_the_settings_name_no_more_gets_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path / "state") as told:
        await told.tell(told.hook())
        told.business.script(status(503))
        await told.break_secret()

        await told.tell()
        await told.minutes(5)

        (delivery,) = await told.place.deliveries()
        assert delivery.state == "cancelled"
        assert delivery.reason == "the settings name no such target any more"


async def test_no_secret_of_a_target_is_stored_logged_or_shown(tmp_path: Path) -> None:
    hidden = ("693a91f6-7xxx", SECRET, "d7a8fbb3-07d7", "b1946ac9")
    async with scene(tmp_path / "state", open_database) as told:
        await told.tell(
            told.group.target("wecom"),
            told.group.target("dingtalk", secret=SECRET),
            told.group.target("feishu", secret="SECwrong"),
        )
        with capture_logs() as logs:
            await told.break_secret()
        settings = (await told.place.call("GET", "/v1/settings")).json
        deliveries = (await told.place.call("GET", "/v1/deliveries")).json
        stored = b"".join(
            file.read_bytes() for file in (tmp_path / "state").glob("wechat-scheduler.db*")
        )

        said = json.dumps([settings, deliveries], default=str) + repr(logs)
        assert "sign match fail" in said
        assert [secret for secret in (*hidden, "SECwrong") if secret in said] == []
        assert [secret for secret in hidden if secret.encode() in stored] == []


async def test_two_daemons_on_one_store_tell_it_once(tmp_path: Path) -> None:
    async with scene(tmp_path / "state") as told:
        await told.tell(told.hook())
        watch = told.place.cores.alerts.watch
        store = watch._store
        await told.break_secret()
        before = len(told.business.calls)
        told.place.clock.advance(timedelta(days=2))

        first, second = await store.open_alerts(), await store.open_alerts()
        await watch.check()
        overtaken = await store.store(second, [], [], now=told.place.clock.now())
        await told.place.settle()

        assert first == second
        assert not overtaken
        assert len(told.business.calls) == before + 1
