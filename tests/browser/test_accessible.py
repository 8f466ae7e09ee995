"""Each page of the console, as people with and without a screen reader, a mouse and a wide window meet it."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.access.doors import make
from tests.house import APPID
from wechat_scheduler.web.console.routes import CONSOLE
from wechat_scheduler.web.kit.route import Proof

if TYPE_CHECKING:
    from tests.browser.background import Background
    from tests.browser.person import Person

# A stream, and a page that has the same parts as the one with the shorter path.
OTHERS = ("/console/live", "{subject}")
PAGES = tuple(
    route.path
    for route in CONSOLE
    if (route.method, route.scope) == ("GET", Proof.SESSION)
    and not any(other in route.path for other in OTHERS)
)


@pytest.fixture
def names(place: "Background") -> dict[str, Any]:
    """Something of each kind, by the names in the paths of pages."""
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


@pytest.mark.parametrize(
    ("dark", "width", "language"), [(False, "wide", "en"), (True, "narrow", "zh-CN")]
)
def test_axe_finds_nothing_wrong_with_any_page(
    person: "Person", names: dict[str, Any], dark: bool, width: str, language: str
) -> None:
    from tests.browser.person import axe_core

    if (axe := axe_core()) is None:
        pytest.skip("needs axe-core of npm, as .ci/run gets it")
    person.likes(dark=dark)
    person.resize(width)
    person.reads(language)

    found = []
    for path in PAGES:
        person.open(path.format(**names))
        wrong = [*person.problems(axe), *person.complaints()]
        if (pixels := person.overflow()) > 0:
            wrong.append(f"is {pixels} pixels too wide")
        found += [f"{path} {one}" for one in wrong]

    assert found == []
