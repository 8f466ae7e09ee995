"""For each reason a real request that is refused with it."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final, TypeAlias

from tests.access.doors import make
from tests.clock import FakeClock
from tests.house import APPID, AUTHORIZER, Answer, Caller, WeChat, daemon
from tests.stores.memory import MemoryDatabase, memory_database
from tests.web.tenants import bound, made_app, send
from wechat_scheduler.engine.clockwork import STUCK
from wechat_scheduler.reasons import Reason
from wechat_scheduler.storage.database import Row
from wechat_scheduler.web.kit.rates import WRONG_KEYS
from wechat_scheduler.web.pages.forms import URLENCODED


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A daemon whose loops stand, its state folder, its WeChat, and a folder for another daemon."""

    keeper: Caller
    weixin: WeChat
    clock: FakeClock
    folder: Path
    spare: Path

    async def call(self, method: str, path: str, body: Any = None, **sent: Any) -> Answer:
        return await self.keeper.call(method, path, body=body, **sent)

    async def app(self) -> dict[str, Any]:
        """A new app that knows alice."""
        app = await made_app(self.keeper)
        await bound(self.keeper, app, "alice")
        return app

    async def of_app(self, method: str, path: str, body: Any = None) -> Answer:
        """A request for a path of a new app that knows alice."""
        return await self.call(method, f"/v1/apps/{(await self.app())['id']}{path}", body)

    async def remind(self, **fields: Any) -> Answer:
        """A new reminder for alice."""
        app = await self.app()
        body = {
            "app": app["id"],
            "title": "浇花",
            "time": "2026-11-19T08:00:00+08:00",
            "to": ["alice"],
        } | fields
        return await self.call("POST", "/v1/reminders", body)

    def damage(self, *statements: str) -> None:
        """Run SQL on the daemon's database, as another program would."""
        with closing(sqlite3.connect(self.folder / "wechat-scheduler.db")) as database, database:
            for statement in statements:
                database.execute(statement)


Request: TypeAlias = Callable[[Place], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class PlainRequest:
    """One request, which is refused whatever was before, and changes nothing."""

    method: str
    path: str
    body: Any
    sent: Mapping[str, Any]

    def __call__(self, place: Place) -> Awaitable[Answer]:
        return place.call(self.method, self.path, self.body, **self.sent)


def plain(method: str, path: str, body: Any = None, **sent: Any) -> Request:
    return PlainRequest(method, path, body, sent)


def sentence(text: str) -> Request:
    return plain("POST", "/v1/reminders/parse", {"text": text})


async def change_what_was_changed_since(place: Place) -> Answer:
    await place.call("POST", "/v1/consumers", body={"name": "crm", "appids": [APPID]})
    body = {"networks": ["10.0.0.0/8"]}
    return await place.call(
        "PATCH", "/v1/consumers/crm", body=body, headers={"If-Match": '"earlier"'}
    )


async def make_a_consumer_twice(place: Place) -> Answer:
    body = {"name": "shop", "appids": [APPID]}
    await place.call("POST", "/v1/consumers", body)
    return await place.call("POST", "/v1/consumers", body)


async def missing_template(place: Place) -> Answer:
    app = await place.app()
    return await send(place.keeper, app, "alice", channel="template")


async def unfilled_template(place: Place) -> Answer:
    app = await place.app()
    return await send(place.keeper, app, "alice", template="T1", data={"thing1": ""})


def limited(method: str, path: str) -> Request:
    """With a key that reads and registers for another account."""

    async def call(place: Place) -> Answer:
        key = await make(place.keeper, "read", "register", appids=[AUTHORIZER])
        return await place.call(method, path, key=key.text)

    return call


async def revoke_the_admin_key(place: Place) -> Answer:
    other = await make(place.keeper, "admin")
    return await place.call("DELETE", "/v1/keys/admin", key=other.text)


async def without_a_session(place: Place) -> Answer:
    return await place.call("GET", "/", headers={"Accept": "application/json"})


async def a_form_without_its_proof(place: Place) -> Answer:
    async with daemon(place.spare, place.weixin.url, server__insecure_no_auth=True) as opened:
        headers = {
            "Accept": "application/json",
            "Content-Type": URLENCODED,
            "Sec-Fetch-Site": "same-origin",
        }
        return await opened.call("POST", "/console/sign-out", data=b"csrf=0", headers=headers)


async def through_a_proxy(place: Place) -> Answer:
    async with daemon(place.spare, place.weixin.url, server__insecure_no_auth=True) as opened:
        return await opened.call("GET", "/tasks", headers={"X-Forwarded-For": "192.0.2.1"})


async def too_many_wrong_keys(place: Place) -> Answer:
    for _ in range(WRONG_KEYS):
        await place.call("GET", "/tasks", key="wsk_wrong")
    return await place.call("GET", "/tasks", key="wsk_wrong")


async def remove_the_task_of_another(place: Place) -> Answer:
    other = await make(place.keeper, "register")
    await place.keeper.register({"type": 0})
    return await place.call("DELETE", f"/task/{APPID}/0", key=other.text)


async def fetch_one_of_two(place: Place) -> Answer:
    params = f"{place.weixin.url}/params"
    tasks = [{"type": 2, "openid": name, "params": params} for name in ("o_alice", "o_bob")]
    await place.keeper.register(*tasks)
    return await place.keeper.fetch(f"{APPID}/2")


async def fetch_what_is_being_fetched(place: Place) -> Answer:
    await place.keeper.register({"type": 0})
    async with asyncio.TaskGroup() as group:
        pending = group.create_task(place.keeper.fetch(f"{APPID}/0"))
        await place.clock.asleep()
        place.clock.advance(timedelta(seconds=10))
    return pending.result()


async def fetch_what_wechat_refuses(place: Place) -> Answer:
    place.weixin.sandbox.script("/cgi-bin/stable_token", errcode=40164)
    await place.keeper.register({"type": 0})
    await place.keeper.settle()
    return await place.keeper.fetch(f"{APPID}/0")


async def another_request_with_the_same_key(place: Place) -> Answer:
    once = {"Idempotency-Key": "17"}
    await place.call("POST", "/v1/apps", {"name": "a", "appid": APPID}, headers=once)
    return await place.call("POST", "/v1/apps", {"name": "b", "appid": APPID}, headers=once)


async def change_who_has_left(place: Place) -> Answer:
    app = await place.app()
    path = f"/v1/apps/{app['id']}/subscribers"
    (alice,) = (await place.call("GET", path)).result
    audience = place.keeper.daemon.cores.audience
    await audience.desk.remove(audience.directory.app(app["id"]), alice["id"])
    return await place.call("PATCH", f"{path}/alice", {"blocked": True})


async def send_to_strangers(place: Place) -> Answer:
    return await send(place.keeper, await made_app(place.keeper), "nobody")


async def cancel_a_delivery_twice(place: Place) -> Answer:
    sent = (await send(place.keeper, await place.app(), "alice")).result
    path = f"/v1/deliveries/{sent['deliveries'][0]['id']}/cancel"
    await place.call("POST", path)
    return await place.call("POST", path)


async def say_two_at_once(place: Place) -> Answer:
    app = await place.app()
    body = {"app": app["id"], "to": ["alice"], "when": "明天8点送孩子，9点开会"}
    return await place.call("POST", "/v1/reminders", body)


async def word_only_the_next_occurrence(place: Place) -> Answer:
    path = f"/v1/reminders/{(await place.remind(rule='FREQ=DAILY')).result['id']}"
    return await place.call("PATCH", path, {"only_next": True, "title": "x"})


async def pause_what_was_cancelled(place: Place) -> Answer:
    path = f"/v1/reminders/{(await place.remind()).result['id']}"
    await place.call("POST", f"{path}/cancel")
    return await place.call("POST", f"{path}/pause")


async def pause_what_others_change(place: Place) -> Answer:
    made = (await place.remind()).result
    place.damage("CREATE TRIGGER others BEFORE UPDATE ON reminders BEGIN SELECT RAISE(IGNORE); END")
    return await place.call("POST", f"/v1/reminders/{made['id']}/pause")


async def mute_what_is_over(place: Place) -> Answer:
    place.damage(
        "INSERT INTO alerts VALUES (17, 'ticket_missing', 'wx1', '', 'wx1', '', 'warning', 'text', 'advice', "
        "0, 0, NULL, '', NULL, 0, NULL, 1, 1, NULL)"
    )
    return await place.call("POST", "/v1/alerts/17/mute", body={"seconds": 60})


class FaultyDatabase(MemoryDatabase):
    """Its driver has a fault that no store foresees."""

    async def read(self, sql: str, *params: object) -> Sequence[Row]:
        if "FROM audit" in sql:
            raise ArithmeticError
        return await super().read(sql, *params)


async def meet_a_fault(place: Place) -> Answer:
    database = FaultyDatabase()
    memory_database().pour_into(database)

    async def opener(url: str, **_: Any) -> MemoryDatabase:
        return database

    async with daemon(place.spare, place.weixin.url, clock=place.clock, opener=opener) as opened:
        return await opened.call("GET", "/v1/audit")


async def show_a_damaged_row(place: Place) -> Answer:
    made = (await place.remind()).result
    place.damage("UPDATE reminders SET late = 'nonsense'")
    return await place.call("GET", f"/v1/reminders/{made['id']}")


async def read_a_damaged_file(place: Place) -> Answer:
    place.damage(
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET rootpage = 1000000 WHERE name = 'reminders'",
        "PRAGMA schema_version = 1000",
    )
    return await place.call("GET", f"/v1/reminders/{'0' * 32}")


async def bind_the_name_of_another(place: Place) -> Answer:
    return await place.of_app("PUT", "/subscribers/alice?move=false", {"openid": "o_amy"})


async def draw_beyond_the_limit(place: Place) -> Answer:
    await place.keeper.register({"type": 0})
    await place.keeper.settle()
    place.weixin.sandbox.script("/cgi-bin/qrcode/create", errcode=45009, times=None)
    return await place.of_app("POST", "/qrcodes", {"extra": "17"})


async def ask_a_daemon_that_stands(place: Place) -> Answer:
    place.clock.advance(STUCK + timedelta(seconds=1))
    return await place.call("GET", "/readyz")


# What another program does to the file of the database comes before these.
DAMAGED: Final = frozenset(
    {
        Reason.ALERT_STATE,
        Reason.REMINDER_BUSY,
        Reason.ROW_DAMAGED,
        Reason.STORE_UNAVAILABLE,
    }
)

REFUSALS: Final[Mapping[Reason, Request]] = {
    Reason.REQUEST_INVALID: plain("POST", "/register", {"appid": APPID}),
    Reason.BODY_UNREADABLE: plain("POST", "/register", data=b"{"),
    Reason.PAGE_UNKNOWN: plain("GET", "/tasks?after=x"),
    Reason.PARAMS_MISSING: lambda place: place.keeper.register({"type": 1}),
    Reason.RECEIVER_UNKNOWN: lambda place: place.remind(to=["bob"]),
    Reason.TEMPLATE_MISSING: missing_template,
    Reason.TEMPLATE_UNFILLED: unfilled_template,
    Reason.TIME_PAST: lambda place: place.remind(time="2026-11-17T08:00:00+08:00"),
    Reason.REMINDER_ONLY_NEXT: word_only_the_next_occurrence,
    Reason.RULE_INVALID: lambda place: place.remind(rule="FREQ=SECONDLY"),
    Reason.KEY_MISSING: plain("GET", "/tasks", key=""),
    Reason.KEY_INVALID: plain("GET", "/tasks", key="wsk_nothing"),
    Reason.SESSION_MISSING: without_a_session,
    Reason.KEY_SCOPE: limited("GET", "/v1/keys"),
    Reason.KEY_REACH: limited("GET", f"/task/{APPID}/0"),
    Reason.KEY_PROTECTED: revoke_the_admin_key,
    Reason.REQUEST_NOT_LOCAL: through_a_proxy,
    Reason.FORM_FOREIGN: a_form_without_its_proof,
    Reason.PUSH_REFUSED: plain("POST", f"/wechat/callback/{APPID}", data=b"<xml/>"),
    Reason.ORIGIN_REFUSED: plain("GET", f"/v1/jssdk/{APPID}/signature?url=https://a.example/"),
    Reason.ROUTE_UNKNOWN: plain("GET", "/v1/reminder"),
    Reason.TYPE_UNKNOWN: plain("GET", f"/task/{APPID}/99"),
    Reason.TASK_UNKNOWN: plain("GET", f"/task/{APPID}/0"),
    Reason.TASK_NOT_YOURS: remove_the_task_of_another,
    Reason.ACCOUNT_UNKNOWN: lambda place: place.of_app("POST", "/qrcodes", {}),
    Reason.KEY_UNKNOWN: plain("DELETE", "/v1/keys/key_000000000000"),
    Reason.SESSION_UNKNOWN: plain("DELETE", "/v1/sessions/ses_none"),
    Reason.CONSUMER_UNKNOWN: plain("DELETE", "/v1/consumers/shop"),
    Reason.PUSHES_UNKNOWN: plain("DELETE", f"/callbacks/{APPID}"),
    Reason.APP_UNKNOWN: plain("GET", "/v1/apps/17"),
    Reason.TOPIC_UNKNOWN: lambda place: place.of_app("DELETE", "/topics/17"),
    Reason.SUBSCRIBER_UNKNOWN: lambda place: place.of_app("DELETE", "/subscribers/bob"),
    Reason.SUBSCRIPTION_UNKNOWN: change_who_has_left,
    Reason.MESSAGE_UNKNOWN: plain("GET", "/v1/messages/17"),
    Reason.DELIVERY_UNKNOWN: plain("GET", "/v1/deliveries/x"),
    Reason.REMINDER_UNKNOWN: plain("GET", f"/v1/reminders/{'0' * 32}"),
    Reason.ALERT_UNKNOWN: plain("GET", "/v1/alerts/17"),
    Reason.ALERT_TARGET_UNKNOWN: plain("POST", "/v1/alerts/test", body={"target": "x"}),
    Reason.ALERT_STATE: mute_what_is_over,
    Reason.ROUTE_METHOD: plain("PATCH", "/tasks"),
    Reason.SUBSCRIBER_NAME_TAKEN: bind_the_name_of_another,
    Reason.CONSUMER_EXISTS: make_a_consumer_twice,
    Reason.TASK_AMBIGUOUS: fetch_one_of_two,
    Reason.IDEMPOTENCY_CONFLICT: another_request_with_the_same_key,
    Reason.DELIVERY_STATE: cancel_a_delivery_twice,
    Reason.REMINDER_STATE: pause_what_was_cancelled,
    Reason.REMINDER_BUSY: pause_what_others_change,
    Reason.REQUEST_OUTDATED: change_what_was_changed_since,
    Reason.BODY_TOO_LARGE: lambda place: place.call(
        "POST", "/register", data=BytesIO(b" " * 2_000_000)
    ),
    Reason.BODY_COMPRESSED: plain(
        "POST", "/register", data=b"{}", headers={"Content-Encoding": "deflate"}
    ),
    Reason.MESSAGE_UNSENDABLE: send_to_strangers,
    Reason.SENTENCE_NOTHING: sentence("买菜"),
    Reason.SENTENCE_IMPOSSIBLE: sentence("2月30号开会"),
    Reason.SENTENCE_PAST: sentence("昨天开会"),
    Reason.SENTENCE_AMBIGUOUS: sentence("明天3点或4点开会"),
    Reason.SENTENCE_VAGUE: sentence("过几天提醒我开会"),
    Reason.SENTENCE_UNREAD: sentence("明天开会之前交表"),
    Reason.SENTENCE_SEVERAL: say_two_at_once,
    Reason.SENTENCE_CHAT: sentence("后天有货吗"),
    Reason.SENTENCE_UNSURE: sentence("张总明天讲话"),
    Reason.SENTENCE_COMMAND: sentence("取消后天的闹钟"),
    Reason.SENTENCE_TOO_LONG: sentence("我" * 201),
    Reason.SENTENCE_TOO_OFTEN: sentence("每秒提醒我"),
    Reason.SENTENCE_TOO_FAR: sentence("9999年1月1日开会"),
    Reason.REQUEST_THROTTLED: too_many_wrong_keys,
    Reason.ROW_DAMAGED: show_a_damaged_row,
    Reason.DAEMON_FAILED: meet_a_fault,
    Reason.TASK_PENDING: fetch_what_is_being_fetched,
    Reason.TASK_EXPIRED: fetch_what_wechat_refuses,
    Reason.STORE_UNAVAILABLE: read_a_damaged_file,
    Reason.WECHAT_UNAVAILABLE: draw_beyond_the_limit,
    Reason.DAEMON_UNREADY: ask_a_daemon_that_stands,
}
