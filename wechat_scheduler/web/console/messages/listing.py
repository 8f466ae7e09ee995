"""`/console/messages`: deliveries by time, app, person and state, and changes of many at once."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.delivery_states import badge
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import button, done, link, pager
from wechat_scheduler.web.console.messages.finding import NAMES, WantedDeliveries, filters, wanted
from wechat_scheduler.web.console.messages.states import receiver_link, sender_link
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.parts import joined, section, table
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.ids import ID
from wechat_scheduler.web.native.sending.delivery_bodies import ChangedResult, DeliveryResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

WRITE = W("Write a test message", "写一条测试消息")
FIND, FOUND = W("Find", "查找"), W("Deliveries", "投递")
DELIVERIES = W("Deliveries, the newest first", "投递，最新的在前")
NONE = W(
    "No deliveries yet. Write a test message, or send one with POST /v1/messages.",
    "还没有投递。写一条测试消息，或者用 POST /v1/messages 发送。",
)
NONE_FOUND = W("No delivery matches. Leave out a filter.", "没有符合的投递。去掉一个筛选条件试试。")
PICK, PICK_ONE = W("Select", "选择"), W("Select {title}", "选择 {title}")
RETRACTED = W("(retracted)", "（已撤回）")
REPLAY_PICKED = W("Send the selected again", "重新发送所选")
CANCEL_PICKED = W("Cancel the selected", "取消所选")
REPLAY_ALL = W("Send all that match again…", "重新发送所有符合的…")
CANCEL_ALL = W("Cancel all that match…", "取消所有符合的…")
COUNTED_FIRST = W(
    "You see how many there are before anything is changed.", "更改之前会先告诉你有多少条。"
)

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
BACK = W("Back to the list", "返回列表")
NOTICES: Final = {
    "replay": W("They are sent again.", "已安排重新发送。"),
    "cancel": W("They are cancelled.", "已取消。"),
    "some": W(
        "Some had changed meanwhile and stay as they are; the others are done.",
        "有一些期间已经变化，保持不变；其余已完成。",
    ),
}

LIST: Final = "/console/messages"
PATHS: Final = {"replay": "/v1/deliveries/replay", "cancel": "/v1/deliveries/cancel"}


async def listed(visit: Visit) -> web.Response:
    try:
        chosen = await wanted(visit, visit.request.query)
        after = visit.request.query.get("after")
        rows = await visit.api.page("/v1/deliveries", DeliveryResult, **chosen.query, after=after)
    except RequestError as error:
        if error.field not in NAMES:
            raise
        found = section(visit, FIND, await filters(visit, LIST, error))
        return layout(visit, terms.MESSAGES, found, status=error.status)
    body = joined(
        [
            when(visit.may(Scope.PUSH), button(visit, f"{LIST}/write", WRITE, kind="main")),
            section(visit, FIND, await filters(visit, LIST)),
            section(visit, FOUND, _found(visit, rows, chosen), id="found", live=True),
        ]
    )
    return layout(visit, terms.MESSAGES, body, live=True)


def deliveries_table(visit: Visit, rows: Rows[DeliveryResult], empty: Words, *, pick: bool) -> Html:
    """`pick` gives each a box to tick, of the form around the table."""
    heads = [
        *([PICK] if pick else []),
        terms.CREATED,
        terms.MESSAGE,
        terms.APP,
        terms.TO,
        terms.STATE,
        terms.REASON,
    ]
    return table(
        visit,
        DELIVERIES,
        heads,
        [[*([_box(visit, one)] if pick else []), *_cells(visit, one)] for one in rows.rows],
        empty=empty,
    )


def _found(visit: Visit, rows: Rows[DeliveryResult], chosen: WantedDeliveries) -> Html:
    empty = NONE_FOUND if chosen.given else NONE
    shown = deliveries_table(visit, rows, empty, pick=True)
    if not rows.rows:
        return shown
    beside = [
        fill('<button name="what" value="cancel">{words}</button>', words=visit.say(CANCEL_PICKED))
    ]
    if chosen.query:
        beside += [
            fill(
                '<button name="what" value="replay_all">{words}</button>',
                words=visit.say(REPLAY_ALL),
            ),
            fill(
                '<button name="what" value="cancel_all">{words}</button>',
                words=visit.say(CANCEL_ALL),
            ),
        ]
    body = fill(
        '{shown}<p class="faint">{counted}</p>',
        shown=shown,
        counted=visit.say(COUNTED_FIRST),
    )
    picked = form(
        visit,
        "/console/messages/choose",
        body,
        REPLAY_PICKED,
        fields=dict(chosen.given),
        beside=beside,
    )
    return fill("{picked}{pager}", picked=picked, pager=pager(visit, rows))


def _box(visit: Visit, one: DeliveryResult) -> Html:
    return fill(
        '<label class="pick"><input type="checkbox" name="id" value="{id}" aria-label="{label}"></label>',
        id=one.id,
        label=visit.say(PICK_ONE, title=one.title or one.id),
    )


def _cells(visit: Visit, one: DeliveryResult) -> list[Html | str]:
    return [
        visit.time(one.created_at),
        link(f"/console/deliveries/{one.id}", one.title or visit.say(RETRACTED)),
        sender_link(visit, one),
        receiver_link(visit, one),
        badge(visit, one.state),
        visit.told(one.reason),
    ]


async def choose(visit: Visit) -> web.Response:
    """Counts what would be changed, and asks."""
    what, _, of_all = visit.form.get("what", "replay").partition("_")
    what = what if what in PATHS else "replay"
    chosen = await wanted(visit, visit.form)
    body = chosen.body if of_all else {"ids": [int(one) for one in picked(visit)]}
    ids = []
    more = False
    if of_all or body["ids"]:
        told = await visit.api.post(PATHS[what], ChangedResult, {**body, "dry_run": True})
        ids, more = list(told.ids), told.more
    return layout(
        visit, SURE[what], section(visit, CHANGED, _question(visit, what, ids, more, chosen))
    )


def _question(
    visit: Visit, what: str, ids: list[int], more: bool, chosen: WantedDeliveries
) -> Html:
    back = fill('<p><a href="{url}">{words}</a></p>', url=chosen.address, words=visit.say(BACK))
    if not ids:
        return fill('<p class="empty">{words}</p>{back}', words=visit.say(NOTHING[what]), back=back)
    many = COUNT[what] if len(ids) > 1 else COUNT_ONE[what]
    sentences = [visit.say(many, count=len(ids)), visit.say(EXACTLY)]
    body = fill(
        "{sentences}",
        sentences=[
            fill("<p>{one}</p>", one=one)
            for one in [*sentences, *([visit.say(MORE)] if more else [])]
        ],
    )
    fields = {"ids": " ".join(map(str, ids)), "what": what, **chosen.given}
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
    chosen = await wanted(visit, visit.form)
    told = await visit.api.post(PATHS[what], ChangedResult, {"ids": ids})
    return done(chosen.address, what if told.count == len(ids) else "some")


def picked(visit: Visit) -> list[str]:
    return [one for one in visit.form_list("id") if ID.fullmatch(one)]


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, LIST, listed),
    ConsoleRoute(hdrs.METH_POST, "/console/messages/choose", choose),
    ConsoleRoute(hdrs.METH_POST, "/console/messages/change", change),
)
