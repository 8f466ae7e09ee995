"""`/console/messages`: deliveries by time, app, person and state."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.delivery_states import WORDS
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.key_limits import of_accounts
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import button, link, pager
from wechat_scheduler.web.console.messages.finding import (
    LABELS,
    NAMES,
    WantedDeliveries,
    filters,
    wanted,
)
from wechat_scheduler.web.console.messages.states import (
    CANCELLABLE,
    REPLAYABLE,
    headline,
    is_sent_on,
    receiver_link,
    sender_link,
    standing,
)
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.parts import aside, joined, searched, section, spaced, table
from wechat_scheduler.web.console.receipts import told_reason
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.sought_users import which_of_several
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.delivery_bodies import DeliveryResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

FIND, FOUND = W("Find", "查找"), W("Deliveries", "投递")
DELIVERIES = W("Deliveries, the newest first", "投递，最新的在前")
NONE = W(
    "No deliveries yet. Write a message, or send one with POST /v1/messages.",
    "还没有投递。写一条消息，或者用 POST /v1/messages 发送。",
)
NONE_FOUND = W("No delivery matches. Leave out a filter.", "没有符合的投递。去掉一个筛选条件试试。")
PICK, PICK_ONE = W("Select", "选择"), W("Select {title}", "选择 {title}")
CORRECTED = W("corrected in another message", "已改正另发")
RETRACTED = W("(retracted)", "（已撤回）")
REPLAY_PICKED = W("Send the selected again", "重新发送所选")
CANCEL_PICKED = W("Cancel the selected", "取消所选")
REPLAY_ALL = W("Send all that match again…", "重新发送所有符合的…")
CANCEL_ALL = W("Cancel all that match…", "取消所有符合的…")
COUNTED_FIRST = W(
    "You see how many there are before anything is changed.", "更改之前会先告诉你有多少条。"
)

LIST: Final = "/console/messages"


async def listed(visit: Visit) -> web.Response:
    try:
        chosen = await wanted(visit, visit.request.query)
        after = visit.request.query.get("after")
        rows = await visit.api.page("/v1/deliveries", DeliveryResult, **chosen.query, after=after)
    except RequestError as error:
        if error.field not in NAMES:
            raise
        body = joined(
            [
                section(visit, FIND, await filters(visit, LIST, error)),
                which_of_several(visit, error),
            ]
        )
        return layout(visit, terms.MESSAGES, body, status=error.status)
    body = joined(
        [
            when(
                visit.may(Scope.PUSH),
                button(visit, f"{LIST}/write", terms.WRITE_MESSAGE, kind="main"),
            ),
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
        kind="brief deliveries",
    )


def _found(visit: Visit, rows: Rows[DeliveryResult], chosen: WantedDeliveries) -> Html:
    empty = _none_found(visit, chosen) if chosen.given else of_accounts(visit, NONE)
    acts = _acts(rows, chosen) if visit.may(Scope.PUSH) else []
    shown = deliveries_table(visit, rows, empty, pick=bool(acts))
    if not acts:
        return fill("{shown}{pager}", shown=shown, pager=pager(visit, rows))
    (first, words), *others = acts
    beside = [
        fill(
            '<button name="what" value="{what}">{words}</button>', what=what, words=visit.say(name)
        )
        for what, name in others
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
        words,
        fields={**chosen.given, "what": first},
        beside=beside,
    )
    return fill("{picked}{pager}", picked=picked, pager=pager(visit, rows))


def _acts(rows: Rows[DeliveryResult], chosen: WantedDeliveries) -> list[tuple[str, Words]]:
    """What can be done with the deliveries of the page, and with all that match."""
    of_page, wanted_state = {one.state for one in rows.rows}, chosen.query.get("state", "")
    found = []
    for what, states, picked, all_of_them in (
        ("replay", REPLAYABLE, REPLAY_PICKED, REPLAY_ALL),
        ("cancel", CANCELLABLE, CANCEL_PICKED, CANCEL_ALL),
    ):
        if of_page & {*states}:
            found.append((what, picked))
        if rows.rows and chosen.query and (not wanted_state or wanted_state in states):
            found.append((f"{what}_all", all_of_them))
    return sorted(found, key=lambda act: act[0].endswith("_all"))


def _none_found(visit: Visit, chosen: WantedDeliveries) -> Words:
    given = dict(chosen.given)
    if given.get("state") in WORDS:
        given["state"] = visit.say(WORDS[given["state"]][1])
    return searched(visit, NONE_FOUND, ((LABELS[name], text) for name, text in given.items()))


def _box(visit: Visit, one: DeliveryResult) -> Html:
    """Nothing is done with what was sent on to each of its receivers. After Back a browser would tick others, as it goes
    by the order."""
    if is_sent_on(one):
        return Html()
    return fill(
        '<label class="pick"><input type="checkbox" name="id" value="{id}" autocomplete="off" aria-label="{label}"></label>',
        id=one.id,
        label=visit.say(PICK_ONE, title=one.title or one.id),
    )


def _cells(visit: Visit, one: DeliveryResult) -> list[Html | str]:
    return [
        visit.time(one.created_at),
        link(f"/console/deliveries/{one.id}", headline(one.title) or visit.say(RETRACTED)),
        sender_link(visit, one),
        receiver_link(visit, one),
        spaced(standing(visit, one), when(one.corrected, aside(visit, CORRECTED))),
        told_reason(visit, one.reason),
    ]


ROUTES: Final = (ConsoleRoute(hdrs.METH_GET, LIST, listed),)
