"""The nouns of the list of past pushes: which came, and its fate. It has no text of a user's and no secret."""

import enum
from collections.abc import Sequence
from datetime import datetime

from wechat_scheduler.engine.records import dataclass


class PushKind(enum.StrEnum):
    """Which of WeChat's pushes it is. REFUSED counts those of an account and an hour that were refused, or
    passed over since they could not be read."""

    TICKET = "ticket"
    EVENT = "event"
    ACT = "act"
    REFUSED = "refused"


class Fate(enum.StrEnum):
    """What became of a push."""

    HANDLED = "handled"
    IGNORED = "ignored"
    """There is nothing to do, or it cannot be read."""

    WAITING = "waiting"
    SUPERSEDED = "superseded"
    """A newer event of the same account came before it was handled."""

    DEAD = "dead"
    """Its handling crashed several times."""

    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPush:
    """A push to `appid`. `name` is WeChat's InfoType, MsgType or Event. `account` is the authorizer of an
    event, `openid` the user of an act, `uid` and `nickname` that user's if they are known, and `effect` the name of what was
    done with the act. `reason` says why it was refused, passed over, or waits. `count` is 1, or the number of refused ones, at least."""

    at: datetime
    appid: str
    kind: PushKind
    name: str
    fate: Fate
    account: str = ""
    openid: str = ""
    uid: str = ""
    nickname: str = ""
    effect: str = ""
    reason: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Between two pushes of a list: after the first `skip` of the instant `at`."""

    at: datetime
    skip: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PushFilter:
    """Selects pushes of these kinds, the newest first, at most `limit`; with `openid` only what that user did. `within`
    are the only appids, None for all. The page begins at `before`."""

    appid: str = ""
    openid: str = ""
    kinds: Sequence[PushKind] = tuple(PushKind)
    within: tuple[str, ...] | None = None
    before: Place | None = None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFilter:
    """Selects push endpoints by appid, from the one after `after`; at most `limit`, or all with 0. `within`
    are the only appids, None for all."""

    appid: str = ""
    within: tuple[str, ...] | None = None
    after: str = ""
    limit: int = 0


ALL_ENDPOINTS = EndpointFilter()


def place_after(found: Sequence[PastPush], before: Place | None) -> Place:
    """Of the page that follows these pushes, which followed `before`."""
    at = found[-1].at
    skip = sum(one.at == at for one in found)
    return Place(at=at, skip=skip + (before.skip if before and before.at == at else 0))
