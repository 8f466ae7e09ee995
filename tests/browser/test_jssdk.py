"""The page of docs/jssdk.md in a real browser, whose signature the sandbox checks."""

import re
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.documents import ROOT
from tests.house import APPID, served

if TYPE_CHECKING:
    from tests.browser.background import Background

DAEMON, SANDBOX = "http://127.0.0.1:9001", "http://127.0.0.1:9002"


def test_a_page_of_an_allowed_origin_is_configured_and_one_of_another_is_not(
    driver: Any, place: "Background"
) -> None:
    from tests.browser.person import Person

    page = _page().replace(DAEMON, place.url).replace(SANDBOX, place.town.wechat.url)
    serving = served(_application(page))
    url = place.run(serving.__aenter__())
    place.run(place.town.caller.register({"type": 1}))
    place.call("PUT", f"/v1/jssdk/{APPID}/origins", {"origins": [url]})

    shop = Person(driver, url)
    elsewhere = Person(driver, url.replace("127.0.0.1", "localhost"))
    told = {}
    for name, person in (("shop", shop), ("elsewhere", elsewhere)):
        person.open("/cart.html")
        person.wait(lambda person=person: person.reads_at("#told") != "waiting")
        told[name] = person.reads_at("#told")
    driver.get("about:blank")
    place.run(serving.__aexit__(None, None, None))

    assert told == {
        "shop": "wx.ready: JS-SDK may be called",
        "elsewhere": "no signature: Failed to fetch",
    }


def _page() -> str:
    (block,) = re.findall(r"```html\n(.*?)```", (ROOT / "docs/jssdk.md").read_text("utf-8"), re.S)
    return str(block)


def _application(page: str) -> web.Application:
    async def cart(request: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html")

    app = web.Application()
    app.router.add_get("/cart.html", cart)
    return app
