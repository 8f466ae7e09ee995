"""`/console/credentials`: all credentials, with what is wrong with them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import urlencode

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.credentials.views import ANY_ERROR
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.credentials.phrases import CONTESTED, REACTIONS, STATES
from wechat_scheduler.web.console.credentials.register_form import TITLE as REGISTER
from wechat_scheduler.web.console.credentials.rows import ROOM, job_table
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.key_limits import of_credentials
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import button, pager
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.parts import joined, none_yet, search, searched, section
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.native.job_counts import JobCountsResult
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.pages.markup import Html, fill, when
from wechat_scheduler.web.pages.parts import hidden

W = Words

ALL, ALL_FAILED = W("All", "全部"), W("All that failed", "全部失败的")
FOUND = W("Found", "结果")
HOW_MANY = W("How many", "数量")
# Each credential is in one state, and each that failed has one reaction: the numbers of a line add up.
BY_STATE = W("By state", "按状态")
BY_ERROR = W("Of these, the last attempt failed", "其中上次尝试失败")
BY_CONTEST = W("Of these, another program fetches them too", "其中另有程序也在获取")
SEARCH_FOR = W("Find", "查找")
BEGINS = W("Name, appid or openid", "名称、appid 或 openid")
WHOSE = W("Account or platform", "账号或平台")
EMPTY = W("No credentials yet.", "还没有凭据。")
FIRST = W("Register the first account.", "请先登记一个账号。")
NONE_FOUND = W(
    "Nothing fits. Search for less, or show all.", "没有符合的凭据。请放宽条件，或显示全部。"
)
# What the links by state narrow it to.
CHOSEN: Final[Mapping[str, Words]] = {
    **{name.value: shown.words for name, shown in STATES.items()},
    **{name.value: shown.words for name, shown in REACTIONS.items()},
    ANY_ERROR: W("with an error", "有错误"),
    "true": CONTESTED.words,
}
CHOSEN_BY: Final = ("state", "error", "contested")
# What narrows the list, beside the state.
NARROWING: Final = ("search", "appid", "type", "errcode")


class _Choice(NamedTuple):
    """One of the links that show a part of the list: a filter of `GET /tasks` with its value."""

    name: str
    value: str
    words: Words
    many: int


async def listed(visit: Visit) -> web.Response:
    query = {name: value.strip() for name, value in visit.request.query.items() if value.strip()}
    narrow = {name: query.get(name) for name in NARROWING}
    counts = await visit.api.get("/v1/tasks/counts", JobCountsResult, **narrow)
    rows = await visit.api.page(
        "/tasks",
        JobResult,
        **narrow,
        **{name: query.get(name) for name in (*CHOSEN_BY, "after")},
    )
    empty = none_yet(visit, of_credentials(visit, EMPTY), FIRST, Scope.REGISTER)
    if counts.all or any(narrow.values()):
        empty = searched(visit, NONE_FOUND, _sought(visit, query))
    body = joined(
        [
            _start(visit),
            section(visit, SEARCH_FOR, _search(visit, query)),
            section(visit, HOW_MANY, _choices(visit, query, counts), id="counts", live=True),
            section(
                visit,
                FOUND,
                joined([_table(visit, rows, empty), pager(visit, rows)]),
                id="list",
                live=True,
            ),
        ]
    )
    return layout(visit, terms.CREDENTIALS, body, live=True)


def _table(visit: Visit, rows: Rows[JobResult], empty: Words) -> Html:
    """With short cards on a phone: the page of a credential says the rest."""
    return job_table(visit, FOUND, rows.rows, empty=empty, kind="brief jobs")


def _start(visit: Visit) -> Html:
    return when(visit.may(Scope.REGISTER), button(visit, f"{ROOM}/register", REGISTER, kind="main"))


def _search(visit: Visit, query: Mapping[str, str]) -> Html:
    fields = FormFields(visit, query)
    made = [
        *hidden((name, query[name]) for name in CHOSEN_BY if name in query),
        fields.text("search", BEGINS, maxlength=128),
        fields.select("type", terms.TYPE, _types(visit)),
    ]
    if "appid" in query:  # from the page of an account
        made.append(fields.text("appid", WHOSE, maxlength=128))
    if "errcode" in query:  # from the overview
        made.append(fields.text("errcode", terms.ERRCODE, maxlength=10))
    return search(visit, ROOM, joined(made))


def _sought(visit: Visit, query: Mapping[str, str]) -> Iterator[tuple[Phrase, str]]:
    yield BEGINS, query.get("search", "")
    yield terms.TYPE, query.get("type", "")
    yield WHOSE, query.get("appid", "")
    yield terms.ERRCODE, query.get("errcode", "")
    for name in CHOSEN_BY:
        if words := CHOSEN.get(query.get(name, "")):
            yield terms.STATE, visit.say(words)


def _types(visit: Visit) -> Iterator[tuple[str, Phrase]]:
    yield "", ALL
    for name in visit.kinds.names():
        if isinstance(name, str) and not name.isdecimal():
            yield name, name


def _choices(visit: Visit, query: Mapping[str, str], counts: JobCountsResult) -> Html:
    lines = [
        (BY_STATE, [_Choice("", "", ALL, counts.all), *_shown(query, _states(counts))]),
        (BY_ERROR, [*_shown(query, _errors(counts))]),
        (
            BY_CONTEST,
            [*_shown(query, [_Choice("contested", "true", CONTESTED.words, counts.contested)])],
        ),
    ]
    return joined(_line(visit, query, words, choices) for words, choices in lines if choices)


def _line(visit: Visit, query: Mapping[str, str], words: Words, choices: Sequence[_Choice]) -> Html:
    return fill(
        '<p class="faint">{words}</p><ul class="chips">{made}</ul>',
        words=visit.say(words),
        made=[_link(visit, query, choice) for choice in choices],
    )


def _states(counts: JobCountsResult) -> Iterator[_Choice]:
    for state, many in counts.states.items():
        yield _Choice("state", state, STATES[state].words, many)


def _errors(counts: JobCountsResult) -> Iterator[_Choice]:
    yield _Choice("error", ANY_ERROR, ALL_FAILED, sum(counts.errors.values()))
    for reaction, many in counts.errors.items():
        yield _Choice("error", reaction, REACTIONS[reaction].words, many)


def _shown(query: Mapping[str, str], choices: Iterable[_Choice]) -> Iterator[_Choice]:
    """What there is some of, and what is shown now."""
    yield from (one for one in choices if one.many or query.get(one.name) == one.value)


def _link(visit: Visit, query: Mapping[str, str], choice: _Choice) -> Html:
    kept = {name: query[name] for name in NARROWING if name in query}
    if choice.name:
        kept[choice.name] = choice.value
    now = {name: query[name] for name in CHOSEN_BY if name in query}
    is_now = now == ({choice.name: choice.value} if choice.name else {})
    return fill(
        '<li><a href="{url}"{now}>{words} <b>{many}</b></a></li>',
        url=f"{ROOM}?{urlencode(kept)}" if kept else ROOM,
        now=when(is_now, fill(' aria-current="true"')),
        words=visit.say(choice.words),
        many=f"{choice.many:,}",
    )


ROUTES: Final = (ConsoleRoute(hdrs.METH_GET, ROOM, listed),)
