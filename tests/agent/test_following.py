"""The agent follows what the client says of each credential."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from tests.agent.workshop import LIFE, TOKEN, kept
from tests.clock import FakeClock
from wechat_scheduler.agent.following import FollowedDaemon
from wechat_scheduler.client.kept import Fetched, Name
from wechat_scheduler.errors import CallError, UnauthorizedError, UnreachableError
from wechat_scheduler.reasons import Reason

NAME = Name(TOKEN.appid, TOKEN.kind)
EXPIRED = Fetched(name=NAME)


class Told:
    """A client that says one after the other."""

    def __init__(self, *told: Fetched) -> None:
        self._told = told
        self.asked: list[Sequence[str]] = []

    async def follow(self, *names: Sequence[str]) -> AsyncIterator[Fetched]:
        self.asked.extend(names)
        for fetched in self._told:
            yield fetched


def fetched(value: str, clock: FakeClock, *, version: int = 1, life: timedelta = LIFE) -> Fetched:
    return Fetched(name=NAME, value=value, version=str(version), expires_at=clock.now() + life)


async def test_a_value_comes_with_its_version_and_its_end() -> None:
    clock = FakeClock()
    client = Told(fetched("t1", clock, version=7))

    found = await FollowedDaemon(client, clock, key_from="agent.key").next(TOKEN, None)

    assert found == kept("t1", clock, version=7)
    assert client.asked == [(TOKEN.appid, TOKEN.kind, "")]


async def test_the_known_value_and_one_that_has_expired_are_passed_over() -> None:
    clock = FakeClock()
    client = Told(fetched("t1", clock), EXPIRED, fetched("t2", clock, version=2))

    found = await FollowedDaemon(client, clock, key_from="agent.key").next(TOKEN, kept("t1", clock))

    assert found.value == "t2"


async def test_the_same_version_of_a_daemon_that_was_restored_is_another_value() -> None:
    clock = FakeClock()
    client = Told(fetched("t2", clock))

    found = await FollowedDaemon(client, clock, key_from="agent.key").next(TOKEN, kept("t1", clock))

    assert found.value == "t2"


async def test_a_daemon_that_is_away_is_an_error_once_there_is_no_value() -> None:
    clock = FakeClock()
    away = Fetched(name=NAME, error=UnreachableError("no daemon answers"))

    with pytest.raises(UnreachableError, match="no daemon answers"):
        await FollowedDaemon(Told(EXPIRED, away), clock, key_from="agent.key").next(
            TOKEN, kept("t1", clock)
        )


async def test_a_value_without_an_end_is_not_handed_on() -> None:
    with pytest.raises(
        CallError, match="came without its expiry, or has expired by this machine's clock"
    ):
        await FollowedDaemon(Told(EXPIRED), FakeClock(), key_from="agent.key").next(TOKEN, None)


async def test_a_refused_key_is_told_with_the_place_where_it_is() -> None:
    clock = FakeClock()
    refused = UnauthorizedError("this API key is unknown", reason=Reason.KEY_INVALID)
    client = Told(fetched("t1", clock), Fetched(name=NAME, error=refused))

    with pytest.raises(
        UnauthorizedError, match=r"unknown; the key comes from agent\.key"
    ) as raised:
        await FollowedDaemon(client, clock, key_from="agent.key").next(TOKEN, kept("t1", clock))

    assert raised.value.reason is Reason.KEY_INVALID
