"""`/console/apps/{app}/topics/{topic}`: one topic, its name, and its removal."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.edits import edit_of, shown_fields
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.links import done, links
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import code, facts, section
from wechat_scheduler.web.console.people.app import DESCRIPTION
from wechat_scheduler.web.console.people.frame import ONE, app_of, app_page, app_url
from wechat_scheduler.web.console.people.topic_fields import FIELDS, topic_fields
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.topics import ReceiversResult, TopicResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

DANGER = W("Removal", "删除")
WHO, CODE = W("Its subscribers", "订阅者"), W("Its code", "二维码")
REACHES = W("A message reaches now", "现在发消息能到达")
PEOPLE, MORE = W("{n} users", "{n} 人"), W("more than {n} users", "超过 {n} 人")
ONE_USER = W("1 user", "1 人")
REMOVE = W("Remove", "删除")
REMOVE_SURE = W(
    "Remove the topic “{name}” with its subscriptions and codes?",
    "删除主题“{name}”及其订阅和二维码？",
)
NOTICES: Final = {
    "topic_changed": W("The topic is changed.", "主题已修改。"),
    "no_topic": W("The topic is removed.", "主题已删除。"),
}
TOPIC: Final = f"{ONE}/topics/{{topic}}"
_OURS: Final = "/v1/apps/{app}/topics/{topic}"


async def shown(visit: Visit) -> web.Response:
    return await _page(visit)


async def change(visit: Visit) -> web.Response:
    edit = edit_of(visit, _given(await _topic(visit)))
    given = {name: edit.visit.form[name].strip() for name in FIELDS}
    try:
        edit.check()
        await visit.api.patch(_OURS, TopicResult, body=edit.only(given), **_place(visit))
    except RequestError as error:
        return await _page(edit.visit, error)
    return done(visit.request.path, "topic_changed")


async def remove(visit: Visit) -> web.Response:
    await visit.api.delete(_OURS, str, **_place(visit))
    return done(visit.request.path.rpartition("/")[0].rpartition("/")[0], "no_topic")


def _place(visit: Visit) -> dict[str, str]:
    names = visit.request.match_info
    return {"app": names["app"], "topic": names["topic"]}


async def _page(visit: Visit, error: RequestError | None = None) -> web.Response:
    app, place = await app_of(visit), _place(visit)
    one = await _topic(visit)
    reached = await visit.api.get("/v1/apps/{app}/receivers", ReceiversResult, **place)
    given = visit.form if error else _given(one)
    url = app_url(app, f"/topics/{one.id}")
    sections = [
        section(visit, terms.ABOUT, _about(visit, one, reached), id="about"),
        section(visit, terms.SEE_ALSO, links(visit, topic_leads(app, one.id)), id="leads"),
        section(
            visit,
            terms.CHANGE,
            _change(visit, one, url, topic_fields(visit, given, Mistakes(error))),
            id="change",
        ),
        section(visit, DANGER, removal(visit, app, one), id="danger"),
    ]
    title = f"{visit.say(terms.TOPIC)} {one.name}"
    status = error.status if error else 200
    return app_page(visit, app, title, fill("{all}", all=sections), status=status)


async def _topic(visit: Visit) -> TopicResult:
    return await visit.api.get(_OURS, TopicResult, **_place(visit))


def _given(one: TopicResult) -> dict[str, str]:
    """The fields as they are now."""
    return {"name": one.name, "description": one.description}


def _change(visit: Visit, one: TopicResult, url: str, fields: Html) -> Html:
    return form(visit, url, fields, terms.SAVE, fields=shown_fields(_given(one)))


def _about(visit: Visit, one: TopicResult, reached: ReceiversResult) -> Html:
    words = MORE if reached.more else ONE_USER if reached.people == 1 else PEOPLE
    return facts(
        visit,
        [
            (terms.ID, code(str(one.id))),
            (DESCRIPTION, one.description),
            (terms.CREATED, visit.exactly(one.created_at)),
            (REACHES, visit.say(words, n=reached.people)),
        ],
    )


def topic_leads(app: AppResult, topic: int) -> list[tuple[str, Words]]:
    url, named = app_url(app), f"app={app.id}&topic={topic}"
    return [
        (f"{url}/subscribers?topic={topic}", WHO),
        (f"{url}/codes?topic={topic}", CODE),
        (f"/console/messages/write?{named}", terms.WRITE_MESSAGE),
        (f"/console/reminders/write?{named}", terms.WRITE_REMINDER),
    ]


def removal(visit: Visit, app: AppResult, one: TopicResult) -> Html:
    sure = REMOVE_SURE.filled(name=one.name)
    url = app_url(app, f"/topics/{one.id}/remove")
    return form(visit, url, Html(), REMOVE, kind="danger", confirm=sure)


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, TOPIC, shown),
    ConsoleRoute(hdrs.METH_POST, TOPIC, change),
    ConsoleRoute(hdrs.METH_POST, f"{TOPIC}/remove", remove),
)
