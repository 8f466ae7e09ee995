"""The page of one API key."""

from tests.access.doors import make
from tests.console.visitor import Browser
from tests.house import APPID, Caller

ROOM = "/console/access"


async def test_a_key_is_opened_from_the_list_and_shows_what_it_may_do_and_did(
    standing: Caller, someone: Browser
) -> None:
    await standing.register({"type": 0})
    await standing.call("PATCH", f"/v1/accounts/{APPID}", body={"name": "晨报"})
    key = await make(
        standing,
        "register",
        "read",
        name="till",
        appids=[APPID],
        types=[0],
        networks=["127.0.0.0/8"],
    )
    await standing.call("POST", f"/task/{APPID}/0/refresh", key=key.text)

    listed = await someone.open(ROOM)
    (link,) = [one["href"] for one in listed.root.find("a") if one.text == "till"]
    page = await someone.open(link)
    chinese = await someone.open(link, Accept_Language="zh-CN")

    facts = page.facts()
    assert page.title == "till"
    assert facts["State"] == "active"
    assert facts["Accounts"] == f"晨报 {APPID}"
    assert facts["Types of credentials"] == "access_token"
    assert facts["Networks"] == "127.0.0.0/8"
    assert "register: register and remove credentials" in facts["What it may do"]
    assert facts["Created"]
    assert "never used" not in facts["Used last"]
    did, made = page.table("What it did last"), page.table("What was done with it")
    assert [row["Action"] for row in did] == ["Refresh requested job.refreshed"]
    assert [(row["Action"], row["By"]) for row in made] == [
        ("API key made key.created", "made at the first start admin")
    ]
    assert "最近的操作" in chinese.text


async def test_a_key_is_replaced_by_another_like_it(standing: Caller, someone: Browser) -> None:
    old = await make(
        standing,
        "push",
        "read",
        name="shop",
        appids=[APPID, "wx8"],
        types=[1],
        networks=["10.0.0.0/8"],
    )
    page = await someone.open(f"{ROOM}/keys/of/{old.id}")
    (like,) = [one["href"] for one in page.root.find("a") if one.text == "Make another like it"]
    made = await someone.submit(await someone.open(like), f"{ROOM}/keys/new")
    (back,) = [one["href"] for one in made.root.find("a") if "to revoke" in one.text]
    revoked = await someone.submit(await someone.open(back), f"{ROOM}/keys/{old.id}/revoke")
    ended = await someone.open(back)

    keys = (await standing.call("GET", "/v1/keys")).result
    former, new = sorted(
        (one for one in keys if one["name"] == "shop"), key=lambda one: one["id"] != old.id
    )
    for name in ("scopes", "appids", "types", "networks"):
        assert former[name] == new[name]
    assert back == f"{ROOM}/keys/of/{old.id}"
    assert "The key was revoked." in revoked.text
    assert (former["state"], new["state"]) == ("revoked", "active")
    assert ended.facts()["State"] == "revoked"
    assert not ended.root.find("form", action=f"{ROOM}/keys/{old.id}/revoke")


async def test_admin_keys_and_unknown_ones(standing: Caller, someone: Browser) -> None:
    admin = await someone.open(f"{ROOM}/keys/of/admin")
    unknown = await someone.open(f"{ROOM}/keys/of/key_none")
    no_model = await someone.open(f"{ROOM}/keys/new?like=key_none")
    audit = await someone.open(f"{ROOM}/audit?action=key.created")

    assert admin.title == "made at the first start"
    assert not admin.root.find("form", action=f"{ROOM}/keys/admin/revoke")
    assert (unknown.status, no_model.status) == (404, 404)
    assert all(
        one["href"].startswith(f"{ROOM}/keys/of/") for one in audit.root.one("tbody").find("a")
    )


async def test_no_other_key_opens_the_page(standing: Caller, stranger: Browser) -> None:
    key = await make(standing, "read", "push", "register")
    await stranger.sign_in(key.text)

    assert (await stranger.open(f"{ROOM}/keys/of/{key.id}")).status == 403
