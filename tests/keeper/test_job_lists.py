"""Lists and counts of tasks over HTTP, within what the key reaches."""

from urllib.parse import urlencode

import pytest

from tests.access.doors import make
from tests.house import APPID, AUTHORIZER, COMPONENT, Caller

OTHER = "wx9999999999999999"


@pytest.fixture
async def kept(keeper: Caller) -> Caller:
    """Two accounts of which one has no value yet."""
    await keeper.register({"type": 0}, {"type": 1})
    await keeper.register({"type": 0}, appid=OTHER, appsecret="another-secret")
    await keeper.settle()
    return keeper


async def test_tasks_are_found_by_state_by_error_and_by_how_they_begin(kept: Caller) -> None:
    async def found(**query: str) -> list[tuple[str, str]]:
        return [(job["appid"], job["kind"]) for job in await kept.jobs(f"?{urlencode(query)}")]

    assert await found(state="fresh") == [(APPID, "access_token"), (APPID, "jsapi_ticket")]
    assert await found(error="operator") == await found(error="any") == [(OTHER, "access_token")]
    assert await found(error="transient") == []
    assert await found(search="WX9") == [(OTHER, "access_token")]
    assert await found(search="wx", own="true", type="1") == [(APPID, "jsapi_ticket")]
    assert await found(contested="true") == []


async def test_counts_say_how_many_tasks_are_in_each_state(kept: Caller) -> None:
    counts = (await kept.call("GET", "/v1/tasks/counts")).result
    some = (await kept.call("GET", "/v1/tasks/counts?search=wx9")).result

    assert counts["all"] == 3
    assert counts["states"] == {"pending": 1, "fresh": 2, "stale": 0, "expired": 0, "revoked": 0}
    assert counts["errors"] == {
        "transient": 0, "parent_invalid": 0, "needs_input": 0, "wait_until": 0, "operator": 1
    }  # fmt: skip
    assert counts["contested"] == 0
    assert (some["all"], some["states"]["pending"]) == (1, 1)


async def test_a_limited_key_sees_and_counts_its_own_tasks_only(kept: Caller) -> None:
    one = (await make(kept, "read", appids=[APPID, COMPONENT], types=[1, 4])).text
    page = await kept.call("GET", "/tasks?search=wx&limit=1", key=one)
    rest = await kept.call("GET", page.headers["Link"].split(">")[0][1:], key=one)
    counts = await kept.call("GET", "/v1/tasks/counts", key=one)
    refused = await kept.call("GET", f"/v1/tasks/counts?appid={OTHER}", key=one)

    assert [job["kind"] for job in page.result] == ["jsapi_ticket"]
    assert rest.result == []
    assert (counts.result["all"], counts.result["errors"]["operator"]) == (1, 0)
    assert refused.status == 403


async def test_each_page_goes_on_where_the_last_one_ended(kept: Caller) -> None:
    await kept.register({"type": 3, "params": "http://erp/p"}, appid=COMPONENT)
    theirs = {"type": 4, "authorizer_appid": AUTHORIZER, "params": "http://erp/p"}
    await kept.register(theirs, appid=COMPONENT)
    path, seen = "/tasks?search=wx&limit=2", list[str]()
    while path:
        page = await kept.call("GET", path)
        seen += [f"{job['appid']}/{job['kind']}" for job in page.result]
        path = page.headers.get("Link", "").partition(">")[0][1:]

    assert seen == [f"{job['appid']}/{job['kind']}" for job in await kept.jobs()]
    assert len(seen) == 5


async def test_each_task_says_how_many_calls_it_may_make_today(kept: Caller) -> None:
    jobs = await kept.jobs("?own=true&type=0")

    assert [(job["calls_today"], job["calls_limit"]) for job in jobs] == [(1, 1000), (1, 1000)]


REFUSED = [
    ("state=good", "state: must be one of pending, fresh, stale, expired, revoked"),
    ("error=bad", "error: must be one of any, transient,"),
    ("own=yes", "own: must be one of true"),
    (f"search={'w' * 129}", "search: has more than 128 characters"),
]


async def test_a_filter_that_is_none_is_refused(keeper: Caller) -> None:
    for query, message in REFUSED:
        answer = await keeper.call("GET", f"/tasks?{query}")

        assert answer.status == 400, query
        assert answer.json["message"].startswith(message)
