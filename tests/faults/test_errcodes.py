"""Every documented refusal of every endpoint: the state and the sentence that the job shows, and
that it gets over it by itself when the cause is gone."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.clock import START, FakeClock
from tests.faults.cast import Play, Stage, documented, staged
from tests.house import in_memory
from tests.wechat.test_errcodes import NEEDS_INPUT
from wechat_scheduler.credentials.policy import next_quota_day
from wechat_scheduler.sandbox.errcodes import ERRMSGS
from wechat_scheduler.wechat.errcodes import ERRCODES

PLAYS = dict(documented())
# Longer than any block by WeChat.
LONGEST = timedelta(hours=25)
# How often due jobs are looked for meanwhile: each look costs an attempt of every account.
STEP = timedelta(hours=13)
# More jobs are due at once than their host has places for calls. Time does not stand still while they wait, so that
# some are put off, and try again within minutes.
MINUTE = timedelta(minutes=1)
PUT_OFF = 15 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A job while WeChat refuses, and after it stopped refusing."""

    failing: Mapping[str, Any]
    parent_calls: int
    after: Mapping[str, Any]


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Play, Story]:
    """All are played at once: it takes one daemon, and one day."""
    return asyncio.run(_stories(tmp_path_factory))


async def _stories(folders: pytest.TempPathFactory) -> Mapping[Play, Story]:
    folder = folders.mktemp("faults") / "state"
    async with staged(folder, FakeClock(), opener=in_memory) as stage:
        for play in PLAYS:
            await stage.play(play)
        await stage.turn()
        failing = await _jobs(
            stage, lambda play, error: bool(error) and error["errcode"] == play.errcode
        )
        parents = {play: _parent_calls(stage, play) for play in PLAYS}
        stage.weixin.sandbox.clear_scripts()
        await stage.live(stage.clock.now() + LONGEST, step=STEP)
        after = await _jobs(stage, lambda _, error: error is None)
        return {
            play: Story(failing=failing[play], parent_calls=parents[play], after=after[play])
            for play in PLAYS
        }


async def _jobs(
    stage: Stage, comes: Callable[[Play, Any], bool]
) -> Mapping[Play, Mapping[str, Any]]:
    """The jobs once it has come of the error of each, at the latest after PUT_OFF."""
    by = stage.clock.now() + PUT_OFF
    while True:
        jobs = await stage.jobs(PLAYS)
        if stage.clock.now() >= by or all(comes(play, jobs[play]["error"]) for play in PLAYS):
            return jobs
        await stage.live(stage.clock.now() + MINUTE, step=MINUTE)


def _parent_calls(stage: Stage, play: Play) -> int:
    parent = {1: "/cgi-bin/stable_token", 4: "/cgi-bin/component/api_component_token"}
    job_type = 4 if "authorizer" in play.endpoint else 1
    return stage.weixin.sandbox.calls(parent[job_type], play.appid)


def test_the_job_shows_the_reaction_and_the_sentence_of_the_table(
    stories: Mapping[Play, Story],
) -> None:
    for play in PLAYS:
        error = stories[play].failing["error"]

        # A bad parent is replaced once; where that does not help, it was not to blame.
        expected = {"parent_invalid": "transient"}.get(PLAYS[play], PLAYS[play])
        assert (error["reaction"], error["errcode"], error["endpoint"]) == (
            expected,
            play.errcode,
            play.endpoint,
        ), play
        words = ERRMSGS.get(play.errcode, "")
        assert error["advice"] == ERRCODES.read(play.endpoint, play.errcode, words).advice, play
        assert stories[play].failing["state"] == (
            "revoked" if play.errcode == 61003 else "pending"
        ), play


def test_the_job_gets_over_it_when_the_cause_is_gone(stories: Mapping[Play, Story]) -> None:
    for play in PLAYS:
        after = stories[play].after

        assert after["error"] is None, play
        assert after["state"] in ("fresh", "stale"), play


@pytest.mark.parametrize(
    "play", [play for play, reaction in PLAYS.items() if reaction == "parent_invalid"]
)
def test_a_parent_that_is_blamed_is_fetched_once_more(
    stories: Mapping[Play, Story], play: Play
) -> None:
    # stable_token is asked what it has, and then to replace it
    assert stories[play].parent_calls == (3 if "ticket" in play.endpoint else 2)


@pytest.mark.parametrize(
    ("play", "needed"),
    [
        (play, name)
        for (name, path), codes in NEEDS_INPUT.items()
        for code in codes
        if (play := Play(path, code)) in PLAYS
    ],
)
def test_a_job_that_waits_names_what_for(
    stories: Mapping[Play, Story], play: Play, needed: str
) -> None:
    assert stories[play].failing["waits_for"] == needed


@pytest.mark.parametrize("play", [play for play in PLAYS if play.errcode in (40164, 61004)])
def test_the_address_to_whitelist_is_taken_out_of_the_refusal(
    stories: Mapping[Play, Story], play: Play
) -> None:
    named = "1.2.3.4" if play.errcode == 40164 else "of this machine"

    assert f"the IP {named} to" in stories[play].failing["error"]["advice"]


@pytest.mark.parametrize("play", [play for play in PLAYS if play.errcode in (45009, 89506, 89507)])
def test_a_known_time_is_the_time_of_the_next_attempt(
    stories: Mapping[Play, Story], play: Play
) -> None:
    pauses = {89506: timedelta(hours=24), 89507: timedelta(hours=1)}
    failing = stories[play].failing
    failed_at = START.fromisoformat(failing["error"]["at"])

    pause = pauses.get(play.errcode, next_quota_day(failed_at) - failed_at)
    assert START.fromisoformat(failing["next_attempt_at"]) - failed_at == pause
