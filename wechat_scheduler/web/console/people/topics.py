"""`/console/apps/{app}/topics`: groups of an app's subscribers."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import SURE, form, text_field
from wechat_scheduler.web.console.links import done, link, offered, pager
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import code, joined, search, searched, section, table
from wechat_scheduler.web.console.people.frame import (
    ONE,
    TABS,
    app_of,
    app_page,
    app_url,
)
from wechat_scheduler.web.console.people.topic import removal, topic_leads
from wechat_scheduler.web.console.people.topic_fields import FIELDS, topic_fields
from wechat_scheduler.web.console.questions import question
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.query import LARGEST_PAGE, PAGE
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.topics import ListedTopicResult, TopicResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

SEARCH = W("Name or id", "名称或编号")
SUBSCRIBERS = W("Subscribers", "订阅者")
MAKE = W("Make a topic", "创建主题")
NONE = W(
    "No topics yet. A topic is a group of subscribers that gets messages as one: make the first one below.",
    "还没有主题。主题是一组一起收消息的订阅者：在下面创建第一个。",
)
NO_MATCH = W("No topic fits.", "没有匹配的主题。")
NAMESAKE = W(
    "The app has a topic “{name}” already ({id}). Make another of the same name?",
    "应用已有名为“{name}”的主题（{id}）。再创建一个同名的？",
)
NOTICES: Final = {"topic": W("The topic is made.", "主题已创建。")}
TOPICS: Final = f"{ONE}/topics"
_OURS: Final = "/v1/apps/{app}/topics"


async def topics(visit: Visit) -> web.Response:
    return await _page(visit)


async def make(visit: Visit) -> web.Response:
    given = {name: visit.form.get(name, "").strip() for name in FIELDS}
    if SURE not in visit.form and (namesake := await _namesake(visit, given["name"])):
        return question(visit, visit.say(NAMESAKE, name=namesake.name, id=namesake.id))
    try:
        app = visit.request.match_info["app"]
        await visit.api.post(_OURS, TopicResult, given, once=visit.once, app=app)
    except RequestError as error:
        return await _page(visit, error)
    return done(visit.request.path, "topic")


async def _namesake(visit: Visit, name: str) -> TopicResult | None:
    app = visit.request.match_info["app"]
    found = await visit.api.get(
        _OURS, list[ListedTopicResult], app=app, search=name, limit=LARGEST_PAGE
    )
    return next((one for one in found if one.name == name), None)


async def _page(visit: Visit, error: RequestError | None = None) -> web.Response:
    app = await app_of(visit)
    made = form(
        visit, app_url(app, "/topics"), topic_fields(visit, visit.form, Mistakes(error)), MAKE
    )
    body = fill(
        "{listed}{make}",
        listed=section(visit, TABS[2].words, await _listed(visit, app), id="topics"),
        make=section(visit, MAKE, made, id="make"),
    )
    return app_page(visit, app, TABS[2].words, body, status=error.status if error else 200)


async def _listed(visit: Visit, app: AppResult) -> Html:
    query = visit.request.query
    wanted = query.get("search", "").strip()
    found = await visit.api.page(
        _OURS,
        ListedTopicResult,
        app=app.id,
        search=wanted or None,
        after=query.get("after"),
        limit=PAGE,
    )
    heads = (terms.NAME, terms.ID, SUBSCRIBERS, terms.CREATED, terms.SEE_ALSO, terms.ACTIONS)
    field = text_field(visit, "search", SEARCH, wanted, type="search", maxlength=128)
    return joined(
        [
            search(visit, app_url(app, "/topics"), field),
            table(
                visit,
                TABS[2].words,
                heads,
                [_row(visit, app, one) for one in found.rows],
                empty=searched(visit, NO_MATCH, [(SEARCH, wanted)]) if wanted else NONE,
            ),
            pager(visit, found),
        ]
    )


def _row(visit: Visit, app: AppResult, one: ListedTopicResult) -> tuple[Html, ...]:
    leads = [
        fill("<div>{link}</div>", link=link(path, visit.say(words)))
        for path, words in offered(visit, topic_leads(app, one.id))
    ]
    name = link(app_url(app, f"/topics/{one.id}"), one.name)
    return (
        fill('{name} <small class="below">{what}</small>', name=name, what=one.description),
        code(str(one.id)),
        fill("{count}{more}", count=str(one.subscribers), more="+" if one.more else ""),
        visit.time(one.created_at),
        joined(leads),
        removal(visit, app, one),
    )


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, TOPICS, topics),
    ConsoleRoute(hdrs.METH_POST, TOPICS, make),
)
