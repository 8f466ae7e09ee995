"""No form is taken that another page, another session or nobody has made; and what every response permits."""

from collections.abc import Iterator
from typing import Any

from yarl import URL

from tests.console.furnishing import is_strict
from tests.console.visitor import Browser, browser
from tests.house import APPID, Caller
from wechat_scheduler.web.console.routes import CONSOLE
from wechat_scheduler.web.kit.route import Proof

PLACES = {
    "operation": "post_v1_apps", "appid": APPID, "type": "0", "subject": "x", "delivery": "1", "reminder": "0" * 32,
    "app": "1", "name": "amy", "topic": "1", "id": "admin", "consumer": "shop", "session": "ses_none",
}  # fmt: skip


def posts() -> Iterator[str]:
    for route in CONSOLE:
        if (route.method, route.scope) == ("POST", Proof.SESSION):
            yield route.path.format(**PLACES)


def proof_in(page: Any) -> str:
    return str(page.root.find("input", name="csrf")[0]["value"])


async def test_no_form_is_taken_without_its_proof(admin: Browser, keeper: Caller) -> None:
    own = proof_in(await admin.open("/"))
    door = await admin.open("/console/sign-in")
    async with browser(keeper) as other:
        of_another = proof_in(await other.sign_in(keeper.daemon.admin_key))
        of_the_door = proof_in(await other.open("/"))
    elsewhere = {"Origin": "https://evil.example"}
    cases: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({"csrf": ""}, {}),
        ({"csrf": of_another}, {}),
        ({"csrf": of_the_door}, {}),
        ({"csrf": own}, {"Sec-Fetch-Site": "cross-site"}),
        ({"csrf": own}, {"Sec-Fetch-Site": "none"}),
        ({"csrf": own}, {"Sec-Fetch-Site": "", **elsewhere}),
    ]
    assert door.url.path == "/"

    taken = []
    for number, path in enumerate(posts()):
        # Each path in two of the ways, and each way on many paths.
        for fields, headers in (cases[number % 7], cases[(number + 3) % 7]):
            got = await admin.post(path, {**fields, "sure": "1"}, headers=headers)
            taken += [(path, fields, headers)] if got.status != 403 else []

    assert taken == []
    assert (await admin.open("/")).title == "Overview"


async def test_a_form_in_the_address_changes_nothing(admin: Browser) -> None:
    proof = proof_in(await admin.open("/"))

    pages_too = {route.path for route in CONSOLE if route.method == "GET"}
    statuses = {
        (
            await admin.open(f"{route.path.format(**PLACES)}?csrf={proof}&sure=1", follow=False)
        ).status
        for route in CONSOLE
        if route.method == "POST" and route.path not in pages_too
    }

    assert statuses <= {403, 404, 405}
    sent = await admin.post(f"/console/sign-out?csrf={proof}", {})
    assert sent.status == 403


async def test_nobody_brings_a_session_along(visitor: Browser, keeper: Caller) -> None:
    """A cookie that somebody else has set is replaced by the one of the sign-in."""
    visitor.session.cookie_jar.update_cookies({"console_session": "chosen"}, URL(keeper.daemon.url))

    await visitor.sign_in(keeper.daemon.admin_key)

    (cookie,) = [one for one in visitor.session.cookie_jar if one.key == "console_session"]
    assert cookie.value != "chosen"


async def test_errors_and_pages_for_strangers_have_the_strict_policy(
    admin: Browser, keeper: Caller
) -> None:
    wrong = [
        "/console/messages?errcode=x", "/console/messages/9", "/console/apps/9", "/docs/none",
        "/console/credentials/none", "/console/access/audit?since=x",
    ]  # fmt: skip

    found = {path: await admin.open(path) for path in wrong}
    found["POST"] = await admin.post("/console/alerts/test", {})
    async with browser(keeper) as stranger:
        found["/console/sign-in"] = await stranger.open("/console/sign-in")
        found["wrong key"] = await stranger.sign_in("wsk_wrong")
        found["no form"] = await stranger.post("/console/sign-in", {})

    assert [place for place, page in found.items() if not is_strict(page)] == []
    for path in ("/console/none", "/console/assets/none.css", "/console/pushes/remove"):
        page = await admin.open(path)
        assert page.status in (404, 405), path
        assert "unsafe" not in page.headers.get("Content-Security-Policy", ""), path
        assert page.headers["X-Content-Type-Options"] == "nosniff", path
