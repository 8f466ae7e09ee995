"""Sends many deliveries again, or cancels them, after a question that shows which they are."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import done
from wechat_scheduler.web.console.messages.finding import WantedDeliveries, wanted
from wechat_scheduler.web.console.messages.listing import NONE_FOUND, deliveries_table
from wechat_scheduler.web.console.messages.states import SETTLED_BY
from wechat_scheduler.web.console.parts import joined, section
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.ids import ID
from wechat_scheduler.web.native.sending.delivery_bodies import ChangedResult, DeliveryResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

SURE: Final = {
    "replay": W("Send again?", "重新发送？"),
    "cancel": W("Cancel?", "取消？"),
}
COUNT: Final = {
    "replay": W("{count} deliveries will be sent again.", "将重新发送 {count} 条投递。"),
    "cancel": W(
        "{count} deliveries that wait will be cancelled.", "将取消 {count} 条等待中的投递。"
    ),
}
COUNT_ONE: Final = {
    "replay": W("1 delivery will be sent again.", "将重新发送 1 条投递。"),
    "cancel": W("1 delivery that waits will be cancelled.", "将取消 1 条等待中的投递。"),
}
CHANGED = W("What is changed", "将要更改的")
YES: Final = {
    "replay": W("Yes, send them again", "确定，重新发送"),
    "cancel": W("Yes, cancel them", "确定，取消"),
}
EXACTLY = W(
    "Only these are changed, even if others match meanwhile. Those that are sent meanwhile stay as they are.",
    "只更改这些，即使期间有别的也符合。期间已经发出的保持不变。",
)
OTHERS = W("and {count} more", "还有 {count} 条")
MORE = W(
    "These are as many as one step changes. Repeat it for the rest.",
    "一次最多更改这么多。其余的请再来一次。",
)
NOTHING: Final = {
    "replay": W(
        "None of these can be sent again: only those that failed, expired, were cancelled or missed can.",
        "其中没有可以重新发送的：只有失败、过期、已取消或已错过的可以。",
    ),
    "cancel": W("None of these waits any more.", "其中没有还在等待的。"),
}
NONE_TICKED = W("No delivery is ticked.", "没有选中任何投递。")
LEFT_OUT = W(
    "Left out, because their receivers were sent a corrected message: {count}.",
    "没有包括已改正另发的：{count} 条。",
)
BACK = W("Back to the list", "返回列表")
NOTICES: Final = {
    **COUNT,
    **{f"{what}_one": words for what, words in COUNT_ONE.items()},
    "cancel": W("{count} deliveries are cancelled.", "已取消 {count} 条投递。"),
    "cancel_one": W("1 delivery is cancelled.", "已取消 1 条投递。"),
    "none": W(
        "All of them changed meanwhile and stay as they are.", "它们期间都已变化，保持不变。"
    ),
    "some_replay": W(
        "{count} will be sent again. The others changed meanwhile and stay as they are.",
        "将重新发送 {count} 条；其余的期间已经变化，保持不变。",
    ),
    "some_replay_one": W(
        "1 will be sent again. The others changed meanwhile and stay as they are.",
        "将重新发送 1 条；其余的期间已经变化，保持不变。",
    ),
    "some_cancel": W(
        "{count} are cancelled. The others changed meanwhile and stay as they are.",
        "已取消 {count} 条；其余的期间已经变化，保持不变。",
    ),
    "some_cancel_one": W(
        "1 is cancelled. The others changed meanwhile and stay as they are.",
        "已取消 1 条；其余的期间已经变化，保持不变。",
    ),
}

# Of those that a question is about.
SHOWN: Final = 20
PATHS: Final = {"replay": "/v1/deliveries/replay", "cancel": "/v1/deliveries/cancel"}


async def choose(visit: Visit) -> web.Response:
    """Counts what would be changed, and asks."""
    what, _, of_all = visit.form.get("what", "replay").partition("_")
    what = what if what in PATHS else "replay"
    chosen = await wanted(visit, visit.form)
    body = chosen.body if of_all else {"ids": [int(one) for one in picked(visit)]}
    ids = []
    more, corrected = False, 0
    if of_all or body["ids"]:
        told = await visit.api.post(PATHS[what], ChangedResult, {**body, "dry_run": True})
        ids, more, corrected = list(told.ids), told.more, told.corrected
    shown = await _first(visit, ids)
    asked = _question(visit, what, ids, more, chosen, shown)
    left = fill("<p>{words}</p>", words=visit.say(LEFT_OUT, count=f"{corrected:,}"))
    told_first = joined([when(corrected, left), asked])
    return layout(visit, SURE[what], section(visit, CHANGED, told_first))


async def _first(visit: Visit, ids: list[int]) -> Html:
    """What would be changed: the first of them, and how many others."""
    some = ids[:SHOWN]
    if not some:
        return Html()
    rows = await visit.api.page("/v1/deliveries", DeliveryResult, ids=",".join(map(str, some)))
    others = fill("<p>{words}</p>", words=visit.say(OTHERS, count=f"{len(ids) - SHOWN:,}"))
    return joined(
        [
            deliveries_table(visit, rows, NONE_FOUND, pick=False),
            when(len(ids) > SHOWN, others),
        ]
    )


def _question(
    visit: Visit, what: str, ids: list[int], more: bool, chosen: WantedDeliveries, shown: Html
) -> Html:
    back = fill('<p><a href="{url}">{words}</a></p>', url=chosen.address, words=visit.say(BACK))
    if not ids:
        is_ticked = visit.form.get("what", "").endswith("_all") or picked(visit)
        none = NOTHING[what] if is_ticked else NONE_TICKED
        return fill('<p class="empty">{words}</p>{back}', words=visit.say(none), back=back)
    many = COUNT[what] if len(ids) > 1 else COUNT_ONE[what]
    sentences = [visit.say(many, count=len(ids)), visit.say(EXACTLY)]
    body = fill(
        "{shown}{sentences}",
        shown=shown,
        sentences=[
            fill("<p>{one}</p>", one=one)
            for one in [*sentences, *([visit.say(MORE)] if more else [])]
        ],
    )
    fields = {
        "ids": " ".join(map(str, ids)),
        "what": what,
        SETTLED_BY: visit.now.isoformat(),
        **chosen.given,
    }
    sure = form(
        visit, "/console/messages/change", body, YES[what],
        kind="danger" if what == "cancel" else "", fields=fields,
    )  # fmt: skip
    return fill("{sure}{back}", sure=sure, back=back)


async def change(visit: Visit) -> web.Response:
    """Changes those that were counted, and no others."""
    what = visit.form.get("what", "")
    what = what if what in PATHS else "replay"
    ids = [int(one) for one in visit.form.get("ids", "").split() if ID.fullmatch(one)]
    chosen, body = await wanted(visit, visit.form), dict[str, object](ids=ids)
    if what == "replay" and (seen := visit.form.get(SETTLED_BY)):
        body[SETTLED_BY] = seen
    told = await visit.api.post(PATHS[what], ChangedResult, body)
    notice = what if told.count == len(ids) else f"some_{what}" if told.count else "none"
    return done(chosen.address, notice, count=told.count)


def picked(visit: Visit) -> list[str]:
    return [one for one in visit.form_list("id") if ID.fullmatch(one)]


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_POST, "/console/messages/choose", choose),
    ConsoleRoute(hdrs.METH_POST, "/console/messages/change", change),
)
