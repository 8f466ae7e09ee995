"""Places what is wrong with the mapping of a template at the fields of its form."""

from collections.abc import Mapping
from typing import Final

from wechat_scheduler.errors import InvalidRequestError, RequestError
from wechat_scheduler.web.console.mistakes import Mistakes, sentence
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.templates import AccountTemplateResult, PreviewResult

W = Words

OF_OTHER = W("The template of “{purpose}”: {fault}", "“{purpose}”的模板：{fault}")
KEYWORD_FIELD: Final = "keyword-"


def mapping_mistakes(
    visit: Visit,
    given: Mapping[str, str],
    account: AccountTemplateResult | None,
    error: RequestError | None,
    preview: PreviewResult | None,
) -> Mistakes:
    """What is wrong, by the fields of the form: also what WeChat would refuse in the preview."""
    purpose = given.get("purpose", "").strip()
    own = {f"{KEYWORD_FIELD}{keyword}" for keyword in keywords_of(given, account)}

    def place(field: str) -> str:
        for one in (f"templates.{purpose}.", "template."):
            if field.startswith(one):
                kind, _, keyword = field.removeprefix(one).partition(".")
                name = f"{KEYWORD_FIELD}{keyword}" if kind == "fields" else kind
                return name if name in own or kind != "fields" else "more"
        return "purpose" if field == "templates" else field

    def say(one: RequestError) -> str:
        other = one.field.removeprefix("templates.").partition(".")[0]
        if place(one.field).startswith("templates."):
            return visit.say(OF_OTHER, purpose=other, fault=sentence(one.sentence))
        keyword = one.field.rpartition(".fields.")[2]
        is_further = place(one.field) == "more" and keyword != one.field
        return sentence(f"{keyword} {one.sentence}" if is_further else one.sentence)

    found = list[RequestError]([error, *error.further] if error else [])
    for keyword, fault in (preview.wrong if preview else {}).items():
        at = f"template.fields.{keyword}" if keyword else "template.template_id"
        found.append(InvalidRequestError(visit.told(fault), field=at))
    for first in found[:1]:
        first.further = tuple(found[1:])
    return Mistakes(found[0] if found else None, place=place, say=say)


def keywords_of(given: Mapping[str, str], account: AccountTemplateResult | None) -> list[str]:
    """Those that have a field: the template's, and those of a template that was mapped before."""
    typed = (name.removeprefix(KEYWORD_FIELD) for name in given if name.startswith(KEYWORD_FIELD))
    return list(dict.fromkeys([*(account.keywords if account else ()), *sorted(typed)]))
