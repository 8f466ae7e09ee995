"""Reads which jobs a request asks for, within what its key reaches."""

from collections.abc import Iterator, Sequence
from typing import Final

from aiohttp import web

from wechat_scheduler.access.model import Key
from wechat_scheduler.credentials.policy import Freshness
from wechat_scheduler.credentials.views import ANY_ERROR, JobFilter
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.web.kit.auth import require_reach
from wechat_scheduler.web.kit.query import errcode_of, one_of
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.route import query

# As long as the longest appid or openid.
LONGEST_SEARCH: Final = 128
ERRORS: Final = (ANY_ERROR, *Reaction)
_TRUE: Final = {"enum": ["true"]}

WHICH: Final = (
    query("appid", "Only of this account."),
    query("type", "Only of this type, by number or name."),
    query("subject", "Only with this subject."),
    query("own", "With `true`, only without a subject: the account's own.", _TRUE),
    query(
        "search",
        "Only those whose appid or subject begins with this, or whose account has it in its name, in any case.",
    ),
    query("errcode", "Only those whose last errcode is this.", {"type": "integer"}),
)
STATES: Final = (
    query("state", "Only in this state.", {"enum": list(Freshness)}),
    query(
        "error",
        "Only those whose last attempt failed: with this reaction, or `any`.",
        {"enum": list(ERRORS)},
    ),
    query("contested", "With `true`, only those that another program fetches, too.", _TRUE),
)


def wanted_of(request: web.Request) -> JobFilter:
    """The jobs that the query names. Raises InvalidRequestError, and ForbiddenError if the key does not reach the
    account or type."""
    query, kind = request.query, _kind(request)
    require_reach(request[CALLER], query.get("appid", ""), kind)
    return JobFilter(
        appid=query.get("appid", ""),
        kind=kind,
        subject=query.get("subject", ""),
        own=bool(one_of(request, "own", ("true",))),
        search=_search(request),
        errcode=errcode_of(request),
        state=one_of(request, "state", tuple(Freshness)),
        error=one_of(request, "error", ERRORS),
        contested=bool(one_of(request, "contested", ("true",))),
    )


def places(key: Key, wanted: JobFilter) -> Iterator[JobFilter]:
    """What is wanted, for each account and type of the key in turn: a key that reaches one of a hundred thousand
    jobs must not cause all of them to be read."""
    for account in _wanted(wanted.get("appid", ""), key.appids):
        for kind in _wanted(wanted.get("kind", ""), key.kinds):
            yield wanted | JobFilter(appid=account, kind=kind)


def _wanted(given: str, allowed: frozenset[str]) -> Sequence[str]:
    return [given] if given or not allowed else sorted(allowed)


def _kind(request: web.Request) -> str:
    """The type in the query, empty if there is none. Raises InvalidRequestError for an unknown one."""
    given = request.query.get("type", "")
    return request.app[SERVICES].kinds.read(given, "type").kind if given else ""


def _search(request: web.Request) -> str:
    text = request.query.get("search", "").strip()
    if len(text) > LONGEST_SEARCH:
        raise InvalidRequestError(f"has more than {LONGEST_SEARCH} characters", field="search")
    return text
