"""The findings about accounts: each failure says what to do, and nothing that is not so."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from tests.business import Business, status
from tests.clock import START
from tests.doctor.test_examining import found
from tests.house import APPID, WeChat, daemon
from wechat_scheduler.config.settings import Config
from wechat_scheduler.credentials.model import ACCESS_TOKEN, Fault, JobKey
from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.doctor.accounts import credentials
from wechat_scheduler.doctor.finding import Finding, Level
from wechat_scheduler.reasons import Reaction


def view(reaction: Reaction | None, *, fresh: bool = False, advice: str = "do this") -> JobView:
    fault = (
        Fault(at=START, reaction=reaction, message="it failed", advice=advice) if reaction else None
    )
    later = START + timedelta(hours=1)
    return JobView(
        key=JobKey(APPID, ACCESS_TOKEN),
        version=int(fresh),
        issued_at=START if fresh else None,
        expires_at=later if fresh else None,
        renew_at=later if fresh else None,
        due_at=later,
        claimed=False,
        suspect=False,
        attempts=1,
        calls=1,
        waits_on="",
        fault=fault,
        contest=None,
        receivers=(),
    )


def finding(of: JobView, *, runs: bool = True) -> Finding:
    (one,) = credentials([of], START, runs=runs)
    return one


@pytest.mark.parametrize(
    ("reaction", "fresh", "level"),
    [
        (Reaction.TRANSIENT, True, Level.WARN),
        (Reaction.TRANSIENT, False, Level.FAIL),
        (Reaction.PARENT_INVALID, False, Level.WARN),
        (Reaction.NEEDS_INPUT, True, Level.FAIL),
        (Reaction.OPERATOR, True, Level.FAIL),
        (None, False, Level.WARN),
        (None, True, Level.OK),
    ],
)
def test_a_failure_is_what_callers_or_a_person_feel_and_not_the_wait_for_another(
    reaction: Reaction | None, fresh: bool, level: Level
) -> None:
    assert finding(view(reaction, fresh=fresh)).level is level


@pytest.mark.parametrize(
    ("reaction", "advice", "runs"), list(product(Reaction, ["do this", ""], [True, False]))
)
def test_each_failure_says_what_to_do_and_does_not_count_on_a_daemon_that_is_not_there(
    reaction: Reaction, advice: str, runs: bool
) -> None:
    said = finding(view(reaction, advice=advice), runs=runs).advice

    assert (advice or "read the daemon's log") in said
    is_for_the_daemon = reaction not in (Reaction.OPERATOR, Reaction.NEEDS_INPUT)
    assert said.startswith("start the daemon") is (is_for_the_daemon and not runs)


def test_a_daemon_that_runs_is_not_to_be_started_for_a_new_credential() -> None:
    assert finding(view(None)).advice.startswith("look again in a minute")
    assert finding(view(None), runs=False).advice.startswith("start the daemon")


@pytest.mark.parametrize(("accounts", "lines"), [(20, 20), (21, 1)])
def test_many_healthy_accounts_are_summed_up(accounts: int, lines: int) -> None:
    well = view(None, fresh=True)
    views = [replace(well, key=JobKey(f"wx{number}", ACCESS_TOKEN)) for number in range(accounts)]

    findings = list(credentials(views, START, runs=True))

    assert len(findings) == lines
    assert {one.level for one in findings} == {Level.OK}


async def test_params_that_answers_something_else_is_named_with_its_answer_and_the_remedy(
    config: Config, weixin: WeChat
) -> None:
    async with Business() as business, daemon(config.state.dir, weixin.url, loops=False) as running:
        business.script(status(200, b'{"errcode": "7", "token": "hunter2"}'))
        task = {"type": 2, "openid": "o1", "params": business.url("/p?secret=1")}
        await running.register(task)
        await running.settle()

        (failure,) = (await found(config))[APPID]

    place = business.url("/p")
    assert failure.level is Level.FAIL
    assert failure.says == (
        "oauth2_access_token/o1 is pending: no refresh_token: "
        f"params of {place} returned errcode, token without it"
    )
    assert failure.advice == (
        'let it answer 200 with {"refresh_token": "…"}, or register the task again with another params URL'
    )
