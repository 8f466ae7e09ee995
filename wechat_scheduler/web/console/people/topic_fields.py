"""The fields of a topic, for a new one and for one that is changed."""

from collections.abc import Mapping
from typing import Final

from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import area_field, refusal, text_field
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.people.app import DESCRIPTION
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.pages.markup import Html, fill

FIELDS: Final = ("name", "description")


def topic_fields(visit: Visit, given: Mapping[str, str], wrong: Mistakes) -> Html:
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
    return fill("{refusal}{fields}", refusal=refusal(wrong.beside(FIELDS)), fields=fields)
