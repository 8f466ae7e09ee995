"""A further credential type is one file and one line: here its class, and `TYPES` with it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import click
import pytest

from tests.access.doors import make
from tests.business import Business
from tests.clock import FakeClock
from tests.documents import CHINESE, HTTP_API, README, credential_types
from tests.house import APPID, Caller, daemon, in_memory, wechat
from wechat_scheduler.cli.completion import complete_type
from wechat_scheduler.cli.jobs import show
from wechat_scheduler.credentials.model import Issued, JobKey
from wechat_scheduler.credentials.ports import IssueRequest, Need
from wechat_scheduler.wechat import tokens
from wechat_scheduler.wechat.tokens.base import TokenIssuer


class FakeTicket(TokenIssuer):
    kind = "fake_ticket"
    number = 7
    needs = (Need(name="access_token", parent=lambda ticket: JobKey(ticket.appid, "access_token")),)

    async def issue(self, request: IssueRequest) -> Issued:
        assert request.inputs["access_token"]
        return Issued(value="FAKE", answer='{"ticket": "FAKE"}', lifetime=timedelta(hours=2))


@pytest.fixture(autouse=True)
def types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "TYPES", (*tokens.TYPES, FakeTicket))


@pytest.fixture
async def keeper(tmp_path: Path) -> AsyncIterator[Caller]:
    clock = FakeClock()
    async with (
        wechat(clock) as weixin,
        daemon(tmp_path, weixin.url, clock=clock, opener=in_memory) as opened,
    ):
        yield opened


async def test_it_is_registered_kept_and_fetched_by_either_name(keeper: Caller) -> None:
    names: tuple[str | int, ...] = ("fake_ticket", "7", 7)
    for number, name in enumerate(names):
        appid = f"wx000000000000000{number}"
        async with Business() as business:
            tasks = ({"type": 0}, {"type": name, "notify": business.url("/notify")})
            await keeper.register(*tasks, appid=appid)
            await keeper.settle()

        values = [await keeper.value(f"{appid}/{path}") for path in ("7", "fake_ticket")]
        assert values == ["FAKE", "FAKE"], name
        job = await keeper.job(f"appid={appid}&type=7")
        assert (job["type"], job["kind"], job["state"]) == (7, "fake_ticket", "fresh"), name
        assert [dict(call.pairs)["type"] for call in business.calls] == ["7"], name


async def test_a_key_is_limited_to_it(keeper: Caller) -> None:
    await keeper.register({"type": 0}, {"type": "fake_ticket"})
    await keeper.settle()

    key = await make(keeper, "read", types=[7])

    answers = [await keeper.call("GET", f"/task/{APPID}/{type_}", key=key.text) for type_ in (7, 0)]
    assert [answer.status for answer in answers] == [200, 403]
    assert answers[1].json["message"] == "this API key is limited to the types fake_ticket"


async def test_it_is_described_measured_and_named_in_the_refusal_of_others(
    keeper: Caller,
) -> None:
    document = (await keeper.call("GET", "/openapi.json")).json
    await keeper.register({"type": 0}, {"type": "fake_ticket"})
    await keeper.settle()
    metrics = (await keeper.call("GET", "/metrics")).json
    refused = await keeper.register({"type": 9})

    named = document["components"]["schemas"]["CredentialType"]["enum"]
    assert {7, "7", "fake_ticket"} <= set(named)
    assert 'kind="fake_ticket"' in metrics
    assert refused.json["message"].endswith(f", {tokens.TYPES[-2].kind}, 7 fake_ticket")


def test_it_is_completed() -> None:
    (argument,) = [one for one in show.params if one.name == "kind"]

    found = complete_type(click.Context(show), argument, "")

    assert [one.value for one in found] == [
        *("access_token", "jsapi_ticket", "oauth2_access_token", "component_access_token"),
        *("authorizer_access_token", "wx_card_ticket", "fake_ticket"),
    ]


@pytest.mark.parametrize("document", [README, CHINESE, HTTP_API], ids=lambda path: path.name)
def test_a_real_one_would_have_to_be_documented(document: Path) -> None:
    kept = {one.kind: one.number for one in tokens.TYPES}

    assert kept.items() - credential_types(document).items() == {("fake_ticket", 7)}
