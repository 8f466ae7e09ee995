"""`/console/deliveries/{delivery}`: the whole story of a delivery, what happens next, and what WeChat says of it."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.known_accounts import learn_names
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import account_link, button, done, link
from wechat_scheduler.web.console.messages.asking import (
    TOOK,
    interception,
    questions,
    recorded_call,
)
from wechat_scheduler.web.console.messages.corrections import Facts, corrections_of
from wechat_scheduler.web.console.messages.origins import reminder_behind
from wechat_scheduler.web.console.messages.states import (
    REPLAYABLE,
    SETTLED_BY,
    headline,
    receiver,
    receiver_link,
    sender_link,
    standing,
    way,
    what_next,
    write_again,
)
from wechat_scheduler.web.console.parts import advice, code, joined, known_facts, section, table
from wechat_scheduler.web.console.receipts import receipt_of, told_reason
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.delivery_bodies import (
    AttemptResult,
    DeliveryDetails,
)
from wechat_scheduler.web.native.sending.messages import MessageResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

UNTITLED = W("Delivery", "投递")
NEXT, ATTEMPTS = W("What happens next", "接下来"), W("Attempts", "尝试")
ENDED = W("State since", "状态时间")
SHOW_MESSAGE = W("Show the message", "查看消息")
MSGID = "msgid"
STOP = W(".", "。")
DUPLICATE = W(
    "It was sent again although the first may have arrived: the user may have seen it twice.",
    "第一次可能已送达，但又发送了一次：用户可能看到了两次。",
)
AT, RESULT = W("At", "时间"), W("Result", "结果")
ACCEPTED, MS = W("accepted", "已接收"), W("{ms}\u00a0ms", "{ms}\u00a0毫秒")
NO_ATTEMPTS = W("It has not been tried yet.", "还没有尝试过。")
REPLAY, CANCEL = W("Send again", "重新发送"), W("Cancel", "取消")
WRITE_AGAIN = W("Correct it in a new message", "改正后另写一条")
FIXED = W(
    "What is stored cannot be changed: to correct it, cancel it and write another message.",
    "已保存的消息不能修改：要改正，请先取消，再另写一条。",
)
REPLAY_SURE = W("Send “{title}” to {to} again?", "把“{title}”重新发送给 {to}？")
CANCEL_SURE = W("Cancel “{title}” to {to}?", "取消发给 {to} 的“{title}”？")
NOTICES: Final = {
    "replay": W("It is sent again.", "已安排重新发送。"),
    "cancel": W("It is cancelled.", "已取消。"),
    "sent": W(
        "It is stored. What became of it is below; this page follows it.",
        "已保存。结果见下方，本页会跟进。",
    ),
}

PAGE: Final = "/console/deliveries/{delivery}"
_OURS: Final = "/v1/deliveries/{delivery}"


async def shown(visit: Visit) -> web.Response:
    one = await _delivery(visit)
    return await _page(visit, one, Html())


async def replay(visit: Visit) -> web.Response:
    seen = visit.form.get(SETTLED_BY)
    body = {"settled_by": seen} if seen else None
    return await _changed(visit, "/v1/deliveries/{delivery}/replay", "replay", body)


async def cancel(visit: Visit) -> web.Response:
    return await _changed(visit, "/v1/deliveries/{delivery}/cancel", "cancel")


async def ask_rid(visit: Visit) -> web.Response:
    one = await _delivery(visit)
    return await _page(visit, one, await recorded_call(visit, one))


async def ask_interception(visit: Visit) -> web.Response:
    one = await _delivery(visit)
    return await _page(visit, one, await interception(visit, one))


async def _delivery(visit: Visit) -> DeliveryDetails:
    number = visit.request.match_info["delivery"]
    return await visit.api.get(_OURS, DeliveryDetails, delivery=number)


async def _changed(
    visit: Visit, path: str, notice: str, body: dict[str, str] | None = None
) -> web.Response:
    number = visit.request.match_info["delivery"]
    await visit.api.post(path, DeliveryDetails, body, delivery=number)
    return done(f"/console/deliveries/{number}", notice)


async def _page(visit: Visit, one: DeliveryDetails, asked: Html) -> web.Response:
    linked = await _linked(visit, one)
    await learn_names(visit, filter(None, [one.appid]))
    body = joined(
        [
            asked,
            section(visit, terms.STATE, _state(visit, one, linked), id="state", live=True),
            section(visit, NEXT, _next(visit, one), id="next", live=True),
            section(visit, ATTEMPTS, _attempts(visit, one), id="attempts", live=True),
            questions(visit, one),
        ]
    )
    return layout(visit, headline(one.title) or visit.say(UNTITLED), body, live=True)


async def _linked(visit: Visit, one: DeliveryDetails) -> Facts:
    """What its message comes from, and what corrects it; none if the message was deleted after its time, or cannot
    be read."""
    try:
        message = await visit.api.get("/v1/messages/{message}", MessageResult, message=one.message)
    except RequestError:
        return []
    return [(terms.REMINDER, await reminder_behind(visit, message)), *corrections_of(message)]


def _state(visit: Visit, one: DeliveryDetails, linked: Facts) -> Html:
    message = link(f"/console/messages/{one.message}", visit.say(SHOW_MESSAGE))
    known = known_facts(
        visit,
        [
            (terms.STATE, standing(visit, one)),
            (ENDED, visit.exactly(one.settled_at) if one.settled_at else None),
            (terms.TO, receiver_link(visit, one)),
            (terms.APP, sender_link(visit, one)),
            (terms.ACCOUNT, account_link(visit, one.appid) if one.appid else None),
            (terms.CHANNEL, way(visit, one.way)),
            (terms.CREATED, visit.exactly(one.created_at)),
            (terms.MESSAGE, message),
            *linked,
            (MSGID, code(one.reference) if one.reference else None),
            (terms.ERRCODE, code(str(one.errcode)) if one.errcode is not None else None),
        ],
    )
    return joined([known, _notes(visit, one)])


def _notes(visit: Visit, one: DeliveryDetails) -> Html:
    notes = [*one.notes, *([visit.say(DUPLICATE)] if one.possibly_duplicate else [])]
    items = [fill("<li>{note}</li>", note=visit.told(note)) for note in notes]
    return when(
        items, fill("<h3>{head}</h3><ul>{items}</ul>", head=visit.say(terms.NOTES), items=items)
    )


def _next(visit: Visit, one: DeliveryDetails) -> Html:
    """What happens next, why, and what a person can do."""
    return joined(
        [
            advice(visit, _why(visit, one.reason)),
            *what_next(visit, one),
            _actions(visit, one),
        ]
    )


def _why(visit: Visit, reason: str) -> str:
    """A receipt holds English words in each language: its full stop is said here."""
    return f"{told_reason(visit, reason)}{visit.say(STOP)}" if receipt_of(reason) else reason


def _actions(visit: Visit, one: DeliveryDetails) -> Html:
    if not visit.may(Scope.PUSH):
        return Html()
    path = f"/console/deliveries/{one.id}"
    written = [_written_anew(visit, one)] if one.channel == "person" else []
    if one.state in REPLAYABLE:
        sure, seen = _named(visit, one, REPLAY_SURE), one.settled_at
        return form(
            visit, f"{path}/replay", Html(), REPLAY, confirm=sure, beside=written,
            fields={SETTLED_BY: seen.isoformat()} if seen else {},
        )  # fmt: skip
    if one.state == "pending":
        cancel = form(
            visit,
            f"{path}/cancel",
            Html(),
            CANCEL,
            kind="danger",
            confirm=_named(visit, one, CANCEL_SURE),
            beside=written,
        )
        fixed = fill('<p class="faint">{fixed}</p>', fixed=visit.say(FIXED))
        return joined([fixed, cancel])
    return Html()


def _written_anew(visit: Visit, one: DeliveryDetails) -> Html:
    """The way to another message that is like this one and can be corrected."""
    return button(visit, write_again(one.message, one.to), WRITE_AGAIN)


def _named(visit: Visit, one: DeliveryDetails, question: Words) -> Words:
    title = headline(one.title) or visit.say(UNTITLED)
    return question.filled(title=title, to=receiver(visit, one))


def _attempts(visit: Visit, one: DeliveryDetails) -> Html:
    heads = (AT, terms.CHANNEL, TOOK, terms.ERRCODE, terms.RID, RESULT)
    return table(
        visit, ATTEMPTS, heads, [_attempt(visit, it) for it in one.history], empty=NO_ATTEMPTS
    )


def _attempt(visit: Visit, it: AttemptResult) -> list[Html | str]:
    return [
        visit.exactly(it.at),
        way(visit, it.way),
        visit.say(MS, ms=it.duration_ms),
        "" if it.errcode is None else code(str(it.errcode)),
        code(it.rid) if it.rid else "",
        visit.told(it.error) or visit.say(ACCEPTED),
    ]


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, PAGE, shown),
    ConsoleRoute(hdrs.METH_POST, f"{PAGE}/replay", replay),
    ConsoleRoute(hdrs.METH_POST, f"{PAGE}/cancel", cancel),
    ConsoleRoute(hdrs.METH_POST, f"{PAGE}/rid", ask_rid, Scope.ADMIN),
    ConsoleRoute(hdrs.METH_POST, f"{PAGE}/interception", ask_interception),
)
