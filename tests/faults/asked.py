"""Every GET of every API and page that is answered from the database, each of something that is there."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from tests.house import APPID
from tests.sending.town import Town
from tests.web.compat.games import IS_SET, by_the_book, play
from wechat_scheduler.audience.model import Purpose
from wechat_scheduler.delivery.model import Content
from wechat_scheduler.web.native.routes import NATIVE
from wechat_scheduler.web.pages.paths import (
    JOINERS,
    home_path,
    message_path,
    owner_path,
    subscribe_path,
    switches_path,
)
from wechat_scheduler.web.pages.qr_images import qr_path

OPEN = {"Authorization": ""}
SIGNATURE, PAGE = "/v1/jssdk/{appid}/signature", "https://shop.example.com"

# GETs that read no rows, or begin something: `status` of `tests/access/test_routes.py` calls them.
OTHERS = {
    "/healthz", "/readyz", "/metrics", "/openapi.json", "/wechat/callback/{appid}", "/wechat/callback/{appid}/{account}",
    "/v3/{area}/{api}", "/api/send/message", "/api/send/message/{spt}/{content}",
    "/v1/tasks/{appid}/{type}/{subject}/readers", "/v1/alerts/{alert}", "/v1/deliveries/{delivery}/interception",
    "/api/product/query-pay-end-time", "/task/{appid}/{type}/{subject}", "/reminds/media/{id}", "/reminds/api/{id}/share_post/",
}  # fmt: skip


class Asked(NamedTuple):
    """`marker` is in the answer while the rows behind another thing of the same list are whole."""

    path: str
    headers: Mapping[str, str] = {}
    marker: str = ""


async def asked(place: Town) -> dict[str, Asked]:
    """By the pattern of the route. What is asked for is in the last row of each table."""
    app, links, places = place.app.id, place.links, f"/v1/apps/{place.app.id}"
    amy = await place.follow("o_amy")
    await place.caller.register({"type": 0}, appid="wx5555555555555555")
    await place.call("PATCH", f"/v1/accounts/{APPID}", body={"name": "news"})
    await place.call("POST", "/v1/keys", {"name": "shop", "scopes": ["read"]})
    for name in ("shop", "blog"):
        await place.call("POST", "/v1/consumers", {"name": name, "appids": [APPID]})
    game = await play(place)
    uid = game.uid
    await place.subscribe(place.app, uid)
    amys, own = [
        {"Authorization": f"Token {await place.directory.make_user_token(app, each)}"}
        for each in (amy, uid)
    ]
    reminders = [await _reminder(place, amys, "first"), await _reminder(place, own, "last")]
    await place.desk.join(reminders[1], amy)
    messages = [await _message(place, amy), await _message(place, uid)]
    await place.caller.register({"type": 1})
    await place.call("PUT", f"/v1/jssdk/{APPID}/origins", body={"origins": [PAGE]})
    await place.settle()
    deliveries = [(await place.deliveries(message_id=each))[0].id for each in messages]
    topics = [
        (await place.call("POST", f"{places}/topics", {"name": each})).result for each in "ab"
    ]
    code = await place.codes.make(place.app, Purpose.APP, lifetime=timedelta(days=1))
    wanted = {"appToken": place.token, "extra": "x"}
    scanned = (await place.call("POST", "/api/fun/create/qrcode", wanted, key="")).json["data"]
    consent = (await place.call("POST", f"{places}/subscribers/{uid}/openid")).result["consent_url"]
    reminder, message, delivery = reminders[1], messages[1], deliveries[1]
    values = {
        "appid": APPID, "type": "0", "app": app, "name": uid, "topic": topics[1]["id"],
        "message": message, "delivery": delivery, "reminder": reminder, "consumer": "blog",
    }  # fmt: skip
    return _of_our_own(values) | {
        "/tasks": Asked("/tasks", marker=APPID),
        "/v1/accounts": Asked("/v1/accounts", marker=APPID),
        "/v1/keys": Asked("/v1/keys", marker="made at the first start"),
        "/v1/consumers": Asked("/v1/consumers", marker="shop"),
        "/v1/audit": Asked("/v1/audit", marker="register"),
        "/v1/settings": Asked("/v1/settings", marker="server.host"),
        "/v1/apps/{app}/topics": Asked(f"{places}/topics", marker=str(topics[0]["id"])),
        "/v1/apps/{app}/subscribers": Asked(f"{places}/subscribers", marker=amy),
        "/v1/messages": Asked("/v1/messages", marker=str(messages[0])),
        "/v1/deliveries": Asked("/v1/deliveries", marker=str(deliveries[0])),
        "/v1/reminders": Asked("/v1/reminders", marker=reminders[0]),
        SIGNATURE: Asked(
            f"{SIGNATURE.format(appid=APPID)}?url={PAGE}/", {"Authorization": "", "Origin": PAGE}
        ),
        IS_SET: Asked(f"{IS_SET}?{_signed(place, game.openid, game.openkey)}", OPEN),
        "/api/send/query/status": Asked(f"/api/send/query/status?sendRecordId={delivery}", OPEN),
        "/api/send/query/{messageId}": Asked(f"/api/send/query/{delivery}", OPEN),
        "/api/send/query/status/{messageId}": Asked(f"/api/send/query/status/{delivery}", OPEN),
        "/api/fun/scan-qrcode-uid": Asked(f"/api/fun/scan-qrcode-uid?code={scanned['code']}", OPEN),
        "/api/fun/wxuser": Asked(f"/api/fun/wxuser?appToken={place.token}", OPEN, amy),
        "/api/fun/wxuser/v2": Asked(f"/api/fun/wxuser/v2?appToken={place.token}", OPEN, amy),
        "/reminds/api/": Asked("/reminds/api/", amys, reminders[0]),
        "/reminds/api/{id}/": Asked(f"/reminds/api/{reminder}/", own),
        "/reminds/api/{id}/qrcode/": Asked(f"/reminds/api/{reminder}/qrcode/", own),
        "/reminds/{id}": Asked(f"/reminds/{reminder}", OPEN),
        "/profile/api/": Asked("/profile/api/", own),
        "/consent/{capability}": Asked(place_of(consent), OPEN),
        "/m/{capability}": Asked(message_path(links, message), OPEN),
        "/f/{capability}": Asked(subscribe_path(links, app), OPEN),
        "/h/{capability}": Asked(home_path(links, place.app, uid), OPEN),
        "/u/{capability}": Asked(switches_path(links, uid, place.clock.now()), OPEN),
        "/qr/{capability}.jpg": Asked(qr_path(links, code.scene.id), OPEN),
        "/q/{capability}": Asked(f"/q/{links.capability(JOINERS, reminder)}", OPEN),
        "/r/{capability}": Asked(owner_path(links, reminder), OPEN),
    }


def _of_our_own(values: Mapping[str, Any]) -> dict[str, Asked]:
    gets = [route.path for route in NATIVE if route.method == "GET" and route.path not in OTHERS]
    return {path: Asked(path.format_map(values)) for path in gets}


def place_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


async def _reminder(place: Town, own: Mapping[str, str], title: str) -> str:
    """One that recurs, and that its owner joined."""
    body: dict[str, Any] = {"title": title, "time": 1797559200000, "repeat": {"day": 1}}
    made = (await place.call("POST", "/reminds/api/", body, key="", headers=own)).json
    return str(made["id"])


async def _message(place: Town, uid: str) -> int:
    order = await place.sending.prepare(place.app, Content(text="hello"), names=[uid])
    await place.sending.put(order)
    return order.message.id


def _signed(place: Town, openid: str, openkey: str) -> str:
    common = {"openid": openid, "openkey": openkey, "appid": str(place.app.id)}
    sent = {**common, "pf": "qzone", "format": "json", "userip": "112.90.139.30", "cmd": "1"}
    sent["sig"] = by_the_book(place.app.app_key, "GET", IS_SET, sent)
    return urlencode(sent)
