"""Something of each kind, for the pages of the console to show."""

from typing import Any

from tests.access.doors import make
from tests.browser.background import Background
from tests.house import APPID


def furnish(place: Background) -> dict[str, Any]:
    """Returns what was made, by the names in the paths of pages."""
    town = place.town
    uid = place.run(town.follow("o_alice"))
    place.sandbox.script("/cgi-bin/message/template/send", errcode=47003, times=1)
    letter = {"app": town.app.id, "to": [uid], "text": "hello", "title": "A letter"}
    sent = place.call("POST", "/v1/messages", letter | {"channel": "template"})
    said = {"app": town.app.id, "title": "吃药", "rule": "FREQ=DAILY", "to": [uid]}
    reminder = place.call("POST", "/v1/reminders", said | {"time": "2027-01-05T09:00:00+08:00"})
    topic = place.call("POST", f"/v1/apps/{town.app.id}/topics", {"name": "news"})
    key = place.run(make(town.caller, "read"))
    place.call("PATCH", f"/v1/accounts/{APPID}", {"name": "晨报"})
    place.call("POST", "/v1/consumers", {"name": "shop", "appids": [APPID]})
    return {
        "app": town.app.id,
        "appid": APPID,
        "type": "access_token",
        "name": uid,
        "topic": topic["id"],
        "message": sent["id"],
        "delivery": sent["deliveries"][0]["id"],
        "reminder": reminder["id"],
        "operation": "post_v1_messages",
        "consumer": "shop",
        "id": key.id,
    }


# As long as a name may be, and a word that breaks nowhere by itself.
LONG = "W" * 64
# An account whose token WeChat refuses, so that its ticket waits.
FAILING = "wx8000000000000000"


def lengthen(place: Background, made: dict[str, Any]) -> dict[str, Any]:
    """Give what was made the longest names, and return a message and a reminder that have such a text, too. Credentials
    that fail have the longest states."""
    app, to = made["app"], [made["name"]]
    place.sandbox.script("/cgi-bin/stable_token", appid=FAILING, errcode=40125, times=None)
    place.run(place.town.caller.register({"type": 0}, {"type": 1}, appid=FAILING))
    url = f"https://example.com/{LONG * 3}"
    place.call("PATCH", f"/v1/accounts/{FAILING}", {"name": LONG})
    place.call("PATCH", f"/v1/apps/{app}", {"name": LONG, "description": LONG, "callback": url})
    place.call("PATCH", f"/v1/apps/{app}/subscribers/{made['name']}", {"nickname": LONG})
    place.call("POST", f"/v1/apps/{app}/topics", {"name": LONG, "description": LONG})
    place.run(make(place.town.caller, "read", name=LONG))
    said = {"app": app, "to": to, "title": LONG, "text": LONG * 3}
    sent = place.call("POST", "/v1/messages", {**said, "url": url, "channel": "template"})
    rule = "FREQ=YEARLY;BYMONTH=1,2,3,4,5;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9,10,11;BYMINUTE=1,2,3"
    due = {"time": "2027-01-05T09:00:00+08:00", "rule": rule}
    reminder = place.call("POST", "/v1/reminders", {**said, **due})
    delivery = sent["deliveries"][0]["id"]
    return made | {"message": sent["id"], "delivery": delivery, "reminder": reminder["id"]}
