"""Shows the name that people gave an account on its page, and changes it."""

from typing import Final

from wechat_scheduler.access.model import Scope
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.credentials.rows import account_place
from wechat_scheduler.web.console.edits import shown_fields
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import joined, section
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.texts import LONGEST_NAME
from wechat_scheduler.web.pages.markup import Html

W = Words

NAME_HINT = W(
    "What you call it, such as the name of the 公众号. Lists and alerts show it.",
    "你怎样称呼它，例如公众号的名称。列表和告警会显示它。",
)
SAVE = W("Save the name", "保存名称")
NOTICES: Final = {"named": W("The name was saved.", "名称已保存。")}


def naming(visit: Visit, appid: str, name: str, error: RequestError | None = None) -> Html:
    """The form, for a key that may name the account; nothing for others, which read the name above."""
    if not visit.may(Scope.REGISTER) or visit.session.key.kinds:
        return Html()
    fields = FormFields(visit, visit.form, Mistakes(error))
    shown = fields.text(
        "name", terms.NAME, default=name, hint=NAME_HINT, maxlength=LONGEST_NAME, autocomplete="off"
    )
    now = shown_fields({"name": name})
    body = joined([fields.refusal(), form(visit, account_place(appid), shown, SAVE, fields=now)])
    return section(visit, terms.NAME, body, id="name")
