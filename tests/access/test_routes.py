"""Every route, called with every kind of key that must not open it."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.access.doors import Made, end, make
from tests.clock import FakeClock
from tests.house import APPID, SECRET, Answer, Caller
from wechat_scheduler.access.model import Scope
from wechat_scheduler.engine import read_through
from wechat_scheduler.web.compat.wechattokens.secrets import PLACES
from wechat_scheduler.web.console.routes import CONSOLE
from wechat_scheduler.web.kit.route import Proof, Route
from wechat_scheduler.web.native.routes import NATIVE
from wechat_scheduler.web.routes import all_routes

OTHER = "wx9999999999999999"
ELSEWHERE = "203.0.113.0/24"
HERE = "127.0.0.0/8"
TASKS = {"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}]}
REMINDER = {"app": 1, "title": "x", "time": "2026-11-19T08:00:00+08:00", "to": ["*"]}
BODIES: dict[str, Any] = {
    "/registe": TASKS,
    "/register": TASKS,
    "/v1/registrations/check": TASKS,
    "/task/{appid}/{type}/invalid": {"value": "dead"},
    "/task/{appid}/{type}/{subject}/invalid": {"value": "dead"},
    "/v1/keys": {"name": "shop", "scopes": ["read"]},
    "/callbacks/{appid}": {"token": "token", "encoding_aes_key": "a" * 43},
    "/v1/consumers": {"name": "shop", "appids": [APPID]},
    "/v1/jssdk/{appid}/signature": {"url": "https://shop.example.com/"},
    "/v1/jssdk/{appid}/origins": {"origins": ["https://shop.example.com"]},
    "/v1/apps": {"name": "shop", "appid": APPID},
    "/v1/messages/preview": {"app": 1, "to": ["alice"], "text": "hello"},
    "/v1/messages": {"app": 1, "to": ["alice"], "text": "hello"},
    "/v1/deliveries/replay": {"state": "dead"},
    "/v1/deliveries/cancel": {"state": "pending"},
    "/v1/alerts/test": {},
    "/v1/alerts/{alert}/mute": {"seconds": 3600},
    "/v1/reminders": REMINDER,
    "/v1/reminders/preview": REMINDER,
    "/v1/reminders/{reminder}/restore": {"undo": "sealed"},
    "/v1/reminders/parse": {"text": "明天8点开会"},
}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stands still for a second is busy, and its store is not silent."""
    monkeypatch.setattr(read_through, "PATIENCE", timedelta(minutes=1))


class Row(NamedTuple):
    """What each caller gets, as statuses."""

    no_key: int = 401
    wrong_key: int = 401
    wrong_scope: int = 403
    other_appid: int = 403
    other_type: int = 403
    expired: int = 401
    revoked: int = 401
    foreign: int = 401
    right_key: int = 200


OPEN = Row(200, 200, 200, 200, 200, 200, 200, 200)
# With any key, WeChat's signature is missing.
SIGNED = Row(403, 403, 403, 403, 403, 403, 403, 403, 403)
# With any key, the origin of an allowed page is missing.
NO_PAGE = SIGNED
# The route concerns the whole account, and the right key here is limited to one type.
ACCOUNT = Row(right_key=403)
# The path names no account; a key that is limited to others gets an empty list.
FILTERED = Row(other_appid=200, other_type=200)
# An app that the key does not reach is unknown to it, and here no app has that id.
UNSEEN = Row(other_appid=404, other_type=404, right_key=404)
# The route needs an admin key, and here no app has that id.
ABSENT = Row(right_key=404)

ROWS = {
    ("GET", "/healthz"): OPEN,
    ("GET", "/readyz"): FILTERED._replace(no_key=200),
    ("GET", "/metrics"): ACCOUNT,
    ("GET", "/openapi.json"): FILTERED,
    ("POST", "/registe"): Row(),
    ("POST", "/register"): Row(),
    ("GET", "/tasks"): FILTERED,
    ("GET", "/v1/tasks/counts"): FILTERED,
    ("POST", "/v1/registrations/check"): Row(),
    ("GET", "/v1/tasks/{appid}/{type}/readers"): Row(),
    ("GET", "/v1/tasks/{appid}/{type}/{subject}/readers"): Row(),
    ("GET", "/task/{appid}/{type}"): Row(),
    ("GET", "/task/{appid}/{type}/{subject}"): Row(right_key=404),
    ("DELETE", "/task/{appid}/{type}"): Row(),
    ("DELETE", "/task/{appid}/{type}/{subject}"): Row(right_key=404),
    ("POST", "/task/{appid}/{type}/refresh"): Row(),
    ("POST", "/task/{appid}/{type}/{subject}/refresh"): Row(right_key=404),
    ("POST", "/task/{appid}/{type}/invalid"): Row(),
    ("POST", "/task/{appid}/{type}/{subject}/invalid"): Row(right_key=404),
    ("GET", "/v1/accounts"): FILTERED,
    ("PATCH", "/v1/accounts/{appid}"): ACCOUNT,
    ("DELETE", "/v1/accounts/{appid}"): ACCOUNT,
    ("GET", "/v1/events"): FILTERED._replace(wrong_scope=200),
    ("POST", "/v1/apps"): Row(),
    ("POST", "/v1/keys"): Row(),
    ("GET", "/v1/keys"): Row(),
    ("DELETE", "/v1/keys/{id}"): Row(right_key=404),
    ("GET", "/v1/sessions"): FILTERED._replace(wrong_scope=200),
    ("DELETE", "/v1/sessions/{session}"): Row(
        wrong_scope=404, other_appid=404, other_type=404, right_key=404
    ),
    ("POST", "/v1/consumers"): Row(),
    ("GET", "/v1/consumers"): Row(),
    ("GET", "/v1/consumers/{consumer}"): ABSENT,
    ("PATCH", "/v1/consumers/{consumer}"): ABSENT,
    ("POST", "/v1/consumers/{consumer}/secret"): ABSENT,
    ("DELETE", "/v1/consumers/{consumer}"): ABSENT,
    ("GET", "/v1/usage"): Row(),
    ("GET", "/v1/statistics"): FILTERED,
    ("GET", "/v1/overview"): FILTERED,
    ("GET", "/v1/quotas/{appid}"): Row(right_key=400),  # without a path
    ("POST", "/v1/quotas/{appid}/clear"): Row(right_key=400),
    ("GET", "/v1/rids/{appid}"): Row(right_key=400),  # without a rid
    ("GET", "/v1/audit"): Row(),
    ("GET", "/v1/nodes"): Row(),
    ("GET", "/v1/alerts"): FILTERED,
    ("POST", "/v1/alerts/test"): Row(),
    ("GET", "/v1/alerts/{alert}"): UNSEEN,
    ("POST", "/v1/alerts/{alert}/mute"): ABSENT,
    ("GET", "/v1/settings"): Row(),
    ("POST", "/v1/jssdk/{appid}/signature"): ACCOUNT,
    ("GET", "/v1/jssdk/{appid}/signature"): NO_PAGE,
    ("OPTIONS", "/v1/jssdk/{appid}/signature"): NO_PAGE,
    ("PUT", "/v1/jssdk/{appid}/origins"): ACCOUNT,
    ("GET", "/v1/jssdk/{appid}/origins"): ACCOUNT,
    ("GET", "/callbacks"): FILTERED,
    ("GET", "/v1/pushes"): FILTERED,
    ("GET", "/v1/subscribers"): FILTERED,
    ("PUT", "/callbacks/{appid}"): ACCOUNT,
    ("DELETE", "/callbacks/{appid}"): ACCOUNT,
    ("GET", "/wechat/callback/{appid}"): SIGNED,
    ("POST", "/wechat/callback/{appid}"): SIGNED,
    ("GET", "/wechat/callback/{appid}/{account}"): SIGNED,
    ("POST", "/wechat/callback/{appid}/{account}"): SIGNED,
}
for method, path in (
    ("GET", "/v1/apps/{app}"),
    ("GET", "/v1/apps/{app}/templates"),
    ("POST", "/v1/apps/{app}/templates/preview"),
    ("POST", "/v1/apps/{app}/topics"),
    ("GET", "/v1/apps/{app}/topics"),
    ("GET", "/v1/apps/{app}/receivers"),
    ("GET", "/v1/apps/{app}/topics/{topic}"),
    ("PATCH", "/v1/apps/{app}/topics/{topic}"),
    ("DELETE", "/v1/apps/{app}/topics/{topic}"),
    ("GET", "/v1/apps/{app}/subscribers"),
    ("GET", "/v1/apps/{app}/subscribers/{name}"),
    ("GET", "/v1/apps/{app}/subscribers/{name}/uses"),
    ("POST", "/v1/apps/{app}/subscribers"),
    ("PUT", "/v1/apps/{app}/subscribers/{name}"),
    ("PATCH", "/v1/apps/{app}/subscribers/{name}"),
    ("DELETE", "/v1/apps/{app}/subscribers/{name}"),
    ("POST", "/v1/apps/{app}/subscribers/{name}/openid"),
    ("POST", "/v1/apps/{app}/qrcodes"),
    ("GET", "/v1/apps/{app}/qrcodes"),
    ("POST", "/v1/messages"),
    ("POST", "/v1/messages/preview"),
    ("GET", "/v1/messages/{message}"),
    ("GET", "/v1/deliveries/{delivery}"),
    ("GET", "/v1/deliveries/{delivery}/interception"),
    ("POST", "/v1/deliveries/{delivery}/replay"),
    ("POST", "/v1/deliveries/{delivery}/cancel"),
    ("POST", "/v1/reminders"),
    ("POST", "/v1/reminders/preview"),
    ("GET", "/v1/reminders/{reminder}"),
    ("PATCH", "/v1/reminders/{reminder}"),
    ("DELETE", "/v1/reminders/{reminder}"),
    ("POST", "/v1/reminders/{reminder}/pause"),
    ("POST", "/v1/reminders/{reminder}/resume"),
    ("POST", "/v1/reminders/{reminder}/cancel"),
    ("POST", "/v1/reminders/{reminder}/remove"),
    ("POST", "/v1/reminders/{reminder}/restore"),
    ("GET", "/v1/reminders/{reminder}/preview"),
    ("POST", "/v1/reminders/{reminder}/preview"),
    ("GET", "/v1/reminders/{reminder}/people"),
    ("PUT", "/v1/reminders/{reminder}/people/{name}"),
    ("DELETE", "/v1/reminders/{reminder}/people/{name}"),
):
    ROWS[method, path] = UNSEEN
for method, path in (
    ("PATCH", "/v1/apps/{app}"),
    ("DELETE", "/v1/apps/{app}"),
    ("POST", "/v1/apps/{app}/token"),
    ("POST", "/v1/apps/{app}/links"),
    ("POST", "/v1/apps/{app}/templates"),
    ("POST", "/v1/apps/{app}/subscribers/{name}/token"),
    ("POST", "/v1/apps/{app}/subscribers/{name}/spt"),
):
    ROWS[method, path] = ABSENT
for method, path in (
    ("GET", "/v1/apps"),
    ("GET", "/v1/messages"),
    ("GET", "/v1/deliveries"),
    ("POST", "/v1/deliveries/replay"),
    ("POST", "/v1/deliveries/cancel"),
    ("GET", "/v1/reminders"),
    ("GET", "/v1/reminders/agenda"),
    ("POST", "/v1/reminders/parse"),
):
    ROWS[method, path] = FILTERED
for method, path in (
    ("POST", "/v3/spread/set_reminder"),
    ("GET", "/v3/spread/is_reminder_set"),
    ("POST", "/v3/spread/is_reminder_set"),
    ("GET", "/v3/{area}/{api}"),
    ("POST", "/v3/{area}/{api}"),
):
    ROWS[method, path] = OPEN  # Tencent's refusals come with 200, too
for method, path in (
    ("POST", "/reminds/api/"),
    ("GET", "/reminds/api/"),
    ("GET", "/reminds/api/{id}/"),
    ("PATCH", "/reminds/api/{id}/"),
    ("DELETE", "/reminds/api/{id}/"),
    ("GET", "/profile/api/"),
    ("PATCH", "/profile/api/"),
):
    ROWS[method, path] = Row(*[401] * 9)  # a user's token, not a key
for method, path in (
    ("GET", "/reminds/api/{id}/qrcode/"),
    ("GET", "/reminds/api/{id}/share_post/"),
    ("GET", "/reminds/{id}"),
    ("GET", "/reminds/media/{id}"),
    ("GET", "/r/{capability}"),
    ("POST", "/r/{capability}"),
    ("GET", "/q/{capability}"),
):
    ROWS[method, path] = Row(*[404] * 9)
ROWS["GET", "/consent/{capability}"] = Row(*[404] * 9)
for method, path in (
    ("POST", "/api/send/message"),
    ("GET", "/api/send/message"),
    ("DELETE", "/api/send/message"),
    ("POST", "/api/send/message/simple-push"),
    ("GET", "/api/send/message/{spt}/{content}"),
    ("DELETE", "/api/send/message/{id}"),
    ("GET", "/api/send/query/status"),
    ("GET", "/api/send/query/{messageId}"),
    ("GET", "/api/send/query/status/{messageId}"),
    ("POST", "/api/fun/create/qrcode"),
    ("GET", "/api/fun/scan-qrcode-uid"),
    ("GET", "/api/fun/wxuser"),
    ("GET", "/api/fun/wxuser/v2"),
    ("DELETE", "/api/fun/remove"),
    ("PUT", "/api/fun/reject"),
    ("GET", "/api/product/query-pay-end-time"),
):
    ROWS[method, path] = OPEN  # and WxPusher's
for method, path in (
    ("GET", "/m/{capability}"),
    ("GET", "/f/{capability}"),
    ("GET", "/h/{capability}"),
    ("GET", "/u/{capability}"),
    ("POST", "/u/{capability}"),
    ("GET", "/qr/{capability}.jpg"),
):
    ROWS[method, path] = Row(*[404] * 9)
for method in ("GET", "POST"):
    ROWS[method, "/{family}/{path}"] = OPEN  # and WeChat's
for method, path in (
    ("GET", "/cgi-bin/token"),
    ("POST", "/cgi-bin/token"),
    ("GET", "/cgi-bin/stable_token"),
    ("POST", "/cgi-bin/stable_token"),
    ("GET", "/cgi-bin/ticket/getticket"),
    ("POST", "/cgi-bin/ticket/getticket"),
    ("GET", "/cgi-bin/component/api_component_token"),
    ("POST", "/cgi-bin/component/api_component_token"),
    ("GET", "/cgi-bin/component/api_authorizer_token"),
    ("POST", "/cgi-bin/component/api_authorizer_token"),
    ("GET", "/sns/oauth2/refresh_token"),
    ("POST", "/sns/oauth2/refresh_token"),
    *((method, path) for path in PLACES for method in ("GET", "POST")),
):
    ROWS[method, path] = OPEN  # as WeChat's refusals do
ROWS["POST", "/message/v2/notices"] = Row(*[401] * 9)
for route in CONSOLE:
    if route.scope is Proof.SESSION:  # no key opens it: it leads to the page of sign-in
        ROWS[route.method, route.path] = Row(*[303] * 9)
ROWS["GET", "/console/sign-in"] = OPEN
ROWS["POST", "/console/sign-in"] = Row(*[400] * 9)  # without a form
ROWS["GET", "/console/assets/{name}"] = Row(*[404] * 9)
ROWS["GET", "/console/look"] = Row(*[303] * 9)


def test_every_route_has_a_row() -> None:
    assert {(route.method, route.path) for route in all_routes()} == ROWS.keys()


REFUSED = (401, 403)
# Where no key is asked for, none opens or shuts.
KEYLESS = ("no_key", "wrong_key", "right_key")


def asked(route: Route) -> dict[str, int]:
    """The status that each caller gets of the route, by the name of the column."""
    row = ROWS[route.method, route.path]._asdict()
    return row if isinstance(route.scope, Scope) else {who: row[who] for who in KEYLESS}


@pytest.mark.on_disk
async def test_who_should_not_come_in_does_not_and_leaves_nothing(
    keeper: Caller, clock: FakeClock, tmp_path: Path
) -> None:
    await keeper.register({"type": 0}, {"type": 1})
    await keeper.settle()
    keys = {scope: await callers(keeper, scope) for scope in Scope if scope is not Scope.VIEW}
    clock.advance(timedelta(seconds=2))
    await keeper.daemon.cores.rounds.run_once()
    before = dump(tmp_path / "state")
    assert before["jobs"]

    wrong, left = [], {}
    for is_refused in (True, False):
        for route in all_routes():
            clock.advance(timedelta(minutes=1, seconds=1))  # so that no caller is throttled
            scope = route.scope if isinstance(route.scope, Scope) else Scope.READ
            for who, expected in asked(route).items():
                if (expected in REFUSED) is is_refused:
                    found = await status(keeper, route, keys[scope][who])
                    if found != expected:
                        wrong.append((route.method, route.path, who, expected, found))
        left = left or dump(tmp_path / "state")
        await keeper.settle()  # the credentials have expired meanwhile

    assert wrong == []
    assert left == before
    assert ROWS.keys() == {(route.method, route.path) for route in all_routes()}


# What a key that only looks is refused although it is a GET: values of credentials, and what calls WeChat.
NOT_LOOKS = {
    "/task/{appid}/{type}",
    "/task/{appid}/{type}/{subject}",
    "/v1/deliveries/{delivery}/interception",
}


async def test_who_only_looks_gets_no_value_of_a_credential_and_changes_nothing(
    keeper: Caller,
) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    looks = (await make(keeper, "view")).text
    narrow = (await make(keeper, "view", appids=[OTHER])).text
    secrets = (await keeper.value(f"{APPID}/0"), SECRET, keeper.daemon.admin_key)

    wrong, shown = [], []
    for route in all_routes():
        answer = await called(keeper, route, looks)
        if any(secret in str(answer.json) for secret in secrets):
            shown.append((route.method, route.path))
        if route in NATIVE and isinstance(route.scope, Scope):
            seen = route.method == "GET" and route.path not in NOT_LOOKS
            opens = seen and route.scope in (Scope.READ, Scope.PUSH)
            if (answer.status != 403) is not opens:
                wrong.append((route.method, route.path))
    own, others = [(await keeper.call("GET", "/tasks", key=key)).result for key in (looks, narrow)]
    ready = await keeper.call("GET", "/readyz", key=looks)
    token = await keeper.call(
        "GET", f"/cgi-bin/token?appid={APPID}&secret={looks}&grant_type=client_credential", key=""
    )

    assert (wrong, shown) == ([], [])
    assert ([one["appid"] for one in own], others) == ([APPID], [])
    assert (ready.status, "store" in ready.json["result"]) == (200, True)
    assert "access_token" not in token.json


async def test_who_is_limited_is_shown_nothing_of_others(keeper: Caller) -> None:
    await keeper.register({"type": 0}, {"type": 1})
    await keeper.register({"type": 0}, {"type": 1}, appid=OTHER)

    seen = {}
    for name, limits in (
        ("appid", {"appids": [APPID]}),
        ("type", {"types": [1]}),
        ("both", {"appids": [OTHER], "types": ["jsapi_ticket"]}),
        ("elsewhere", {"appids": ["wx0"]}),
    ):
        key = await make(keeper, "read", **limits)
        found = (await keeper.call("GET", "/tasks", key=key.text)).result
        seen[name] = [(job["appid"], job["type"]) for job in found]

    assert seen == {
        "appid": [(APPID, 0), (APPID, 1)],
        "type": [(APPID, 1), (OTHER, 1)],
        "both": [(OTHER, 1)],
        "elsewhere": [],
    }


async def test_a_limited_listing_comes_in_pages_that_miss_nothing(keeper: Caller) -> None:
    accounts = [f"wx{number}" for number in range(4)]
    for appid in accounts:
        await keeper.register({"type": 0}, {"type": 1}, appid=appid)
    by_account = await make(keeper, "read", appids=accounts[1:])
    by_type = await make(keeper, "read", types=[0, 1])

    found = [await pages(keeper, key.text) for key in (by_account, by_type)]

    both = ("access_token", "jsapi_ticket")
    assert found[0] == [(appid, kind) for appid in accounts[1:] for kind in both]
    assert found[1] == [(appid, kind) for kind in both for appid in accounts]


async def test_asking_for_what_lies_beyond_a_limit_is_refused_with_the_limit(
    keeper: Caller,
) -> None:
    key = await make(keeper, "read", "register", appids=[APPID], types=[0])

    body = {"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}, {"type": 1}]}
    answers = [
        await keeper.call("GET", f"/tasks?appid={OTHER}", key=key.text),
        await keeper.call("GET", "/tasks?type=1", key=key.text),
        await keeper.call("GET", f"/task/{APPID}/1", key=key.text),
        await keeper.call("POST", "/register", body=body, key=key.text),
        await keeper.call("POST", "/register", body=body | {"appid": OTHER}, key=key.text),
    ]

    to_types = "this API key is limited to the types access_token"
    to_appids = f"this API key is limited to the appids {APPID}"
    assert [answer.status for answer in answers] == [403] * 5
    assert [answer.json["message"] for answer in answers] == [
        to_appids, to_types, to_types, f"tasks[1].type: {to_types}", f"appid: {to_appids}",
    ]  # fmt: skip
    assert await keeper.jobs() == []


async def callers(keeper: Caller, scope: Scope) -> dict[str, str]:
    """A key of each kind, by the name of the column."""
    others = [other for other in Scope if other not in (scope, Scope.ADMIN, Scope.VIEW)]
    narrow = {} if scope is Scope.ADMIN else {"appids": [APPID], "types": [0]}
    limited = others if scope is Scope.ADMIN else [scope]  # an admin key cannot be limited
    revoked = await make(keeper, scope)
    await end(keeper, revoked)
    keys: dict[str, Made] = {
        "wrong_scope": await make(keeper, *others),
        "other_appid": await make(keeper, *limited, appids=[OTHER]),
        "other_type": await make(keeper, *limited, types=["wx_card_ticket"]),
        "expired": await make(keeper, scope, expires_in=1),
        "revoked": revoked,
        "foreign": await make(keeper, scope, networks=[ELSEWHERE]),
        "right_key": await make(keeper, scope, networks=[HERE], **narrow),
    }
    return {"no_key": "", "wrong_key": "wsk_wrong"} | {who: key.text for who, key in keys.items()}


async def status(keeper: Caller, route: Route, key: str) -> int:
    answered = (await called(keeper, route, key)).status
    # The loops stand still here, so /readyz admits the caller and answers 503.
    return 200 if answered == 503 else answered


async def called(keeper: Caller, route: Route, key: str) -> Answer:
    place = {
        "appid": APPID,
        "type": "0",
        "subject": "oSTRANGER",
        "id": "key_none",
        "account": APPID,
    }
    place |= {
        "operation": "get_healthz",
        "session": "ses_none",
        "reminder": "0" * 32,
        "name": "alice",
        "consumer": "nobody",
    }
    place |= dict.fromkeys(("app", "topic", "message", "delivery", "alert"), "1")
    place |= {"family": "cgi-bin", "path": "menu/get"}
    place |= dict.fromkeys(("area", "api", "capability", "spt", "content", "messageId"), "x")
    body = BODIES.get(route.path) if route.method != "GET" else None
    path = route.path.format(**place)
    return await keeper.call(route.method, path, body=body, key=key, follow=False)


async def pages(keeper: Caller, key: str) -> list[tuple[str, str]]:
    """A listing, two at a time."""
    found: list[tuple[str, str]] = []
    path = "/tasks?limit=2"
    while path:
        page = await keeper.call("GET", path, key=key)
        found += [(job["appid"], job["kind"]) for job in page.result]
        path = page.headers.get("Link", "").partition("<")[2].partition(">")[0]
    return found


def dump(state: Path) -> dict[str, list[Any]]:
    """Every row of every table."""
    with sqlite3.connect(state / "wechat-scheduler.db") as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = {name: database.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names}
    database.close()
    return rows
