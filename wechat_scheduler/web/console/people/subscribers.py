"""`/console/apps/{app}/subscribers`: who receives an app's messages, and the binding of a user."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.errors import RequestError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import SURE, form
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.links import done, link, pager
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import code, joined, search, searched, section, table
from wechat_scheduler.web.console.people.frame import (
    ONE,
    TABS,
    app_of,
    app_page,
    app_url,
)
from wechat_scheduler.web.console.people.further_subscribers import of_topics, ways_on
from wechat_scheduler.web.console.people.reach import own_name, reach_badge
from wechat_scheduler.web.console.people.topic_fields import topic_options
from wechat_scheduler.web.console.people.user_tokens import USER
from wechat_scheduler.web.console.person_names import person_name
from wechat_scheduler.web.console.questions import question
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.topic_choice import offered_topics
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.subscriber_bodies import (
    BoundResult,
    ShownSubscriberResult,
    SubscriberResult,
)
from wechat_scheduler.web.native.sending.topics import TopicResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

WHO = W("Nickname, the app's own name, uid or openid", "昵称、应用自己的用户名、uid 或 openid")
BLOCKED, EACH = W("Blocked", "拉黑"), W("All", "全部")
ONLY_BLOCKED, NOT_BLOCKED = W("Only blocked", "只看已拉黑"), W("Not blocked", "未拉黑")
SINCE = W("Subscribed", "订阅于")
NONE = W(
    "There is no subscriber here. Users subscribe by a QR code of the app, by writing #{id} to the account, or you bind them below.",
    "这里没有人。用户扫应用的二维码、给账号发 #{id} 即订阅，也可以在下面绑定。",
)
NO_MATCH = W(
    "No user fits. Try a part of the nickname or name, or the whole uid or openid.",
    "没有匹配的用户。请输入昵称或名字的一部分，或者完整的 uid、openid。",
)
BIND = W("Bind a user", "绑定用户")
BIND_HINT = W(
    "For users whom your system knows: they subscribe at once, under the app's own name for them.",
    "用于你的系统已认识的用户：立即订阅，并记下你给他的名字。",
)
MOVES = W(
    "{name} is the name of another user now: {uid} ({openid}). Give it to {new}? Messages to {name} reach {new} from then on; "
    "the other user stays subscribed, without this name.",
    "{name} 现在是另一个用户的名字：{uid}（{openid}）。改给 {new}？之后发给 {name} 的消息都到 {new}；原来的用户仍是订阅者，但不再有这个名字。",
)
EXTERNAL = W("The app's own name", "应用自己的用户名")
BOUND: Final = {"bound": W("The user is bound.", "用户已绑定。")}
NAMES: Final = ("external_id", "openid")


async def subscribers(visit: Visit) -> web.Response:
    return await _page(visit)


async def bind(visit: Visit) -> web.Response:
    app = visit.request.match_info["app"]
    entry = {name: visit.form.get(name, "").strip() for name in NAMES}
    try:
        await visit.api.post(
            "/v1/apps/{app}/subscribers",
            list[BoundResult],
            body=[entry],
            app=app,
            move=SURE in visit.form,
        )
    except RequestError as error:
        if error.reason is Reason.SUBSCRIBER_NAME_TAKEN:
            return question(visit, await _moves(visit, **entry))
        return await _page(visit, error)
    return done(visit.request.path, "bound")


async def _moves(visit: Visit, external_id: str, openid: str) -> str:
    """The question whether the name of another user may move."""
    names = {"app": visit.request.match_info["app"], "name": external_id}
    user = await visit.api.get(USER, ShownSubscriberResult, **names)
    return visit.say(MOVES, name=external_id, uid=user.uid, openid=user.openid, new=openid)


async def _page(visit: Visit, error: RequestError | None = None) -> web.Response:
    app = await app_of(visit)
    topics = await offered_topics(visit, app.id, [visit.request.query.get("topic", "")])
    body = fill(
        "{listed}{bind}",
        listed=section(visit, TABS[1].words, await _listed(visit, app, topics), id="subscribers"),
        bind=section(visit, BIND, _bind_form(visit, app, error), id="bind"),
    )
    return app_page(visit, app, TABS[1].words, body, status=error.status if error else 200)


async def _listed(visit: Visit, app: AppResult, topics: list[TopicResult]) -> Html:
    query = visit.request.query
    found = await visit.api.page(
        "/v1/apps/{app}/subscribers",
        SubscriberResult,
        app=app.id,
        called=query.get("name", "").strip() or None,
        topic=query.get("topic") or None,
        blocked=query.get("blocked") or None,
        after=query.get("after"),
    )
    is_filtered = any(query.get(name) for name in ("name", "topic", "blocked", "after"))
    none = NONE.filled(id=app.id)
    return fill(
        "{search}{elsewhere}{table}{pager}{ways}",
        search=_search(visit, app, topics),
        elsewhere=when(topics and not query.get("topic"), of_topics(visit, app, topics)),
        ways=ways_on(visit, app, query.get("name", "").strip()),
        table=table(
            visit,
            TABS[1].words,
            (terms.USER, terms.OPENID, terms.STATE, terms.LAST_ACT, SINCE),
            [_row(visit, app, one) for one in found.rows],
            empty=searched(visit, NO_MATCH, _sought(visit, topics)) if is_filtered else none,
        ),
        pager=pager(visit, found),
    )


def _sought(visit: Visit, topics: list[TopicResult]) -> list[tuple[Phrase, str]]:
    query = visit.request.query
    names = {str(topic.id): topic.name for topic in topics}
    blocked = {"true": ONLY_BLOCKED, "false": NOT_BLOCKED}.get(query.get("blocked", ""), "")
    topic = query.get("topic", "")
    return [
        (terms.USER, query.get("name", "").strip()),
        (terms.TOPIC, names.get(topic, topic)),
        (BLOCKED, visit.say(blocked)),
    ]


def _search(visit: Visit, app: AppResult, topics: list[TopicResult]) -> Html:
    fields = FormFields(visit, visit.request.query)
    blocked = [("", EACH), ("true", ONLY_BLOCKED), ("false", NOT_BLOCKED)]
    made = [
        fields.text("name", WHO, type="search", maxlength=128),
        fields.select("topic", terms.TOPIC, topic_options(visit, topics)),
        fields.select("blocked", BLOCKED, blocked),
    ]
    return search(visit, app_url(app, "/subscribers"), joined(made))


def _row(visit: Visit, app: AppResult, one: SubscriberResult) -> tuple[Html, ...]:
    return (
        _named(app, one),
        code(one.openid),
        reach_badge(visit, one, blocked=one.blocked, muted=one.muted),
        visit.time(one.heard_at),
        visit.time(one.subscribed_at),
    )


def _named(app: AppResult, one: SubscriberResult) -> Html:
    """What they are called, with the uid below it."""
    name = own_name(one)
    url = app_url(app, f"/subscribers/{one.uid}")
    known = dict.fromkeys([*one.names, one.nickname])
    others = [
        fill(' <small class="below">{other}</small>', other=other)
        for other in known
        if other not in ("", name)
    ]
    return fill(
        "{name}{others} {uid}",
        name=link(url, person_name(one.uid, name, one.openid)),
        others=others,
        uid=fill('<small class="below">{uid}</small>', uid=code(one.uid)),
    )


def _bind_form(visit: Visit, app: AppResult, error: RequestError | None) -> Html:
    mistakes = Mistakes(error, place=lambda field: field.removeprefix("[0]."))
    fields = FormFields(visit, visit.form, mistakes)
    body = fields.below_refusal(
        [
            fields.text("external_id", EXTERNAL, required=True, maxlength=128),
            fields.text("openid", terms.OPENID, required=True, maxlength=128),
        ]
    )
    about = fill("<p>{hint}</p>", hint=visit.say(BIND_HINT))
    return form(visit, app_url(app, "/subscribers"), joined([about, body]), BIND)


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, f"{ONE}/subscribers", subscribers),
    ConsoleRoute(hdrs.METH_POST, f"{ONE}/subscribers", bind),
)
