"""The fields of a topic, for a new one and for one that is changed."""

from collections.abc import Mapping, Sequence
from typing import Final

from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.people.app import DESCRIPTION
from wechat_scheduler.web.console.person_names import topic_names
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase
from wechat_scheduler.web.native.sending.topics import TopicResult
from wechat_scheduler.web.pages.markup import Html

FIELDS: Final = ("name", "description")


def topic_fields(visit: Visit, given: Mapping[str, str], wrong: Mistakes) -> Html:
    fields = FormFields(visit, given, wrong)
    return fields.below_refusal(
        [
            fields.text("name", terms.NAME, required=True, maxlength=64),
            fields.area("description", DESCRIPTION, rows=2),
        ]
    )


def topic_options(visit: Visit, topics: Sequence[TopicResult]) -> list[tuple[str, Phrase]]:
    """For a field that chooses the app itself or one of its topics."""
    return [("", terms.APP_ITSELF), *topic_names(visit, topics).items()]
