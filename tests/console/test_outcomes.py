"""What a form has done is said by a page of its own address."""

import re
from collections.abc import Sequence
from datetime import timedelta

from tests.clock import FakeClock
from tests.console.visitor import Browser, browser
from tests.house import APPID, Caller
from tests.platform.sealing import KEY
from tests.web.test_reminders import Office
from wechat_scheduler.access.outcomes import KEPT
from wechat_scheduler.storage.database import Row

PUSHES = "/console/pushes"


async def test_the_page_that_says_what_a_form_did_is_for_the_session_that_sent_the_form(
    admin: Browser, keeper: Caller
) -> None:
    fields = {"account": APPID, "token": "sandboxtoken", "encoding_aes_key": KEY}
    made = await admin.submit(await admin.open(PUSHES), f"{PUSHES}/set-up", **fields)
    place = made.url.raw_path_qs

    again = await admin.open(place)
    altered = await admin.open(f"{place}0")
    elsewhere = await admin.open(f"/console/alerts/test?{place.partition('?')[2]}")
    async with browser(keeper) as other:
        await other.sign_in(keeper.daemon.admin_key)
        others = await other.open(place)
    (change,) = (await keeper.call("GET", "/v1/audit?action=callback.set")).result

    assert (again.title, again.text) == (made.title, made.text)
    assert f"/wechat/callback/{APPID}" in again.text
    assert KEY not in place
    assert [one.url.path for one in (altered, elsewhere, others)] == [
        PUSHES, "/console/alerts", PUSHES,
    ]  # fmt: skip
    assert change["object"] == APPID


async def test_no_address_says_what_was_deleted_and_the_store_keeps_it_sealed_for_an_hour(
    admin: Browser, keeper: Caller, clock: FakeClock
) -> None:
    office = Office(keeper.daemon, keeper._session)
    await office.open()
    made = (await office.remind(title="复查")).result
    path = f"/console/reminders/{made['id']}"

    deleted = await admin.submit(await admin.open(path), f"{path}/delete")
    key = deleted.url.query["outcome"]
    (row,) = await _kept(keeper, key)
    clock.advance(KEPT + timedelta(minutes=5))
    await keeper.daemon.cores.retention.housekeeping.forget()

    assert "“复查” is deleted" in deleted.text
    assert len(str(deleted.url.relative())) < 100
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", key)
    assert "复查" not in row["answer"]
    assert await _kept(keeper, key) == []


async def _kept(keeper: Caller, key: str) -> Sequence[Row]:
    return await keeper.daemon.ground.database.read("SELECT * FROM answers WHERE key = $1", key)


async def test_a_test_of_alerts_is_not_sent_again_by_a_reload(
    admin: Browser, keeper: Caller
) -> None:
    sent = await admin.post("/console/alerts/test", await _proof(admin))
    again = await admin.open(sent.url.raw_path_qs)

    assert (sent.status, sent.title) == (200, "What each answered")
    assert again.text == sent.text


async def _proof(admin: Browser) -> dict[str, str]:
    page = await admin.open("/console/alerts")
    return {"csrf": page.root.find("input", name="csrf")[0]["value"]}


async def test_a_request_that_is_tried_is_carried_out_once(admin: Browser, keeper: Caller) -> None:
    operation = "/docs/post_v1_apps"
    page = await admin.open(operation)
    body = f'{{"name": "shop", "appid": "{APPID}"}}'

    tried = [await admin.submit(page, button="Send", body=body) for _ in range(2)]
    apps = (await keeper.call("GET", "/v1/apps")).result

    assert [one.status for one in tried] == [200, 200]
    assert len(apps) == 1
