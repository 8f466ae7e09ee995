"""An account's token has one job, whether the account authorised the platform or a business registered it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.business import Business
from tests.clock import FakeClock
from tests.house import AUTHORIZER, COMPONENT
from tests.platform.listening import Platform

OTHER = "wx4444444444444444"
UNNAMED = f"{COMPONENT}/4"
QUERY_AUTH = "/cgi-bin/component/api_query_auth"
REFRESH = "/cgi-bin/component/api_authorizer_token"
OVERLAP = timedelta(minutes=6)


class Erp:
    """A business system whose `params` leads to an account."""

    def __init__(self, platform: Platform, business: Business) -> None:
        self._platform, self._business = platform, business
        self.keys: dict[str, str] = {}

    def leads(self, path: str, appid: str, refresh_token: str = "RT") -> None:
        answer = {"authorizer_appid": appid, "authorizer_refresh_token": refresh_token}
        self._business.answers[path] = lambda: answer

    async def registers(self, path: str, *, key: str = "", **task: Any) -> None:
        wanted = {"type": 4, "params": self._business.url(path)} | task
        body = {"appid": COMPONENT, "appsecret": "sandbox-secret", "tasks": [wanted]}
        answer = await self._platform.keeper.call(
            "POST", "/register", body=body, key=await self.key(key)
        )
        assert answer.status == 200, answer.json

    async def reads(self, path: str = UNNAMED, *, key: str = "") -> str:
        answer = await self._platform.keeper.call("GET", f"/task/{path}", key=await self.key(key))
        assert answer.status == 200, answer.json
        return str(answer.result)

    async def key(self, name: str) -> str | None:
        if not name:
            return None
        if name not in self.keys:
            body: Mapping[str, Any] = {"name": name, "scopes": ["register", "read"]}
            made = await self._platform.keeper.call("POST", "/v1/keys", body=body)
            self.keys[name] = made.result["key"]
        return self.keys[name]

    def told(self, path: str) -> list[str]:
        posts = (call for call in self._business.calls if call.method == "POST")
        return [call.json["authorizer_access_token"] for call in posts if call.path == path]


@pytest.fixture
async def erp(platform: Platform, business: Business) -> Erp:
    await platform.register()
    await platform.pushed()
    return Erp(platform, business)


async def grant(platform: Platform, appid: str = AUTHORIZER) -> str:
    """The account authorises the platform, but the event does not come yet. Returns the refresh token."""
    return platform.weixin.sandbox.grant_authorizer(COMPONENT, appid).authorizer_refresh_token


async def jobs(platform: Platform) -> list[str]:
    return [job["subject"] for job in await platform.keeper.jobs("?type=4")]


async def test_a_registration_without_a_name_joins_the_job_of_the_event(
    platform: Platform, erp: Erp, business: Business
) -> None:
    await grant(platform)
    await platform.pushed()
    value = await platform.value()
    erp.leads("/p", AUTHORIZER)

    await erp.registers("/p", notify=business.url("/n"))
    await platform.keeper.settle()

    assert await jobs(platform) == [AUTHORIZER]
    assert await erp.reads() == value == await platform.value()
    assert erp.told("/n") == [value]
    assert platform.weixin.sandbox.calls(REFRESH) == 0


async def test_the_event_finds_the_job_of_a_registration_without_a_name(
    platform: Platform, erp: Erp, business: Business
) -> None:
    erp.leads("/p", AUTHORIZER, await grant(platform))
    await erp.registers("/p", notify=business.url("/n"))
    await platform.keeper.settle()
    first = await erp.reads()

    await platform.pushed()

    assert await jobs(platform) == [AUTHORIZER]
    assert await erp.reads() == await platform.value() != first
    assert erp.told("/n") == [first, await erp.reads()]


async def test_a_token_that_two_ask_for_at_once_lives_under_both_names_until_the_account_revokes(
    platform: Platform, erp: Erp, clock: FakeClock
) -> None:
    erp.leads("/p", AUTHORIZER, await grant(platform))

    await erp.registers("/p")
    await platform.pushed()
    value = await erp.reads()
    clock.advance(OVERLAP)

    assert await jobs(platform) == [AUTHORIZER]
    assert value == await platform.value()
    assert await platform.works(value)

    said = await platform.keeper.call("POST", f"/task/{UNNAMED}/invalid", body={"value": value})
    await platform.keeper.settle()

    assert said.result == "refreshing"
    assert await erp.reads() == await platform.value() != value

    await grant(platform, OTHER)
    await platform.pushed()

    assert await jobs(platform) == [AUTHORIZER, OTHER]
    assert await erp.reads() == await platform.value(AUTHORIZER)
    assert await platform.works(await platform.value(OTHER))

    platform.weixin.sandbox.revoke_authorizer(COMPONENT, AUTHORIZER)
    await platform.pushed()

    answers = [await platform.keeper.fetch(path) for path in (UNNAMED, f"{UNNAMED}/{AUTHORIZER}")]
    assert [answer.status for answer in answers] == [503, 503]
    assert all("revoked its authorisation" in answer.json["message"] for answer in answers)
    await grant(platform)
    await platform.pushed()
    assert await platform.works(await erp.reads())


async def test_businesses_whose_params_lead_to_different_accounts_each_read_their_own(
    platform: Platform, erp: Erp
) -> None:
    for name, appid in (("a", AUTHORIZER), ("b", OTHER)):
        erp.leads(f"/{name}", appid, await grant(platform, appid))
        await erp.registers(f"/{name}", key=name)
    await platform.pushed()

    values = [await erp.reads(key=name) for name in ("a", "b")]

    assert values == [await platform.value(AUTHORIZER), await platform.value(OTHER)]
    admin = await platform.keeper.fetch(UNNAMED)
    assert admin.status == 409
    assert "name one" in admin.json["message"]


async def test_a_business_that_waits_for_its_params_reads_no_other_account(
    platform: Platform, erp: Erp, business: Business
) -> None:
    erp.leads("/a", AUTHORIZER, await grant(platform))
    await erp.registers("/a", key="a")
    await platform.keeper.settle()
    business.answers["/b"] = dict

    await erp.registers("/b", key="b")
    await platform.keeper.settle()

    waiting = await platform.keeper.call("GET", f"/task/{UNNAMED}", key=await erp.key("b"))
    assert waiting.status == 503
    assert "no authorizer_appid" in waiting.json["message"]
    assert await platform.works(await erp.reads(key="a"))


async def test_new_params_that_lead_to_another_account_change_what_the_url_means(
    platform: Platform, erp: Erp
) -> None:
    erp.leads("/a", AUTHORIZER, await grant(platform))
    await erp.registers("/a")
    await platform.pushed()
    erp.leads("/b", OTHER, await grant(platform, OTHER))
    before = await platform.keeper.fetch(UNNAMED)

    await erp.registers("/b")
    await platform.pushed()

    after = await platform.keeper.fetch(UNNAMED, **{"If-None-Match": before.headers["ETag"]})
    assert after.status == 200
    assert after.result == await platform.value(OTHER)
    assert await platform.works(await platform.value(AUTHORIZER))


async def test_the_task_without_a_name_is_removed_by_that_url_alone(
    platform: Platform, erp: Erp
) -> None:
    await grant(platform)
    await platform.pushed()
    erp.leads("/p", AUTHORIZER)
    await erp.registers("/p", key="a")
    await erp.registers("/p", key="a", authorizer_appid=AUTHORIZER)
    await platform.keeper.settle()

    removed = await platform.keeper.call("DELETE", f"/task/{UNNAMED}", key=await erp.key("a"))

    owners = [receiver["key"] for receiver in (await platform.job())["receivers"]]
    assert removed.status == 200
    assert len(owners) == 2
    assert "wechat" in owners
    assert await platform.works(await platform.value())
