"""A house in which every text that somebody else may set is the same one."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

from yarl import URL

from tests.access.doors import make
from tests.alerts.samples import alert
from tests.clock import START
from tests.console.visitor import Browser, Page
from tests.house import APPID, Caller, WeChat
from tests.web.tenants import deliveries, made_app
from wechat_scheduler.sandbox.templates import SandboxTemplate
from wechat_scheduler.web.console.routes import CONSOLE
from wechat_scheduler.web.kit.route import Proof

# It ends an attribute and a tag, and begins others.
PLANT = "\"'><plant plant=1>&<script>alert(1)</script>"
SEND = "/cgi-bin/message/template/send"
STABLE = "/cgi-bin/stable_token"
# The pages that there are without any account, app or message.
PLAIN = [
    route.path
    for route in CONSOLE
    if (route.method, route.scope) == ("GET", Proof.SESSION)
    and "{" not in route.path
    and route.path != "/console/live"
]


async def furnish(
    keeper: Caller,
    weixin: WeChat,
    text: str,
    *,
    appid: str = APPID,
    number: int = 1,
    rule: str = "FREQ=DAILY",
) -> dict[str, str]:
    """Returns what was made, by the names in the paths of pages."""
    names = {"appid": appid, "type": "access_token", "operation": "post_v1_messages"}
    await keeper.register({"type": 0}, appid=appid, appsecret="sandbox-secret")
    called = {"name": text}
    assert (await keeper.call("PATCH", f"/v1/accounts/{appid}", body=called)).result
    await keeper.settle()
    app = await made_app(
        keeper, text, appid=appid, description=text, welcome=text, contact=text,
        callback="http://127.0.0.1:9/hook",
        templates={text: {"template_id": "T1", "fields": {"x": text}}},
    )  # fmt: skip
    base = f"/v1/apps/{app['id']}"
    names |= {"app": str(app["id"])} | await _people(keeper, base, text, number)
    weixin.sandbox.put_template(
        SandboxTemplate(
            template_id=f"AT{number}-x", title=text, content=f"{text}:{{{{thing1.DATA}}}}"
        )
    )
    assert (await keeper.call("POST", f"{base}/templates")).status == 200
    await _messages(keeper, weixin, names, text, number)
    await _reminder(keeper, names, text, rule)
    consumer = {"name": f"shop{number}", "appids": [appid]}
    assert (await keeper.call("POST", "/v1/consumers", body=consumer)).result
    key = await make(keeper, "read", name=text)
    await keeper.call("GET", f"/task/{appid}/0", key=key.text)
    await keeper.daemon.cores.rounds.run_once()
    wrong = alert(
        id=number,
        version=0,
        since=START,
        fired_at=START,
        appid=appid,
        subject=text,
        text=text,
        advice=text,
    )
    await keeper.daemon.ground.stores.alerts.store([wrong], [], [], now=START)
    return names | {"consumer": f"shop{number}", "key": key.id}


async def _people(keeper: Caller, base: str, text: str, number: int) -> dict[str, str]:
    topic = (
        await keeper.call("POST", f"{base}/topics", body={"name": text, "description": text})
    ).result
    bound = [{"external_id": text, "openid": f"o_amy{number}"}]
    (person,) = (await keeper.call("POST", f"{base}/subscribers", body=bound)).result
    path = f"{base}/subscribers/{person['uid']}"
    assert (await keeper.call("PATCH", path, body={"nickname": text})).result
    return {"name": person["uid"], "topic": str(topic["id"])}


async def _messages(
    keeper: Caller, weixin: WeChat, names: dict[str, str], text: str, number: int
) -> None:
    weixin.sandbox.script(SEND, appid=names["appid"], errcode=47003, errmsg=text, times=None)
    wish = {
        "app": int(names["app"]), "to": [names["name"]], "title": text, "text": text,
        "data": {"thing1": text}, "template": text,
    }  # fmt: skip
    sent = (await keeper.call("POST", "/v1/messages", body=wish)).result
    await keeper.settle()
    (dead,) = await deliveries(keeper, f"?app={names['app']}")
    assert dead["state"] == "dead"
    names |= {"message": str(sent["id"]), "delivery": str(dead["id"])}


async def _reminder(keeper: Caller, names: dict[str, str], text: str, rule: str) -> None:
    body = {
        "app": int(names["app"]), "title": text, "text": text, "to": [names["name"], int(names["topic"])],
        "time": (START + timedelta(days=1)).isoformat(), "rule": rule,
    }  # fmt: skip
    names["reminder"] = (await keeper.call("POST", "/v1/reminders", body=body)).result["id"]


def pages(names: dict[str, str]) -> Iterator[str]:
    """The address of every page."""
    for route in CONSOLE:
        is_page = (route.method, route.scope) == ("GET", Proof.SESSION)
        if is_page and route.path != "/console/live" and "{subject}" not in route.path:
            places = {name: quote(one) for name, one in names.items()}
            yield route.path.format(**places, id=places["key"])


def strange(page: Page) -> list[str]:
    """What is on a page although no page of ours has it."""
    found = []
    for one in page.root.find():
        if one.tag == "plant" or (
            one.tag == "script" and not one["src"].startswith("/console/assets/")
        ):
            found.append(one.tag)
        found += [name for name in one.attributes if name.startswith(("on", "plant", "style"))]
        found += [
            one[name]
            for name in ("href", "src", "action", "formaction")
            if one[name]
            and not one[name].startswith(("/", "#", "?", "http://", "https://", "data:"))
        ]
    return found


def is_strict(page: Page) -> bool:
    """Whether the browser may run our own scripts alone, and keeps nothing of the page."""
    policy = page.headers["Content-Security-Policy"]
    return (
        "script-src 'self'" in policy
        and "unsafe" not in policy
        and page.headers["Cache-Control"] == "no-store"
        and page.headers["X-Content-Type-Options"] == "nosniff"
    )


async def walked(browser: Browser, first: list[str]) -> dict[str, Page]:
    """The pages, and those that their links lead to: of links that differ in values only, the first."""
    seen: dict[str, Page] = {}
    shapes = set()
    waiting = list(first)
    while waiting:
        path = waiting.pop(0)
        url = URL(path)
        shape = (url.path, *sorted(url.query))
        if shape in shapes or (
            url.path.startswith(("/console/look", "/docs/")) and path not in first
        ):
            continue
        shapes.add(shape)
        seen[path] = page = await browser.open(path)
        waiting += [
            link["href"].partition("#")[0]
            for link in page.root.find("a")
            if link["href"].startswith("/")
        ]
    return seen
