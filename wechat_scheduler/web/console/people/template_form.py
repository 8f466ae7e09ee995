"""`/console/apps/{app}/templates/map`: which text each keyword of a template gets, with a preview."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from aiohttp import hdrs, web
from msgspec import UNSET

from wechat_scheduler.access.model import Scope
from wechat_scheduler.delivery.keywords import taken
from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.edits import edit_of, shown_fields
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.keyword_lines import label_of, read_keywords
from wechat_scheduler.web.console.links import done
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import section
from wechat_scheduler.web.console.people.frame import app_of, app_page, app_url
from wechat_scheduler.web.console.people.keyword_rules import keyword_rules
from wechat_scheduler.web.console.people.mapping_mistakes import (
    KEYWORD_FIELD,
    keywords_of,
    mapping_mistakes,
)
from wechat_scheduler.web.console.people.mapping_preview import mapping_preview
from wechat_scheduler.web.console.people.mapping_questions import EDITED, asked_first, previewed
from wechat_scheduler.web.console.people.templates import PURPOSE, TEMPLATES, store, twice
from wechat_scheduler.web.console.questions import question
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.kit.tags import PreconditionError
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.templates import (
    AccountTemplateResult,
    ImportedResult,
    PreviewResult,
)
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

MAP = W("Map a template", "配置模板")
PURPOSE_HINT = W(
    "message, notice or reminder, or an alias of your own that messages name.",
    "message、notice 或 reminder，或消息里引用的自定别名。",
)
TEMPLATE_ID = W("Template id", "模板编号")
MORE = W("Further keywords", "其他关键词")
MORE_HINT = W("One a line, such as thing1: {title}", "一行一个，例如 thing1：{title}")
PLACES = W(
    "In each text, {title}, {content}, {time} and {app} are filled in, and the message's data by their names.",
    "文字里的 {title}、{content}、{time}、{app} 会被填入，消息的 data 按名字填入。",
)
ONLY = W("Only: {values}", "只能是：{values}")
TAKES = W("WeChat takes {rule}.", "微信接受：{rule}。")
# Of a message to preview: name, label, what stands in it at first, characters.
SAMPLES: Final = (
    ("title", W("Title of a message to preview", "预览用的消息标题"), W("Parcel", "快递"), 100),
    ("text", W("Its text", "消息正文"), W("It is at the door.", "已放在门口。"), 1000),
)
MAPPING: Final = f"{TEMPLATES}/map"


async def show(visit: Visit) -> web.Response:
    app, query = await app_of(visit), visit.request.query
    purpose = query.get("purpose", "")
    stored = _stored(app, purpose) or {}
    given = {"purpose": purpose, EDITED: purpose if stored else "", **stored}
    if wanted := query.get("template_id", ""):
        given["template_id"] = wanted
    return await _page(visit, app, given)


def _stored(app: AppResult, purpose: str) -> dict[str, str] | None:
    """The fields of the form as they are now; None if the purpose has no template."""
    mapped = app.templates.get(purpose)
    if mapped is None:
        return None
    keywords = {f"{KEYWORD_FIELD}{keyword}": text for keyword, text in mapped.fields.items()}
    return {"template_id": mapped.template_id, **keywords}


async def save(visit: Visit) -> web.Response:
    return await twice(visit, _merged)


async def _merged(visit: Visit) -> web.Response:
    """Saves the form, or previews a message by it. Another purpose than the one that it was opened for is not edited."""
    app, purpose = await app_of(visit), visit.form.get("purpose", "").strip()
    is_same = purpose == visit.form.get(EDITED)
    edit = edit_of(visit, _stored(app, purpose) if is_same else None)
    if edit.clashes and "preview" not in visit.form:
        return await _page(edit.visit, app, edit.visit.form, error=edit.error())
    return await _save(edit.visit, app)


async def _save(visit: Visit, app: AppResult) -> web.Response:
    given, wrong, shown = visit.form, WrongFields(), None
    more: dict[str, str] = {}
    with wrong:
        more = read_keywords(visit, given.get("more", ""), field="more")
    template = _template(visit, more)
    if not wrong and "preview" not in given and (asked := await asked_first(visit, app, template)):
        return question(visit, asked)
    try:
        with wrong:
            if wrong or "preview" in given:  # what else is wrong is told beside
                shown = await previewed(visit, app, template)
            else:
                await _saved(visit, app, template)
        wrong.check()
    except PreconditionError:
        raise
    except RequestError as error:
        return await _page(visit, app, given, error=error, preview=shown)
    if shown is not None:
        return await _page(visit, app, given, preview=shown)
    return done(app_url(app, "/templates"), "mapped")


async def _saved(visit: Visit, app: AppResult, template: dict[str, Any]) -> None:
    purpose = visit.form.get("purpose", "").strip()
    before = app.templates.get(purpose)
    if before is not None and before.miniprogram is not UNSET:
        template["miniprogram"] = before.miniprogram
    kept = {name: msgspec.to_builtins(one) for name, one in app.templates.items()}
    await store(visit, app, {**kept, purpose: template})


def _template(visit: Visit, more: Mapping[str, str]) -> dict[str, Any]:
    """`more` are keywords beside those that have a field."""
    given = visit.form
    fields = {
        name.removeprefix(KEYWORD_FIELD): text.strip()
        for name, text in given.items()
        if name.startswith(KEYWORD_FIELD) and text.strip()
    }
    return {"template_id": given.get("template_id", "").strip(), "fields": {**fields, **more}}


async def _page(
    visit: Visit,
    app: AppResult,
    given: Mapping[str, str],
    error: RequestError | None = None,
    preview: PreviewResult | None = None,
) -> web.Response:
    known = await visit.api.get("/v1/apps/{app}/templates", ImportedResult, app=app.id)
    template_id = given.get("template_id", "").strip()
    account = next((one for one in known.templates if one.template_id == template_id), None)
    mistakes = mapping_mistakes(visit, given, account, error, preview)
    shown = (
        section(visit, terms.PREVIEW, mapping_preview(visit, preview, account), id="preview")
        if preview
        else Html()
    )
    body = fill(
        "{preview}{form}",
        preview=shown,
        form=section(visit, MAP, _form(visit, app, account, given, mistakes), id="map"),
    )
    return app_page(visit, app, MAP, body, status=error.status if error else 200)


def _form(
    visit: Visit,
    app: AppResult,
    account: AccountTemplateResult | None,
    given: Mapping[str, str],
    wrong: Mistakes,
) -> Html:
    purpose, is_first = given.get("purpose", "").strip(), "message" not in app.templates
    usual = "message" if is_first and not given.get("once") else ""
    fields = FormFields(visit, {**given, "purpose": purpose or usual}, wrong)
    made = [
        fields.text("purpose", PURPOSE, hint=PURPOSE_HINT, required=True, maxlength=64),
        fields.text("template_id", TEMPLATE_ID, required=True, maxlength=64),
        *(_keyword(visit, account, keyword, fields) for keyword in keywords_of(given, account)),
        fields.area("more", MORE, hint=MORE_HINT, rows=3),
        keyword_rules(visit),
        *(
            fields.text(name, words, default=visit.say(sample), maxlength=most)
            for name, words, sample, most in SAMPLES
        ),
    ]
    body = fill(
        "<p>{places}</p>{fields}", places=visit.say(PLACES), fields=fields.below_refusal(made)
    )
    look = fill(
        '<button name="preview" value="on">{words}</button>', words=visit.say(terms.PREVIEW)
    )
    url, edited = app_url(app, "/templates/map"), given.get(EDITED, "")
    kept = {EDITED: edited, **_shown(app, edited, keywords_of(given, account))}
    return form(visit, url, body, terms.SAVE, fields=kept, before=[look])


def _shown(app: AppResult, purpose: str, keywords: Iterable[str]) -> dict[str, str]:
    """Also of keywords that have no text yet."""
    stored = _stored(app, purpose)
    if stored is None:
        return {}
    return shown_fields(
        {**dict.fromkeys((f"{KEYWORD_FIELD}{one}" for one in keywords), ""), **stored}
    )


def _keyword(
    visit: Visit, account: AccountTemplateResult | None, keyword: str, fields: FormFields
) -> Html:
    allowed = account.keywords.get(keyword, ()) if account else ()
    label = label_of(keyword, account.labels if account else {})
    hint = ONLY.filled(values=visit.listed(allowed)) if allowed else _rule(visit, keyword)
    shown = f"{label} {keyword}".strip()
    return fields.text(f"{KEYWORD_FIELD}{keyword}", shown, hint=hint, maxlength=1000)


def _rule(visit: Visit, keyword: str) -> Phrase | None:
    """What WeChat takes for a keyword of this type."""
    rule = visit.told(taken(keyword))
    return TAKES.filled(rule=rule) if rule else None


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, MAPPING, show, Scope.ADMIN),
    ConsoleRoute(hdrs.METH_POST, MAPPING, save, Scope.ADMIN),
)
