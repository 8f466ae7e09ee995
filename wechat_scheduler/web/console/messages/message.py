"""`/console/messages/{message}`: a message, and what became of it."""

from typing import Final
from urllib.parse import urlencode

from aiohttp import hdrs, web

from wechat_scheduler.delivery.sending_app import ACCOUNT
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.app_choice import BY_ACCOUNT
from wechat_scheduler.web.console.delivery_states import SO_FAR, WORDS, badge
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.messages.corrections import corrections_of
from wechat_scheduler.web.console.messages.left_out import told_left_out
from wechat_scheduler.web.console.messages.listing import deliveries_table
from wechat_scheduler.web.console.messages.origins import reminder_behind
from wechat_scheduler.web.console.messages.preview import OPENS
from wechat_scheduler.web.console.messages.states import is_sent_on, way
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.parts import joined, known_facts, section, table
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.delivery_bodies import DeliveryResult
from wechat_scheduler.web.native.sending.messages import MessageResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

CONTENT, BECAME = W("Content", "内容"), W("What became of it", "结果")
VALUE = W("Value", "值")
IS_RETRACTED = W("It is retracted: readers no longer see it.", "已撤回：读者看不到了。")
NO_DATA = W("No keywords.", "没有关键词。")
NO_DELIVERIES = W(
    "Its deliveries have been deleted after their time.", "它的投递已过保留期，被删除了。"
)
ALL = W("Show all", "查看全部")

PAGE: Final = "/console/messages/{message}"


async def shown(visit: Visit) -> web.Response:
    number = visit.request.match_info["message"]
    one = await visit.api.get("/v1/messages/{message}", MessageResult, message=number)
    rows = await visit.api.page("/v1/deliveries", DeliveryResult, message=number, limit=20)
    became = joined(
        [
            _counts(visit, one),
            deliveries_table(visit, _of_receivers(rows), NO_DELIVERIES, pick=False),
            when(rows.after, _all(visit, one)),
        ]
    )
    body = joined(
        [
            await told_left_out(visit),
            section(visit, BECAME, became, id="became", live=True),
            section(visit, CONTENT, await _content(visit, one)),
        ]
    )
    name = "" if one.retracted else one.title or one.template
    return layout(visit, name or terms.MESSAGE, body, live=True)


def _of_receivers(rows: Rows[DeliveryResult]) -> Rows[DeliveryResult]:
    """Without the one that was sent on to each of the others."""
    of_each = [one for one in rows.rows if not is_sent_on(one)]
    return Rows(rows=of_each or rows.rows, after=rows.after)


def _all(visit: Visit, one: MessageResult) -> Html:
    return fill("<p>{link}</p>", link=link(_list(one), visit.say(ALL)))


def _counts(visit: Visit, one: MessageResult) -> Html:
    """The number of deliveries in each state, each leading to these; of a message that is still spread, so far."""
    made = [
        fill(
            "<li>{badge} {count}</li>",
            badge=badge(visit, name),
            count=link(_list(one, state=name), str(one.counts[name])),
        )
        for name in WORDS
        if one.counts.get(name)
    ]
    so_far = fill('<p class="faint">{words}</p>', words=visit.say(SO_FAR))
    return when(
        made,
        fill(
            '<ul class="counts">{made}</ul>{so_far}', made=made, so_far=when(one.spreading, so_far)
        ),
    )


def _list(one: MessageResult, **more: str) -> str:
    return f"/console/messages?{urlencode({'message': one.id, **more})}"


async def _content(visit: Visit, one: MessageResult) -> Html:
    opens = one.url or (one.miniprogram.pagepath if one.miniprogram else "")
    known = known_facts(
        visit,
        [
            (terms.APP, await _app_name(visit, one.app)),
            (terms.REMINDER, await reminder_behind(visit, one)),
            (terms.CHANNEL, way(visit, one.channel)),
            (terms.PRIORITY, visit.say(terms.PRIORITIES[one.priority])),
            (terms.CREATED, visit.exactly(one.created_at)),
            (terms.NOT_BEFORE, visit.exactly(one.not_before) if one.not_before else None),
            (terms.EXPIRES, visit.exactly(one.expires) if one.expires else None),
            (terms.TEMPLATE, one.template),
            (OPENS, link(opens, opens) if opens else None),
            *corrections_of(one),
        ],
    )
    return joined([known, _retracted(visit) if one.retracted else _texts(visit, one)])


def _retracted(visit: Visit) -> Html:
    return fill("<p>{words}</p>", words=visit.say(IS_RETRACTED))


def _texts(visit: Visit, one: MessageResult) -> Html:
    data = table(
        visit, terms.KEYWORDS, (terms.KEYWORD, VALUE), [[name, text] for name, text in one.data.items()],
        empty=NO_DATA,
    )  # fmt: skip
    notes = [fill("<li>{note}</li>", note=visit.told(note)) for note in one.notes]
    return joined(
        [
            when(one.title, fill("<p><strong>{title}</strong></p>", title=one.title)),
            when(one.text, fill('<p class="text">{text}</p>', text=one.text)),
            when(one.data, data),
            when(
                notes,
                fill("<h3>{head}</h3><ul>{notes}</ul>", head=visit.say(terms.NOTES), notes=notes),
            ),
        ]
    )


async def _app_name(visit: Visit, app: int) -> str:
    try:
        return (await visit.api.get("/v1/apps/{app}", AppResult, app=app)).name
    except NotFoundError:
        return visit.say(BY_ACCOUNT) if app == ACCOUNT else str(app)


ROUTES: Final = (ConsoleRoute(hdrs.METH_GET, PAGE, shown),)
