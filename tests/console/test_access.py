"""The pages about access: keys, consumers, sessions and the audit."""

from datetime import timedelta

import msgspec

from tests.access.doors import make
from tests.clock import FakeClock
from tests.console.visitor import MARKUP, Browser, browser
from tests.house import APPID, SECRET, Caller
from tests.web.tenants import made_app
from wechat_scheduler.access.actions import Action
from wechat_scheduler.web.console.access.action_words import ACTION_WORDS, action_words

ROOM = "/console/access"


async def test_a_key_is_made_shown_once_listed_and_revoked(admin: Browser, keeper: Caller) -> None:
    form = await admin.open(f"{ROOM}/keys/new")
    made = await admin.submit(
        form,
        f"{ROOM}/keys/new",
        name="till",
        scopes=["read", "push"],
        appids=f"{APPID}\nwx2222222222222222",
        networks="127.0.0.0/8",
        expires_in="90",
    )
    text, _ = (one.text for one in made.root.find("code", class_="secret"))
    told = made.facts()
    assert told["Name"] == "till"
    assert "read: fetch credentials" in told["What it may do"]
    assert "127.0.0.0/8" in told["Reaches"]
    assert (await keeper.call("GET", "/tasks", key=text)).status == 200

    listed = await admin.open(ROOM)
    assert text not in listed.html
    (row,) = [row for row in listed.table() if row["Name"].startswith("till")]
    assert (row["State"], row["Scopes"]) == ("active", "push read".replace(" ", ""))
    assert row["Used last"] == "just now"
    assert row["Reaches"] == f"{APPID}wx2222222222222222127.0.0.0/8"

    after = await admin.submit(listed, button="Revoke")

    assert "The key was revoked." in after.text
    assert (await keeper.call("GET", "/tasks", key=text)).status == 401
    revoked = await admin.open(f"{ROOM}?state=revoked")
    assert [row["State"] for row in revoked.table()] == ["revoked"]


async def test_a_key_that_only_looks_is_not_given_what_fetches_credentials(admin: Browser) -> None:
    new = f"{ROOM}/keys/new"
    form = await admin.open(new)

    refused = await admin.submit(form, new, name="watcher", scopes=["view", "read"])
    made = await admin.submit(form, new, name="watcher", scopes=["view"], types=["access_token"])

    assert form.root.find("input", name="scopes", checked="") == []
    assert "read fetches values" in refused.root.one(id="error-scopes").text.lower()
    assert made.facts()["Reaches"] == "access_token"
    assert "fetch" not in made.facts()["What it may do"].replace("fetch no credential", "")


async def test_a_form_for_a_key_offers_the_accounts_that_are_kept_and_is_carried_out_once(
    admin: Browser, keeper: Caller, clock: FakeClock
) -> None:
    await keeper.register({"type": 0})
    form = await admin.open(f"{ROOM}/keys/new")
    typed = {"appids": "wx2222222222222222", "expires_in": "9"}
    wish = {"name": "till", "accounts": [APPID], "scopes": ["read"]} | typed

    kept = await admin.submit(form, f"{ROOM}/keys/new", **wish | {"name": ""})
    twice = [await admin.submit(form, f"{ROOM}/keys/new", **wish) for _ in range(2)]
    (row,) = [row for row in (await admin.open(ROOM)).table() if row["Name"].startswith("till")]
    await keeper.call("DELETE", f"/v1/accounts/{APPID}")
    gone = await admin.submit(form, f"{ROOM}/keys/new", **wish | {"name": ""})

    assert len(gone.root.find("input", value=APPID, checked="")) == 1, "it would reach all"
    assert len(kept.root.find("input", value=APPID, checked="")) == 1
    assert twice[0].root.find("code", class_="secret")[0].text in twice[1].html
    assert row["Reaches"] == f"{APPID}wx2222222222222222"
    assert row["Used last"] == "never used"
    assert row["Expires"].endswith("ends soon")


async def test_a_browser_without_scripts_is_asked_before_a_key_is_revoked(
    admin: Browser, keeper: Caller
) -> None:
    key = await make(keeper, "read")
    listed = await admin.open(ROOM)

    asked = await admin.submit(listed, button="Revoke", sure=None)
    assert (asked.title, "out at once" in asked.text) == ("Are you sure?", True)
    assert (await keeper.call("GET", "/tasks", key=key.text)).status == 200
    done = await admin.submit(asked, button="Yes, do it")

    assert "The key was revoked." in done.text
    assert (await keeper.call("GET", "/tasks", key=key.text)).status == 401


async def test_all_mistakes_are_said_beside_their_fields_and_what_was_typed_stays(
    admin: Browser,
) -> None:
    form = await admin.open(f"{ROOM}/keys/new")
    typed = {"appids": "wx1\nwx!", "networks": "10.0.0.1/8\n::1\nx", "types": ["nothing"]}

    page = await admin.submit(
        form, f"{ROOM}/keys/new", name=MARKUP, scopes=[], expires_in="soon", **typed
    )
    right = await admin.submit(
        form, f"{ROOM}/keys/new", name="till", scopes=["read"], networks="10.0.0.1/8"
    )

    assert (page.status, right.status) == (400, 400)
    said = [one.text for one in page.root.find("p", class_="error")]
    assert [text.partition(":")[0] for text in said[:1]] == ["Name what the key is for."]
    beside = {name: page.root.one(id=f"error-{name}").text for name in (*typed, "expires_in")}
    assert beside["appids"].startswith("no. 2 (wx!): must be letters")
    first, third = beside["networks"].split(" no. 3 ")
    assert first.startswith("no. 1 (10.0.0.1/8): is not a network")
    assert third.startswith("(x): is not a network such as 10.0.0.0/8")
    assert page.root.one(id="field-networks").written.strip() == typed["networks"]
    assert "unknown task type" in beside["types"].lower()
    assert beside["expires_in"] == "Must be 1 to 3660 days."
    assert len(said) == 5
    assert page.root.one("input", name="name")["value"] == MARKUP
    assert page.root.one(id="field-networks")["aria-invalid"] == "true"
    (alone,) = right.root.find("p", class_="error")
    assert alone["id"] == "error-networks"


async def test_a_consumer_is_made_changed_given_a_new_secret_and_revoked(
    admin: Browser, keeper: Caller
) -> None:
    new, here = f"{ROOM}/consumers/new", f"{ROOM}/consumers/of/shop"
    made = await admin.submit(
        await admin.open(new), new, name="shop", appids=APPID, per_day="100", stand_in=["on"]
    )
    first = made.root.one("code", class_="secret").text
    assert f"{keeper.daemon.url} in the place of https://api.weixin.qq.com" in made.text

    page = await admin.open(here)
    assert page.title == "shop"
    assert page.facts()["Calls in a day"] == "100"
    form = await admin.open(f"{here}/edit")
    assert form.root.one("textarea", name="appids").text == APPID
    wrong = await admin.submit(form, f"{here}/edit", per_day="many", networks="x", deny_paths="y")
    assert [one["id"] for one in wrong.root.find("p", class_="error")] == [
        "error-networks", "error-deny_paths", "error-per_day",
    ]  # fmt: skip
    saved = await admin.submit(form, f"{here}/edit", per_day="200", deny_paths="/cgi-bin/menu/*")
    assert "hold at once" in saved.text
    assert (saved.facts()["Calls in a day"], saved.facts()["Not these paths"]) == (
        "200",
        "/cgi-bin/menu/*",
    )

    rotated = [await admin.submit(saved, button="New secret") for _ in range(2)]
    (second,) = {page.root.one("code", class_="secret").text for page in rotated}
    assert second != first
    ended = await admin.submit(await admin.open(here), button="Revoke")

    assert "The consumer was revoked." in ended.text
    assert [row["State"] for row in ended.table()] == ["revoked"]
    assert (await admin.open(f"{ROOM}/consumers/of/nobody")).status == 404


async def test_a_consumer_of_an_account_that_is_not_registered_is_made_and_says_so(
    admin: Browser, keeper: Caller
) -> None:
    await keeper.register({"type": 0})
    new, other = f"{ROOM}/consumers/new", "wx2222222222222222"

    made = await admin.submit(
        await admin.open(new), new, name="shop", appids=f"{APPID}\n{other}", stand_in=["on"]
    )
    shown = await admin.open(f"{ROOM}/consumers/of/shop")
    translated = await admin.open(f"{ROOM}/consumers/of/shop", Accept_Language="zh-CN")

    for page in (made, shown):
        (told,) = [
            one for one in page.root.find("p", class_="advice") if "is not registered" in one.text
        ]
        assert told.text.startswith(f"The account {other} is not registered here: calls for it")
        assert told.one("a")["href"] == f"/console/credentials/register?appid={other}"
    assert f"账号 {other} 还没有在这里登记" in translated.text
    assert made.root.one("code", class_="secret").text


async def test_while_the_gateway_is_off_the_pages_of_consumers_say_which_setting_turns_it_on(
    admin: Browser, keeper: Caller
) -> None:
    new, config = f"{ROOM}/consumers/new", keeper.daemon.running.config

    on = [await admin.open(f"{ROOM}/consumers"), await admin.open(new)]
    gateway = msgspec.structs.replace(config.gateway, enabled=False)
    keeper.daemon.running.config = msgspec.structs.replace(config, gateway=gateway)
    form = await admin.open(new)
    made = await admin.submit(form, new, name="shop", appids=APPID)
    listed = await admin.open(f"{ROOM}/consumers")
    translated = await admin.open(new, Accept_Language="zh-CN")

    for page in (form, made, listed):
        assert "The gateway is off here" in page.text
        assert "gateway.enabled = true" in page.text
    assert "网关没有开启" in translated.text
    assert not [page for page in on if "gateway.enabled" in page.text]


async def test_sessions_are_listed_and_ended(admin: Browser, keeper: Caller) -> None:
    key = await make(keeper, "read")
    async with browser(keeper) as other:
        await other.sign_in(key.text)
        page = await admin.open(f"{ROOM}/sessions")
        rows = page.table()
        (theirs,) = [
            row for row in page.root.one("tbody").find("tr") if key.id in row.find("td")[0].text
        ]
        action = theirs.one("form")["action"]
        seen = await admin.submit(page, action)
        out = await other.open("/")

    assert {row["Key"] for row in rows} == {
        f"shop {key.id}",
        "made at the first start admin this one",
    }
    assert "The session has ended." in seen.text
    assert out.url.path == "/console/sign-in"


async def test_a_key_that_is_no_admin_sees_its_own_sessions_only(
    visitor: Browser, keeper: Caller
) -> None:
    key = await make(keeper, "read")
    async with browser(keeper) as other:
        await other.sign_in(keeper.daemon.admin_key)
        await visitor.sign_in(key.text)

        page = await visitor.open(ROOM)
        refused = await visitor.open(f"{ROOM}/audit")

    assert page.url.path == f"{ROOM}/sessions"
    assert [row["Key"] for row in page.table()] == [f"shop {key.id} this one"]
    assert [one.text for one in page.root.one("nav", class_="tabs").find("a")] == ["Sessions"]
    assert (refused.status, "with the scope admin" in refused.text) == (403, True)


async def test_the_audit_is_paged_and_found_by_time_and_object(
    admin: Browser, keeper: Caller
) -> None:
    made = [await make(keeper, "read") for _ in range(3)]

    page = await admin.open(f"{ROOM}/audit")
    found = await admin.submit(page, f"{ROOM}/audit", object=made[1].id)
    today = await admin.open(f"{ROOM}/audit?since=2026-11-18&until=2026-11-18&action=key.created")
    before = await admin.open(f"{ROOM}/audit?until=2026-11-01")
    wrong = await admin.open(f"{ROOM}/audit?since=x")

    made_key, signed_in = "API key made key.created", "Signed in session.opened"
    assert [row["Action"] for row in page.table()] == [made_key] * 3 + [signed_in]
    assert [row["Object"] for row in found.table()] == [f"shop {made[1].id}"]
    assert [row["Object"] for row in today.table()] == [f"shop {key.id}" for key in reversed(made)]
    assert {row["By"] for row in page.table()} == {"made at the first start admin"}
    assert "No entry fits" in before.text
    assert (wrong.status, "must be a time" in wrong.text.lower()) == (400, True)


async def test_the_audit_names_who_acted_and_offers_the_ids_of_keys_with_their_names(
    admin: Browser, keeper: Caller
) -> None:
    key = await make(keeper, "register", name="billing")
    body = {"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}]}
    await keeper.call("POST", "/register", body=body, key=key.text)

    page = await admin.open(f"{ROOM}/audit?action=job.registered", Accept_Language="zh-CN")

    (row,) = page.table()
    assert (row["操作者"], row["操作"]) == (f"billing {key.id}", "登记凭据 job.registered")
    offered = {one["value"]: one.text for one in page.root.one("datalist").find("option")}
    assert offered[key.id] == "billing"
    actions = [one.text for one in page.root.one("select", name="action").find("option")]
    assert "登记凭据（job.registered）" in actions


async def test_the_audit_leads_to_what_it_names_and_says_which_hour_reads_are_of(
    admin: Browser, keeper: Caller
) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    app = await made_app(keeper, "shop")
    key = await make(keeper, "read", name="till")
    for _ in range(2):
        await keeper.call("GET", f"/task/{APPID}/0", key=key.text)
    pushes = await keeper.call("PUT", "/callbacks/wx7", body={"token": "sandboxtoken"})

    page = await admin.open(f"{ROOM}/audit")

    rows = {row["Action"].rpartition(" ")[2]: row for row in page.table()}
    read = rows["credential.read"]
    assert (read["Time"], read["By"]) == ("in the hour from 2026-11-18 10:00", f"till {key.id}")
    assert (read["Address"], read["Count"]) == ("not noted", "2")
    assert rows["app.created"]["Object"] == f"shop {app['id']}"
    led = [one["href"] for one in page.root.one("table").find("a")]
    assert {f"/console/credentials/{APPID}/access_token", f"/console/apps/{app['id']}"} <= {*led}
    assert (pushes.status, "/console/pushes?endpoint=wx7" in led) == (200, True)
    assert [path for path in led if (await admin.open(path)).status != 200] == []


def test_every_action_of_the_audit_has_words_in_both_languages() -> None:
    assert set(ACTION_WORDS) == set(Action)
    assert len({words.en for words in ACTION_WORDS.values()}) == len(Action)
    assert len({words.zh for words in ACTION_WORDS.values()}) == len(Action)
    assert not [words for words in ACTION_WORDS.values() if words.zh.isascii()]
    assert all(words.en.isascii() for words in ACTION_WORDS.values())
    assert action_words("some.thing") == ("some.thing", "some.thing")


async def test_a_session_that_has_just_begun_ends_in_eight_hours(
    admin: Browser, clock: FakeClock
) -> None:
    clock.advance(timedelta(seconds=1))

    page = await admin.open("/console/access/sessions")

    assert [row["Expires"] for row in page.table()] == ["in 8 h"]
