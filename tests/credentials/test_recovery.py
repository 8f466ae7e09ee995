"""A refresh token that is lost or refused is asked of WeChat, once, and of what was kept before."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.credentials.office import AUTHORIZER, COMPONENT, Office, Script, office, refusal, scripts
from tests.stores.samples import task
from tests.stores.suite import expecting
from wechat_scheduler.credentials.model import AUTHORIZATION
from wechat_scheduler.credentials.policy import Freshness, freshness
from wechat_scheduler.credentials.ports import IssueRequest
from wechat_scheduler.errors import InvalidRequestError, WeChatError
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.wechat.tokens.authorizer import AuthorizerAccessToken

PARAMS = "http://erp/params"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REFUSED = refusal(Reaction.NEEDS_INPUT, errcode=61023, refused="authorizer_refresh_token")
NOT_GIVEN = refusal(Reaction.NEEDS_INPUT, errcode=61003, refused=AUTHORIZATION)
BUSY = refusal(Reaction.TRANSIENT, errcode=-1)


@dataclass(slots=True, kw_only=True)
class Recovering(Script):
    """Answers what it is told to when it is asked for a refresh token, else that there is none."""

    known: deque[str | WeChatError] = field(default_factory=deque)
    recoveries: list[Mapping[str, str]] = field(default_factory=list)

    async def recover(self, request: IssueRequest) -> str:
        self.recoveries.append(request.inputs)
        answer = self.known.popleft() if self.known else ""
        if isinstance(answer, WeChatError):
            raise answer
        return answer


@pytest.fixture
def account() -> Recovering:
    return Recovering.like(AuthorizerAccessToken)


@pytest.fixture
async def listening(account: Recovering) -> Office:
    """A platform whose pushes come to us, with a ticket and a token of its own."""
    found = office(issuers=scripts() | {account.kind: account})
    found.database.run(expecting(COMPONENT.appid))
    found.push("component_verify_ticket", "ticket")
    await found.register(COMPONENT)
    await found.settle()
    return found


async def refused_once(office: Office, account: Recovering, *answers: WeChatError) -> None:
    """The job has a value; the next answers to it are these."""
    account.known.append("first")
    await office.register(AUTHORIZER)
    await office.settle()
    account.recoveries.clear()
    account.answer(*answers)


def tokens(account: Recovering) -> list[str]:
    return [inputs["authorizer_refresh_token"] for inputs in account.inputs]


async def test_an_account_without_a_refresh_token_gets_wechats(
    listening: Office, account: Recovering
) -> None:
    account.known.append("RT")

    await listening.register(AUTHORIZER)
    await listening.settle()

    assert tokens(account) == ["RT"]
    assert account.recoveries == [{"component_access_token": "component_access_token-1"}]
    assert (await listening.look(AUTHORIZER)).calls == 2


async def test_a_refused_refresh_token_is_replaced_by_wechats(
    listening: Office, account: Recovering
) -> None:
    await refused_once(listening, account, REFUSED)
    account.known.append("RT")

    await listening.refresh(AUTHORIZER)

    assert tokens(account) == ["first", "refresh-1", "RT"]
    assert (await listening.look(AUTHORIZER)).fault is None


async def test_where_wechat_has_none_the_tokens_of_before_are_tried(
    listening: Office, account: Recovering
) -> None:
    await refused_once(listening, account)
    await listening.refresh(AUTHORIZER)
    account.answer(REFUSED)

    await listening.refresh(AUTHORIZER)

    assert tokens(account) == ["first", "refresh-1", "refresh-2", "refresh-1"]
    assert len(account.recoveries) == 1


async def test_a_recovery_in_vain_is_repeated_once_a_day(
    listening: Office, account: Recovering
) -> None:
    await refused_once(listening, account)
    account.answer(REFUSED, times=9)
    await listening.refresh(AUTHORIZER)
    fault = (await listening.look(AUTHORIZER)).fault

    await listening.pass_time(DAY - HOUR)
    within = len(account.recoveries)
    await listening.pass_time(HOUR)

    assert fault is not None
    assert fault.errcode == 61023
    assert (within, len(account.recoveries)) == (1, 2)


async def test_where_params_is_asked_again_wechat_is_asked_once(
    listening: Office, account: Recovering
) -> None:
    listening.systems.answers[PARAMS] = {"authorizer_refresh_token": "old"}
    account.answer(REFUSED, times=99)
    await listening.register(task(AUTHORIZER, params=PARAMS))
    await listening.settle()

    for _ in range(12):
        await listening.pass_time(timedelta(minutes=10))

    assert len(account.recoveries) == 1
    assert len(listening.systems.asked) > 6


async def test_a_recovery_that_fails_by_chance_is_tried_again_soon(
    listening: Office, account: Recovering
) -> None:
    account.known.extend((BUSY, "RT"))
    await listening.register(AUTHORIZER)
    await listening.settle()
    view = await listening.look(AUTHORIZER)

    await listening.pass_time(timedelta(seconds=1))

    assert view.fault is not None
    assert view.fault.reaction is Reaction.TRANSIENT
    assert tokens(account) == ["RT"]


async def test_a_dead_platform_token_during_a_recovery_is_refreshed_first(
    listening: Office, account: Recovering
) -> None:
    stale = refusal(Reaction.PARENT_INVALID, errcode=40001, refused="component_access_token")
    account.known.extend((stale, "RT"))

    await listening.register(AUTHORIZER)
    await listening.settle()

    used = [inputs["component_access_token"] for inputs in account.recoveries]
    assert used == ["component_access_token-1", "component_access_token-2"]
    assert tokens(account) == ["RT"]


async def test_an_account_that_took_its_consent_back_is_left_alone(
    listening: Office, account: Recovering
) -> None:
    await refused_once(listening, account, NOT_GIVEN)

    await listening.refresh(AUTHORIZER)
    view = await listening.look(AUTHORIZER)
    await listening.pass_time(29 * DAY)

    assert freshness(view, listening.clock.now()) is Freshness.REVOKED
    assert (view.waits_on, view.expires_at) == (AUTHORIZATION, None)
    assert account.recoveries == []


async def test_who_is_found_not_to_have_consented_is_left_alone_too(
    listening: Office, account: Recovering
) -> None:
    account.known.append(NOT_GIVEN)

    await listening.register(AUTHORIZER)
    await listening.settle()
    view = await listening.look(AUTHORIZER)
    await listening.pass_time(29 * DAY)

    assert freshness(view, listening.clock.now()) is Freshness.REVOKED
    assert len(account.recoveries) == 1
    assert account.requests == []


async def test_registering_again_has_wechat_asked_again(
    listening: Office, account: Recovering
) -> None:
    account.known.extend((NOT_GIVEN, "RT"))
    await listening.register(AUTHORIZER)
    await listening.settle()

    await listening.register(AUTHORIZER)
    await listening.settle()

    assert tokens(account) == ["RT"]


async def test_only_a_platform_that_listens_may_leave_params_out(account: Recovering) -> None:
    deaf = office(issuers=scripts() | {account.kind: account})

    with pytest.raises(InvalidRequestError):
        await deaf.register(COMPONENT)
