"""What people call accounts: given at the registration or afterwards, shown in lists, found by search."""

from typing import Any
from urllib.parse import urlencode

from tests.access.doors import make
from tests.house import APPID, AUTHORIZER, COMPONENT, SECRET, Answer, Caller

OTHER = "wx9999999999999999"


def body(**fields: Any) -> dict[str, Any]:
    return {"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0}], **fields}


async def rename(keeper: Caller, appid: str, name: str, key: str | None = None) -> Answer:
    return await keeper.call("PATCH", f"/v1/accounts/{appid}", body={"name": name}, key=key)


async def named(keeper: Caller, query: str = "") -> dict[str, str]:
    return {
        one["appid"]: one["name"]
        for one in (await keeper.call("GET", f"/v1/accounts{query}")).result
    }


async def noted(keeper: Caller) -> list[str]:
    return [
        one["object"] for one in (await keeper.call("GET", "/v1/audit?action=account.named")).result
    ]


async def test_a_registration_names_the_account_and_the_originals_path_ignores_a_name(
    keeper: Caller,
) -> None:
    for wrong in ("晨报", 5, ["x"]):
        assert (await keeper.call("POST", "/registe", body=body(name=wrong))).status == 200
    before = await named(keeper)

    first = await keeper.call("POST", "/register", body=body(Name=" 晨报 "))
    again = await keeper.call("POST", "/register", body=body(name="晨报"))
    unnamed = [
        await keeper.call("POST", "/register", body=body(**each)) for each in ({}, {"name": ""})
    ]
    (job,) = await keeper.jobs()

    assert before == {APPID: ""}
    assert [one.status for one in (first, again, *unnamed)] == [200] * 4
    assert (job["name"], job["subject_name"]) == ("晨报", "")
    assert await named(keeper) == {APPID: "晨报"}
    assert await noted(keeper) == [APPID]


async def test_a_registration_leaves_the_name_that_a_person_gave(keeper: Caller) -> None:
    await keeper.call("POST", "/register", body=body(name="erp-main"))
    await rename(keeper, APPID, "晨报")
    typed = (await make(keeper, "read", "register", types=[0])).text

    answers = [
        await keeper.call("POST", "/register", body=body(name="erp-main"), key=key)
        for key in (None, typed)
    ]
    left = await named(keeper)
    await rename(keeper, APPID, "")
    await keeper.call("POST", "/register", body=body(name="erp-main"))

    assert [one.status for one in answers] == [200, 200]
    assert left == {APPID: "晨报"}
    assert await named(keeper) == {APPID: "erp-main"}
    assert await noted(keeper) == [APPID] * 4


async def test_a_name_is_changed_and_removed_and_the_audit_notes_each_change_once(
    keeper: Caller,
) -> None:
    await keeper.register({"type": 0})

    answers = [await rename(keeper, APPID, name) for name in ("晨报", "晨报", "晚报 2", "")]
    unknown = await rename(keeper, OTHER, "x")
    long = await rename(keeper, APPID, "长" * 65)
    turned = await rename(keeper, APPID, "a\u202eb")

    assert [one.status for one in answers] == [200] * 4
    assert await noted(keeper) == [APPID] * 3
    assert await named(keeper) == {APPID: ""}
    assert (unknown.status, unknown.json["reason"]) == (404, "task.unknown")
    for one in (long, turned):
        assert one.json["message"] == "name: must be 1 to 64 printable characters"


async def test_an_account_that_authorised_a_platform_has_a_name_too(keeper: Caller) -> None:
    theirs = {"type": 4, "authorizer_appid": AUTHORIZER, "params": "http://erp/p"}
    await keeper.register({"type": 3, "params": "http://erp/p"}, theirs, appid=COMPONENT)
    await rename(keeper, COMPONENT, "平台")
    await rename(keeper, AUTHORIZER, "晨报")

    (job,) = await keeper.jobs(f"?subject={AUTHORIZER}")
    accounts = (await keeper.call("GET", "/v1/accounts")).result
    await keeper.call("DELETE", f"/task/{COMPONENT}/4/{AUTHORIZER}")
    after = await named(keeper)
    await keeper.register(theirs, appid=COMPONENT)

    assert (job["name"], job["subject_name"]) == ("平台", "晨报")
    assert accounts == [
        {"appid": COMPONENT, "name": "平台", "kept": True},
        {"appid": AUTHORIZER, "name": "晨报", "kept": True},
    ]
    assert after == {COMPONENT: "平台"}
    assert await named(keeper) == {COMPONENT: "平台", AUTHORIZER: ""}


async def test_a_name_goes_with_the_account(keeper: Caller) -> None:
    await keeper.call("POST", "/register", body=body(name="晨报"))
    await keeper.call("DELETE", f"/task/{APPID}/0")
    kept = (await keeper.call("GET", "/v1/accounts")).result
    await keeper.register({"type": 0})
    still = await named(keeper)
    await keeper.call("DELETE", f"/v1/accounts/{APPID}")
    gone = await named(keeper)
    await keeper.register({"type": 0})

    assert kept == [{"appid": APPID, "name": "晨报", "kept": False}]
    assert still == {APPID: "晨报"}
    assert gone == {}
    assert await named(keeper) == {APPID: ""}


async def test_tasks_are_found_and_counted_by_the_name_of_their_account(keeper: Caller) -> None:
    await keeper.call("POST", "/register", body=body(name="Morning 晨报 100%"))
    await keeper.register({"type": 0}, appid=OTHER)
    theirs = {"type": 4, "authorizer_appid": AUTHORIZER, "params": "http://erp/p"}
    await keeper.register({"type": 3, "params": "http://erp/p"}, theirs, appid=COMPONENT)
    await rename(keeper, AUTHORIZER, "晨练")

    async def found(text: str) -> list[str]:
        query = urlencode({"search": text})
        jobs = await keeper.jobs(f"?{query}")
        counts = (await keeper.call("GET", f"/v1/tasks/counts?{query}")).result
        assert counts["all"] == len(jobs)
        return [job["subject"] or job["appid"] for job in jobs]

    assert await found("晨") == [APPID, AUTHORIZER]
    assert await found("晨报") == await found("MORNING") == await found("0%") == [APPID]
    assert await found("%") == [APPID]
    assert await found("_") == []
    assert await found("wx9") == [OTHER]


async def test_a_limited_key_sees_and_names_its_own_accounts_only(keeper: Caller) -> None:
    await keeper.call("POST", "/register", body=body(name="晨报"))
    await keeper.register({"type": 0}, appid=OTHER)
    own = (await make(keeper, "read", "register", appids=[OTHER])).text
    typed = (await make(keeper, "read", "register", types=[0])).text
    both = f"?appids={APPID},{OTHER}"

    seen = await keeper.call("GET", "/v1/accounts", key=own)
    asked = await keeper.call("GET", f"/v1/accounts{both}", key=own)
    foreign = await keeper.call("GET", f"/v1/accounts?appids={APPID}", key=own)
    refused = await rename(keeper, APPID, "x", key=own)
    of_types = await rename(keeper, APPID, "x", key=typed)
    other = await keeper.call("POST", "/register", body=body(name="x"), key=typed)
    same = await keeper.call("POST", "/register", body=body(name="晨报"), key=typed)
    first = await keeper.call("POST", "/register", body=body(appid=OTHER, name="x"), key=typed)

    assert seen.result == asked.result == [{"appid": OTHER, "name": "", "kept": True}]
    assert foreign.result == []
    assert (refused.status, of_types.status) == (403, 403)
    assert (other.status, same.status, first.status) == (200, 200, 200)
    assert await named(keeper) == {APPID: "晨报", OTHER: "x"}


async def test_a_key_of_types_sees_the_accounts_alone_that_have_such_a_credential(
    keeper: Caller,
) -> None:
    await keeper.call("POST", "/register", body=body(name="晨报"))
    ticket = {"appid": OTHER, "tasks": [{"type": 0}, {"type": "jsapi_ticket"}], "name": "晚报"}
    await keeper.call("POST", "/register", body=body(**ticket))
    of_tickets = (await make(keeper, "read", types=["jsapi_ticket"])).text
    of_both = (await make(keeper, "read", types=["jsapi_ticket"], appids=[APPID])).text

    seen = await keeper.call("GET", "/v1/accounts", key=of_tickets)
    guessed = await keeper.call("GET", f"/v1/accounts?appids={APPID}", key=of_tickets)
    none = await keeper.call("GET", "/v1/accounts", key=of_both)

    assert seen.result == [{"appid": OTHER, "name": "晚报", "kept": True}]
    assert guessed.result == none.result == []


async def test_accounts_come_in_pages_and_many_are_asked_for_at_once(keeper: Caller) -> None:
    appids = [f"wx{number:03}" for number in range(7)]
    theirs = [{"type": 4, "authorizer_appid": appid, "params": "http://erp/p"} for appid in appids]
    await keeper.register(*theirs, appid=COMPONENT)
    path, seen = "/v1/accounts?limit=3", list[str]()
    while path:
        page = await keeper.call("GET", path)
        seen += [one["appid"] for one in page.result]
        path = page.headers.get("Link", "").partition(">")[0][1:]
    asked = ",".join([*appids[:5], "wx-unknown", appids[0]])

    assert seen == [*appids, COMPONENT]
    assert [*await named(keeper, f"?appids={asked}")] == appids[:5]
    wrong = await keeper.call("GET", "/v1/accounts?appids=wx1,,wx2")
    assert wrong.json["message"] == "appids: must be at most 1000 appids with commas between"
