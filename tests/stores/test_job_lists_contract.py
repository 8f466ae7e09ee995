"""Lists of jobs are narrowed by state and error, and counted, as each job shows its own."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from tests.stores.memory import memory_database
from tests.stores.samples import LEASE, LIFE, NOW, failed, registration, rotated
from tests.stores.suite import VAULT
from wechat_scheduler.credentials.model import AUTHORIZATION, Contest, JobKey
from wechat_scheduler.credentials.policy import CONTEST_SHOWN, Freshness, freshness, recent_contest
from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.engine.records import replace
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.credentials.job_filters import conditions
from wechat_scheduler.storage.credentials.job_lists import SqlListedJobs
from wechat_scheduler.storage.credentials.job_views import JOBS
from wechat_scheduler.storage.database import Database

LATER = NOW + LIFE
OLD = NOW - LIFE / 3
FAILING = (Reaction.OPERATOR, Reaction.NEEDS_INPUT, Reaction.TRANSIENT)


async def a_job_of_each_state(store: SqlCredentials) -> list[JobView]:
    """As seen at NOW."""
    keys = [JobKey("wx1", "authorizer_access_token", f"wxA{number}") for number in range(8)]
    await store.register(registration(JobKey("wx1", "access_token"), *keys), now=OLD - LIFE)
    for job in await store.claim(now=NOW, limit=99, lease=LEASE):
        match job.key.subject:
            case "wxA0" | "wxA1" | "wxA2" as subject:
                reaction = FAILING[int(subject[-1])]
                waits = AUTHORIZATION if reaction is Reaction.NEEDS_INPUT else ""
                await store.save(failed(job, reaction, waits_on=waits), now=NOW)
            case "wxA3":
                await store.save(rotated(job, at=NOW - 2 * LIFE), now=NOW)
            case "wxA4":
                await store.save(rotated(job, at=NOW - LIFE * 0.95), now=NOW)
            case "wxA5" | "wxA6" as subject:
                at = NOW if subject == "wxA5" else NOW - 2 * CONTEST_SHOWN
                contest = Contest(at=at, message="another fetches it", advice="stop it")
                await store.save(replace(rotated(job), contest=contest), now=NOW)
            case "wxA7":
                pass
            case _:
                await store.save(rotated(job), now=NOW)
    return list(await store.view(limit=99))


async def test_a_list_holds_the_jobs_that_show_the_state_the_error_or_the_contest(
    store: SqlCredentials,
) -> None:
    views = await a_job_of_each_state(store)

    for state in Freshness:
        found = await store.view(state=state, now=NOW, limit=99)
        assert found == [view for view in views if freshness(view, NOW) is state]
        assert found, state
    for reaction in FAILING:
        found = await store.view(error=reaction, now=NOW, limit=99)
        assert found == [view for view in views if view.fault and view.fault.reaction is reaction]
        assert found
    assert await store.view(error="any", now=NOW, limit=99) == [
        view for view in views if view.fault
    ]
    assert len(await store.view(errcode=-1, now=NOW, limit=99)) == len(FAILING)
    assert not await store.view(errcode=1, now=NOW, limit=99)
    contested = await store.view(contested=True, now=NOW, limit=99)
    assert contested == [view for view in views if recent_contest(view, NOW)]
    assert len(contested) == 1


async def test_counts_are_those_of_the_list(store: SqlCredentials, database: Database) -> None:
    views = await a_job_of_each_state(store)
    counter = SqlListedJobs(database, VAULT)

    counts = await counter.count(now=NOW)
    own = await counter.count(now=NOW, own=True)

    assert counts.states == Counter(freshness(view, NOW) for view in views)
    assert counts.errors == Counter(view.fault.reaction for view in views if view.fault)
    assert counts.contested == 1
    assert own.states == {"fresh": 1}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"search": "wxb"}, ["wxB1", "wxb2"]),
        ({"search": "WXB1"}, ["wxB1"]),
        ({"search": "wx1"}, ["", "wxB1", "wxb2"]),
        ({"search": "xB"}, []),
        ({"search": "%"}, []),
        ({"search": "wx1", "own": True}, [""]),
        ({"own": True, "kind": "authorizer_access_token"}, []),
        ({"search": "wx", "after": JobKey("wx1", "authorizer_access_token", "wxB1")}, ["wxb2"]),
    ],
)
async def test_a_search_finds_what_begins_so(
    store: SqlCredentials, filters: dict[str, Any], found: list[str]
) -> None:
    authorizers = [JobKey("wx1", "authorizer_access_token", name) for name in ("wxB1", "wxb2")]
    await store.register(registration(JobKey("wx1", "access_token"), *authorizers), now=NOW)

    listed = await store.view(**filters, limit=9)

    assert sorted(view.key.subject for view in listed) == sorted(found)


async def test_a_list_of_what_failed_is_found_by_index() -> None:
    where = conditions({"error": "any", "now": NOW + timedelta(0)})

    page = JOBS.format(where=where, limit=100)
    plan = await memory_database().read(f"EXPLAIN QUERY PLAN {page}", *where.values)

    steps = [row["detail"] for row in plan]
    assert any("jobs USING INDEX jobs_failing" in step for step in steps), steps
    assert not [step for step in steps if "ORDER BY" in step]
