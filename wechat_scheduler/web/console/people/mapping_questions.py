"""Asks before the mapping of a template is saved, and previews it."""

from collections.abc import Mapping
from typing import Any, Final

from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console.fields import SURE
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.templates import PreviewResult

W = Words

REPLACES = W(
    "“{purpose}” has the template {before} now. Use {after} for it in its place?",
    "“{purpose}”现在用模板 {before}。改用 {after}？",
)
REMOVED = W(
    "“{purpose}” was removed meanwhile. Save it again?", "“{purpose}”刚被别处删除。重新保存？"
)
EVEN_SO = W("Save it even so?", "仍然保存？")
# The field with the purpose that the form was opened for; empty for a new one.
EDITED: Final = "edited"


async def asked_first(visit: Visit, app: AppResult, template: dict[str, Any]) -> str:
    """The question before a template takes the place of another, or before one is saved that WeChat would refuse in
    some messages; empty if there is none, or the person said yes."""
    if SURE in visit.form:
        return ""
    questions = [_replaced(visit, app, template), await _doubted(visit, app, template)]
    return visit.say(W(" ", "")).join(filter(None, questions))


def _replaced(visit: Visit, app: AppResult, template: Mapping[str, Any]) -> str:
    purpose = visit.form.get("purpose", "").strip()
    before, is_edited = app.templates.get(purpose), purpose == visit.form.get(EDITED)
    if before is None:
        return visit.say(REMOVED, purpose=purpose) if is_edited and purpose else ""
    if is_edited:
        return ""
    names = {"before": before.template_id, "after": template["template_id"]}
    return visit.say(REPLACES, purpose=purpose, **names)


async def _doubted(visit: Visit, app: AppResult, template: dict[str, Any]) -> str:
    try:
        found = await previewed(visit, app, template)
    except RequestError:  # what is wrong is told when it is saved
        return ""
    told = [
        visit.sentence(f"{keyword} {visit.told(doubt)}") for keyword, doubt in found.doubts.items()
    ]
    return visit.say(W(" ", "")).join([*told, visit.say(EVEN_SO)]) if told else ""


async def previewed(visit: Visit, app: AppResult, template: dict[str, Any]) -> PreviewResult:
    given = visit.form
    body = {
        "purpose": given.get("purpose", "").strip() or "message",
        "template": template,
        "title": given.get("title", ""),
        "text": given.get("text", ""),
    }
    return await visit.api.post(
        "/v1/apps/{app}/templates/preview", PreviewResult, body=body, app=app.id
    )
