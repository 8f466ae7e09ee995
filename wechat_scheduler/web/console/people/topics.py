"""`/console/apps/{app}/topics`: groups of an app's subscribers."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import SURE, area_field, form, refusal, text_field
from wechat_scheduler.web.console.links import done, link
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import code, joined, section, table
from wechat_scheduler.web.console.people.app import DESCRIPTION
from wechat_scheduler.web.console.people.frame import (
    ONE,
    TABS,
    app_of,
    app_page,
    app_url,
)
from wechat_scheduler.web.console.questions import question
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.topics import TopicResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

WHO, CODE = W("Its subscribers", "订阅者"), W("Its code", "二维码")
MAKE, REMOVE = W("Make a topic", "创建主题"), W("Remove", "删除")
NONE = W(
    "No topics yet. A topic is a group of subscribers that gets messages as one: make the first one below.",
    "还没有主题。主题是一组一起收消息的订阅者：在下面创建第一个。",
)
REMOVE_SURE = W(
    "Remove the topic “{name}” with its subscriptions and codes?",
    "删除主题“{name}”及其订阅和二维码？",
)
NAMESAKE = W(
    "The app has a topic “{name}” already ({id}). Make another of the same name?",
    "应用已有名为“{name}”的主题（{id}）。再创建一个同名的？",
)
FIELDS: Final = ("name", "description")
NOTICES: Final = {
    "topic": W("The topic is made.", "主题已创建。"),
    "no_topic": W("The topic is removed.", "主题已删除。"),
}
TOPICS: Final = f"{ONE}/topics"


async def topics(visit: Visit) -> web.Response:
    return await _page(visit)


async def make(visit: Visit) -> web.Response:
    given = {name: visit.form.get(name, "").strip() for name in FIELDS}
    if SURE not in visit.form and (namesake := await _namesake(visit, given["name"])):
        return await question(visit, visit.say(NAMESAKE, name=namesake.name, id=namesake.id))
    try:
        await visit.api.post(
            "/v1/apps/{app}/topics",
            TopicResult,
            body=given,
            once=visit.form.get("once", ""),
            app=visit.request.match_info["app"],
        )
    except RequestError as error:
        return await _page(visit, error)
    return done(visit.request.path, "topic")


async def _namesake(visit: Visit, name: str) -> TopicResult | None:
    app = visit.request.match_info["app"]
    found = await visit.api.get("/v1/apps/{app}/topics", list[TopicResult], app=app)
    return next((one for one in found if one.name == name), None)


async def remove(visit: Visit) -> web.Response:
    names = visit.request.match_info
    await visit.api.delete(
        "/v1/apps/{app}/topics/{topic}", str, app=names["app"], topic=names["topic"]
    )
    return done(visit.request.path.rpartition("/")[0].rpartition("/")[0], "no_topic")


async def _page(visit: Visit, error: RequestError | None = None) -> web.Response:
    app = await app_of(visit)
    found = await visit.api.get("/v1/apps/{app}/topics", list[TopicResult], app=app.id)
    heads = (terms.NAME, terms.ID, terms.CREATED, terms.SEE_ALSO, terms.ACTIONS)
    listed = table(
        visit, TABS[2].words, heads, [_row(visit, app, one) for one in found], empty=NONE
    )
    body = fill(
        "{listed}{make}",
        listed=section(visit, TABS[2].words, listed, id="topics"),
        make=section(visit, MAKE, _form(visit, app, error), id="make"),
    )
    return app_page(visit, app, TABS[2].words, body, status=error.status if error else 200)


def _row(visit: Visit, app: AppResult, one: TopicResult) -> tuple[Html, ...]:
    url, named = app_url(app), f"app={app.id}&topic={one.id}"
    leads = [
        fill("<div>{link}</div>", link=link(path, visit.say(words)))
        for path, words in (
            (f"{url}/subscribers?topic={one.id}", WHO),
            (f"{url}/codes?topic={one.id}", CODE),
            (f"/console/messages/write?{named}", terms.WRITE_MESSAGE),
            (f"/console/reminders/write?{named}", terms.WRITE_REMINDER),
        )
    ]
    return (
        fill("{name}<br><small>{what}</small>", name=one.name, what=one.description),
        code(str(one.id)),
        visit.time(one.created_at),
        joined(leads),
        form(
            visit,
            f"{url}/topics/{one.id}/remove",
            Html(),
            REMOVE,
            kind="danger",
            confirm=REMOVE_SURE.filled(name=one.name),
        ),
    )


def _form(visit: Visit, app: AppResult, error: RequestError | None) -> Html:
    given, wrong = visit.form, Mistakes(error)
    fields = [
        text_field(
            visit, "name", terms.NAME, given.get("name", ""),
            error=wrong.at("name"), required=True, maxlength=64,
        ),
        area_field(
            visit, "description", DESCRIPTION, given.get("description", ""),
            error=wrong.at("description"), rows=2,
        ),
    ]  # fmt: skip
    body = fill("{refusal}{fields}", refusal=refusal(wrong.beside(FIELDS)), fields=fields)
    return form(visit, app_url(app, "/topics"), body, MAKE)


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, TOPICS, topics),
    ConsoleRoute(hdrs.METH_POST, TOPICS, make),
    ConsoleRoute(hdrs.METH_POST, f"{TOPICS}/{{topic}}/remove", remove),
)
