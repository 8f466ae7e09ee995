"""Texts that users, business systems and WeChat set never become markup, on any page and in either language, and no
page permits a browser to run what is not ours."""

from tests.access.doors import make
from tests.alerts.samples import alert
from tests.clock import START
from tests.console.furnishing import PLANT, furnish, is_strict, pages, strange, walked
from tests.console.visitor import Browser
from tests.house import COMPONENT, Caller, WeChat
from tests.platform.listening import Platform
from tests.platform.sealing import Sender
from tests.web.tenants import send
from wechat_scheduler.alerts.model import Severity
from wechat_scheduler.engine.nodes import Node
from wechat_scheduler.statistics.model import Counted
from wechat_scheduler.storage.database import rows_of
from wechat_scheduler.storage.nodes import seen

STABLE = "/cgi-bin/stable_token"
SCRIPT = "javascript:alert(1)"


async def test_no_text_of_others_becomes_markup(
    visitor: Browser, keeper: Caller, weixin: WeChat
) -> None:
    names = await furnish(keeper, weixin, PLANT)
    await _more(keeper, weixin)
    visitor.session.headers["User-Agent"] = PLANT
    await visitor.sign_in((await make(keeper, "admin", name=PLANT)).text)
    tomorrow = "/console/reminders/agenda?day=2026-11-19"

    found = await walked(visitor, [*pages(names), tomorrow])
    delivery = f"/console/deliveries/{names['delivery']}"
    found["rid"] = await visitor.submit(found[delivery], f"{delivery}/rid")
    write = "/console/messages/write"
    message = {"app": names["app"], "to": names["name"], "title": PLANT, "text": PLANT}
    found["preview"] = await visitor.submit(found[write], write, **message)
    visitor.session.headers["Accept-Language"] = "zh-CN"
    found |= {f"{path}, in Chinese": await visitor.open(path) for path in pages(names)}

    assert [place for place, page in found.items() if page.status >= 500] == []
    assert {place: odd for place, page in found.items() if (odd := strange(page))} == {}
    assert [place for place, page in found.items() if not is_strict(page)] == []
    shown = {page.url.path for page in found.values() if "plant=1" in page.root.text}
    places = ("appid", "delivery", "message", "reminder", "app", "name")
    for told in ("/", "/console/messages", "/console/people", "/console/access",
                 "/console/access/sessions", "/console/alerts", "/console/reminders/agenda", "/console/credentials",
                 "/console/pushes", "/console/access/audit"):  # fmt: skip
        assert told in shown
    for place in places:
        assert any(names[place] in path for path in shown), place


async def _more(keeper: Caller, weixin: WeChat) -> None:
    """What comes of a push, a refusal of WeChat, another node, and the counts of errors."""
    platform = Platform(keeper, weixin)
    await platform.authorise()
    escaped = PLANT.replace("&", "&amp;").replace("<", "&lt;")
    document = f"<xml><AppId>{COMPONENT}</AppId><InfoType>{escaped}</InfoType></xml>"
    await platform.send(Sender().push(document))
    weixin.sandbox.script(STABLE, errcode=40164, errmsg=PLANT, times=None)
    await keeper.register({"type": 0}, appid="wx7777777777777777")
    await keeper.settle()
    wrong = {"version": 0, "since": START, "fired_at": START, "severity": Severity.CRITICAL}
    about = [
        alert(**wrong, id=11, appid=PLANT),
        alert(**wrong, id=12, appid="", subject=f"{PLANT} 2"),
    ]
    assert await keeper.daemon.ground.stores.alerts.store(about, [], [], now=START)
    now = keeper.daemon.ground.clock.now()
    node = Node(name="other", host=PLANT, version=PLANT, started_at=now, seen_at=now)
    for statement in seen(node):
        await keeper.daemon.ground.database.write(lambda it=statement: rows_of(it))
    keeper.daemon.cores.statistics.egress.note(PLANT)
    keeper.daemon.cores.statistics.meter.count(Counted.ERROR, "", errcode=PLANT)


async def test_no_address_of_others_runs_a_script(
    admin: Browser, keeper: Caller, weixin: WeChat
) -> None:
    names = await furnish(keeper, weixin, "some text")
    app = {"id": int(names["app"])}
    reminder = {"app": app["id"], "title": "x", "time": "2026-11-19T08:00:00+08:00", "to": ["*"]}

    refused = [
        await send(keeper, app, names["name"], url=SCRIPT),
        await keeper.call("POST", "/v1/reminders", body=reminder | {"url": SCRIPT}),
        *[
            await keeper.call("PATCH", f"/v1/apps/{app['id']}", body={name: SCRIPT})
            for name in ("home", "callback")
        ],
    ]
    written = await admin.submit(
        await admin.open("/console/messages/write"), "/console/messages/write",
        app=names["app"], to=names["name"], text="x", url=SCRIPT,
    )  # fmt: skip

    assert [answer.status for answer in refused] == [400] * 4
    assert written.status == 400
    assert not strange(written)
