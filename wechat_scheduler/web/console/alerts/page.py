"""`/console/alerts`: what is wrong, what was, and who is told."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.alerts.conditions import EXPIRED_LASTS, INPUT_LASTS, OPERATOR_LASTS
from wechat_scheduler.credentials.journal import FOR_A_PERSON
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.account_names import account_names, named, whose
from wechat_scheduler.web.console.alerts import trials
from wechat_scheduler.web.console.alerts.chosen import (
    PATH,
    RULES_HEAD,
    WHO,
    settings_of,
    stacked,
    which_rules,
    who_is_told,
)
from wechat_scheduler.web.console.alerts.now import changed, mute_of, standing, urgency, what_now
from wechat_scheduler.web.console.alerts.wording import (
    MUTES,
    rule_words,
    severity,
)
from wechat_scheduler.web.console.fields import form, select_field
from wechat_scheduler.web.console.key_limits import of_credentials
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import done, link, pager
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.parts import joined, section, table
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.alerts import AlertResult
from wechat_scheduler.web.native.job_counts import JobCountsResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

TITLE = W("Alerts", "告警")
FIRING, RECENT = W("Firing", "正在发生"), W("Over", "已经结束")
NOTHING_WRONG = W("Nothing is wrong.", "一切正常。")
NOTHING_SEEN = W("Nothing is wrong with what your key sees.", "当前 key 可见的范围内一切正常。")
NOT_YET = W(
    "No alert yet. Credentials that need a person: {number}. It becomes an alert after {minutes} minutes ({sooner} if "
    "it has expired), {longer} for an input that is missing or was refused, unless its rule is off.",
    "还没有告警。需要人处理的凭据：{number} 个。持续 {minutes} 分钟（已经过期的 {sooner} 分钟）后才成为告警，缺少输入或输入被拒绝的是 {longer} 分钟，规则关闭时除外。",
)
SEE_THEM = W("See them on the overview", "在总览查看")
_MINUTE: Final = timedelta(minutes=1)
NOTHING_WAS = W("Nothing was wrong in the last 90 days.", "最近 90 天没有出过问题。")
NOTHING_WAS_SEEN = W(
    "Nothing was wrong with what your key sees in the last 90 days.",
    "最近 90 天，当前 key 可见的范围内没有出过问题。",
)
NONE_ENDED = W("No alert ended in the last 90 days.", "最近 90 天没有告警结束。")
OTHERS = W(
    "Alerts about the daemon itself, and about what your key does not see, are not shown here.",
    "守护进程本身的告警，以及当前 key 看不到的内容的告警，不在这里显示。",
)
ALERT, TOLD = W("Alert", "告警"), W("Last told", "上次告知")
ENDED, SEVERITY, MUTE = W("Over since", "结束"), W("Severity", "程度"), W("Mute", "静音")
UNMUTE = W("End the mute", "取消静音")
MUTE_HINT = W(
    "Until then, no message about this alert is sent, except its all-clear.",
    "这段时间不发这条告警的消息，只发解除。",
)
TIMES = W("{times} times in a row", "连续 {times} 次")
NOTICES: Final = {
    "muted": W(
        "No message about it is sent until then, except its all-clear.",
        "到那时之前不发它的消息，只发解除。",
    ),
    "unmuted": W("Messages about it are sent again.", "恢复发送它的消息。"),
}


async def page(visit: Visit) -> web.Response:
    query = visit.request.query
    firing = await visit.api.page(
        "/v1/alerts", AlertResult, state="firing", after=query.get("firing_after"), limit=100
    )
    ended = await visit.api.page(
        "/v1/alerts", AlertResult, state="cleared", after=query.get("after")
    )
    shown = [*firing.rows, *ended.rows]
    names = await account_names(visit, shown) if shown else {}
    over = _ended(visit, ended, names, fires=bool(firing.rows))
    parts = [
        section(visit, FIRING, await _firing(visit, firing, names), id="firing", live=True),
        section(visit, RECENT, over, id="over", live=True),
    ]
    if visit.may(Scope.ADMIN):
        settings = await settings_of(visit)
        parts.insert(1, section(visit, WHO, await who_is_told(visit, settings), id="who"))
        parts.append(section(visit, RULES_HEAD, which_rules(visit, settings), id="rules"))
    return layout(visit, TITLE, joined(parts), live=True)


async def mute(visit: Visit) -> web.Response:
    alert = visit.form.get("alert", "") or "0"
    seconds = visit.form.get(f"seconds-{alert}", "")
    body = {"seconds": int(seconds) if seconds in MUTES else 0}
    await visit.api.post("/v1/alerts/{alert}/mute", AlertResult, body, alert=alert)
    return done(PATH, "muted" if body["seconds"] else "unmuted")


async def _firing(visit: Visit, found: Rows[AlertResult], names: Mapping[str, str]) -> Html:
    may_mute = visit.may(Scope.ADMIN)
    heads = [SEVERITY, ALERT, terms.SINCE, TOLD, *([MUTE] if may_mute else [])]
    rows = [
        [
            standing(visit, one),
            _alert(visit, one, names),
            visit.time(one.since),
            visit.time(one.told_at),
            *([_mute(visit, one)] if may_mute else []),
        ]
        for one in sorted(found.rows, key=urgency)
    ]
    empty = of_credentials(visit, NOTHING_WRONG, NOTHING_SEEN)
    others = visit.say(of_credentials(visit, W("", ""), OTHERS))
    shown = table(visit, FIRING, heads, rows, empty=empty)
    return joined(
        [
            shown if rows else await _not_yet(visit) or shown,
            when(others, fill('<p class="faint">{others}</p>', others=others)),
            pager(visit, found, cursor="firing_after", name=FIRING),
        ]
    )


async def _not_yet(visit: Visit) -> Html:
    """How many credentials need a person, of which no alert tells yet; empty for none."""
    counts = await visit.api.get("/v1/tasks/counts", JobCountsResult)
    number = sum(counts.errors[reaction] for reaction in FOR_A_PERSON)
    words = fill(
        "<p>{words}</p><p>{link}</p>",
        words=visit.say(
            NOT_YET,
            number=f"{number:,}",
            minutes=OPERATOR_LASTS // _MINUTE,
            sooner=EXPIRED_LASTS // _MINUTE,
            longer=INPUT_LASTS // _MINUTE,
        ),
        link=link("/#needs", visit.say(SEE_THEM)),
    )
    return when(number, words)


def _ended(
    visit: Visit, found: Rows[AlertResult], names: Mapping[str, str], *, fires: bool
) -> Html:
    rows = [
        [
            severity(visit, one.severity),
            _alert(visit, one, names, is_over=True),
            visit.time(one.since),
            visit.time(one.cleared_at),
        ]
        for one in found.rows
    ]
    empty = NONE_ENDED if fires else of_credentials(visit, NOTHING_WAS, NOTHING_WAS_SEEN)
    shown = table(visit, RECENT, [SEVERITY, ALERT, terms.SINCE, ENDED], rows, empty=empty)
    return joined([shown, pager(visit, found)])


def _alert(
    visit: Visit, one: AlertResult, names: Mapping[str, str], *, is_over: bool = False
) -> Html:
    """The rule in the visitor's language, the sentence, and what to do while it lasts."""
    times = visit.say(TIMES, times=one.times) if one.times > 1 else ""
    return fill(
        '<div class="stack"><p><strong>{rule}</strong>{times}</p><p class="text">{text}</p>{changed}{advice}</div>',
        rule=named(names, whose(one), fill("{rule}", rule=rule_words(visit, one.rule))),
        times=when(times, fill(' <span class="faint">{times}</span>', times=times)),
        text=visit.told(one.text),
        changed=changed(visit, one),
        advice=when(not is_over, what_now(visit, one)),
    )


def _mute(visit: Visit, one: AlertResult) -> Html:
    fields = {"alert": one.id}
    if muted := mute_of(visit, one):
        unmute = form(visit, f"{PATH}/mute", Html(), UNMUTE, kind="plain", fields=fields)
        return stacked(muted, unmute)
    choice = select_field(visit, f"seconds-{one.id}", MUTE, MUTES.items(), hint=MUTE_HINT)
    return fill(
        "<details><summary>{mute}</summary>{form}</details>",
        mute=visit.say(MUTE),
        form=form(visit, f"{PATH}/mute", choice, MUTE, fields=fields),
    )


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, PATH, page),
    *trials.ROUTES,
    ConsoleRoute(hdrs.METH_POST, f"{PATH}/mute", mute, Scope.ADMIN),
)
