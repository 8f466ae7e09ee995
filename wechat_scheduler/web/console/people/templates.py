"""`/console/apps/{app}/templates`: the templates of an app's account, and which of them the app uses."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.keyword_lines import named_keyword
from wechat_scheduler.web.console.links import done, link
from wechat_scheduler.web.console.parts import (
    advice,
    code,
    joined,
    labelled,
    none_yet,
    section,
    table,
)
from wechat_scheduler.web.console.people.frame import ONE, TABS, app_of, app_page, app_url
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.tags import PreconditionError
from wechat_scheduler.web.native.sending.app_bodies import AppResult, TemplateBody
from wechat_scheduler.web.native.sending.templates import AccountTemplateResult, ImportedResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

MAPPED = W("Templates of the app", "应用用的模板")
PURPOSE = W("Purpose or alias", "用途或别名")
TEXTS = W("Texts of its keywords", "各关键词的文字")
REMOVE = W("Remove", "删除")
REMOVE_SURE = W(
    "Remove the template of “{purpose}”? Messages of this purpose have none then.",
    "删除“{purpose}”的模板？之后此用途的消息没有模板。",
)
NONE_MAPPED = W(
    "None yet. Messages reach users within the 48 hours of a conversation only.",
    "还没有。消息只能在 48 小时会话内到达用户。",
)
MAP_FIRST = W(
    "Map the purposes message, notice and reminder to templates of the account.",
    "请把用途 message、notice、reminder 对应到账号的模板。",
)
ACCOUNTS = W("Templates of the account", "账号的模板")
LASTING = W("lasting subscribe notice", "长期订阅通知")
USE = W("Use it", "使用")
NONE_IMPORTED = W(
    "None imported yet: their keywords are not known and not checked.",
    "还没有导入：不知道关键词，也无法检查。",
)
IMPORT_FIRST = W("Import them.", "请先导入。")
UNLABELLED = W(
    "The words that users see in front of the keywords are not known here: import again to see them.",
    "这里还没有关键词前面的文字：重新导入后会显示。",
)
IMPORT = W("Import from WeChat", "从微信导入")
ADD = W("Map a template by its id", "按编号配置模板")
NOTICES: Final = {
    "imported": W("{count} templates are imported.", "已导入 {count} 个模板。"),
    "imported_one": W("1 template is imported.", "已导入 1 个模板。"),
    "mapped": W("The template is saved.", "模板已保存。"),
    "unmapped": W("The template is removed from the app.", "应用已不再用此模板。"),
}
TEMPLATES: Final = f"{ONE}/templates"


async def templates(visit: Visit) -> web.Response:
    app = await app_of(visit)
    known = await visit.api.get("/v1/apps/{app}/templates", ImportedResult, app=app.id)
    may, url = visit.may(Scope.ADMIN), app_url(app, "/templates")
    add = fill("<p>{link}</p>", link=link(f"{url}/map", visit.say(ADD)))
    take = form(visit, f"{url}/import", Html(), IMPORT, kind="quiet")
    mapped = [
        *(advice(visit, fault) for fault in known.faults),
        _mapped(visit, app, known),
        when(may, add),
    ]
    imported = [
        _accounts(visit, app, known),
        when(may and _is_unlabelled(known), advice(visit, visit.say(UNLABELLED))),
        when(may, take),
    ]
    sections = [
        section(visit, MAPPED, joined(mapped), id="mapped"),
        section(visit, ACCOUNTS, joined(imported), id="account"),
    ]
    return app_page(visit, app, TABS[4].words, joined(sections))


def _to_form(visit: Visit, app: AppResult, name: str, value: str, words: Words) -> Html:
    """A button that opens the form of a template, with that in its field."""
    return fill(
        '<form method="get" action="{url}"><input type="hidden" name="{name}" value="{value}">'
        "<button>{words}</button></form>",
        url=app_url(app, "/templates/map"),
        name=name,
        value=value,
        words=visit.say(words),
    )


def _is_unlabelled(known: ImportedResult) -> bool:
    """Whether the templates were imported before labels were kept."""
    return bool(known.templates) and not any(one.labels for one in known.templates)


def _mapped(visit: Visit, app: AppResult, known: ImportedResult) -> Html:
    by_id = {one.template_id: one for one in known.templates}
    rows = [
        _mapping(visit, app, purpose, one, by_id.get(one.template_id))
        for purpose, one in app.templates.items()
    ]
    return table(
        visit,
        MAPPED,
        (PURPOSE, terms.TEMPLATE, TEXTS, terms.ACTIONS),
        rows,
        empty=none_yet(visit, NONE_MAPPED, MAP_FIRST, Scope.ADMIN),
    )


def _mapping(
    visit: Visit,
    app: AppResult,
    purpose: str,
    one: TemplateBody,
    account: AccountTemplateResult | None,
) -> tuple[Html, ...]:
    """With what the account says of the template, if it was imported."""
    labels = account.labels if account else {}
    url, kept = app_url(app, "/templates/remove"), {"purpose": purpose}
    sure = REMOVE_SURE.filled(purpose=purpose)
    actions = (
        _to_form(visit, app, "purpose", purpose, terms.CHANGE),
        form(visit, url, Html(), REMOVE, kind="danger", confirm=sure, fields=kept),
    )
    return (
        fill("{purpose}", purpose=purpose),
        fill(
            "{title}{id}",
            title=when(account, fill("<div>{title}</div>", title=account.title if account else "")),
            id=code(one.template_id),
        ),
        joined(
            fill("<div>{line}</div>", line=labelled(visit, named_keyword(keyword, labels), text))
            for keyword, text in one.fields.items()
        ),
        when(visit.may(Scope.ADMIN), joined(actions)),
    )


def _accounts(visit: Visit, app: AppResult, known: ImportedResult) -> Html:
    rows = [_account(visit, app, one) for one in known.templates]
    heads = (terms.TITLE, terms.KIND, terms.KEYWORDS, terms.ID, terms.ACTIONS)
    return table(
        visit,
        ACCOUNTS,
        heads,
        rows,
        empty=none_yet(visit, NONE_IMPORTED, IMPORT_FIRST, Scope.ADMIN),
    )


def _account(visit: Visit, app: AppResult, one: AccountTemplateResult) -> tuple[Html, ...]:
    notice = LASTING if one.lasting else terms.CHANNELS["subscribe"]
    kind = notice if one.notice else terms.CHANNELS["template"]
    use = _to_form(visit, app, "template_id", one.template_id, USE)
    return (
        fill("{title}", title=one.title),
        fill("{kind}", kind=visit.say(kind)),
        joined(
            fill("<div>{keyword}</div>", keyword=named_keyword(keyword, one.labels))
            for keyword in one.keywords
        ),
        code(one.template_id),
        when(visit.may(Scope.ADMIN), use),
    )


async def take(visit: Visit) -> web.Response:
    found = await visit.api.post(
        "/v1/apps/{app}/templates", ImportedResult, app=visit.request.match_info["app"]
    )
    return done(visit.request.path.rpartition("/")[0], "imported", count=len(found.templates))


async def twice(visit: Visit, change: Callable[[Visit], Awaitable[web.Response]]) -> web.Response:
    """All templates of an app are stored as one: if another changed the app after `change` had read it, it reads that too."""
    try:
        return await change(visit)
    except PreconditionError:
        return await change(visit)


async def store(visit: Visit, app: AppResult, templates: Mapping[str, object]) -> None:
    """In place of those of the app as it was read. Raises PreconditionError."""
    body = {"templates": templates}
    await visit.api.patch_as_read("/v1/apps/{app}", app, body=body, app=app.id)


async def remove(visit: Visit) -> web.Response:
    return await twice(visit, _remove)


async def _remove(visit: Visit) -> web.Response:
    app = await app_of(visit)
    gone = visit.form.get("purpose", "")
    left = {purpose: one for purpose, one in app.templates.items() if purpose != gone}
    await store(visit, app, left)
    return done(app_url(app, "/templates"), "unmapped")


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, TEMPLATES, templates),
    ConsoleRoute(hdrs.METH_POST, f"{TEMPLATES}/import", take, Scope.ADMIN),
    ConsoleRoute(hdrs.METH_POST, f"{TEMPLATES}/remove", remove, Scope.ADMIN),
)
