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
    place.run(make(town.caller, "read"))
    place.call("POST", "/v1/consumers", {"name": "shop", "appids": [APPID]})
    return {
        "app": town.app.id,
        "appid": APPID,
        "type": "access_token",
        "name": uid,
        "message": sent["id"],
        "delivery": sent["deliveries"][0]["id"],
        "reminder": reminder["id"],
        "operation": "post_v1_messages",
        "consumer": "shop",
    }
