"""What of a listing a key may see."""

from collections.abc import Iterator, Sequence
from itertools import dropwhile

from wechat_scheduler.access.model import Key
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.views import JobView


async def visible_jobs(
    manager: Manager,
    key: Key,
    *,
    appid: str,
    kind: str,
    subject: str,
    after: JobKey | None,
    limit: int,
) -> Sequence[JobView]:
    """As `Manager.view`, without what `key` does not reach.

    Asked for one account and type after the other, so that somebody who may see one of a hundred
    thousand jobs is not the reason that all of them are read.
    """
    found: list[JobView] = []
    for account, type_ in _places(key, appid, kind, after):
        if len(found) == limit:
            break
        found += await manager.view(
            appid=account, kind=type_, subject=subject, after=after, limit=limit - len(found)
        )
        after = None
    return found


def _places(key: Key, appid: str, kind: str, after: JobKey | None) -> Iterator[tuple[str, str]]:
    """Where to look, from the place of `after` on; an empty word looks everywhere."""
    places = (
        (account, type_)
        for account in _wanted(appid, key.appids)
        for type_ in _wanted(kind, key.kinds)
    )
    return dropwhile(lambda place: after is not None and not _holds(place, after), places)


def _wanted(given: str, allowed: frozenset[str]) -> Sequence[str]:
    return [given] if given or not allowed else sorted(allowed)


def _holds(place: tuple[str, str], job: JobKey) -> bool:
    return place[0] in ("", job.appid) and place[1] in ("", job.kind)
