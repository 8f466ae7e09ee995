"""A form with a preview: what is sent is what stands in the form, and only as it was previewed."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import ASK
from wechat_scheduler.web.console.parts import said_at
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

CHANGED = W(
    "The form was changed after the preview, so nothing was sent or saved. This is the preview of what it says now.",
    "预览之后表单有改动，所以没有发送，也没有保存。下面是按现在的内容预览的。",
)
WAITS = W(
    "It waits for the end of the user's quiet hours, {at}.", "等待用户的免打扰时段结束：{at}。"
)
# The `id` of the form.
WRITTEN: Final = "written"
# The field with the digest of what was previewed.
PREVIEWED: Final = "previewed"


def digest_of(fields: Mapping[str, str]) -> str:
    """A browser ends lines its own way, which is no change."""
    told = {name: text.replace("\r\n", "\n").strip() for name, text in fields.items()}
    return hashlib.sha256(msgspec.json.encode(sorted(told.items()))).hexdigest()


def is_as_previewed(visit: Visit, fields: Mapping[str, str]) -> bool:
    """Whether these are the fields that the person was shown a preview of."""
    return visit.form.get(PREVIEWED) == digest_of(fields)


def changed_since(visit: Visit) -> Html:
    """Says why a preview is shown again."""
    return fill('<p class="advice" role="alert">{changed}</p>', changed=visit.say(CHANGED))


def waiting(visit: Visit, until: datetime | None) -> Html:
    """Says that a message waits for the end of quiet hours; nothing without a time."""
    if until is None:
        return Html()
    return fill('<p class="advice">{said}</p>', said=said_at(visit, WAITS, until))


def enter_button(visit: Visit, form: str = WRITTEN) -> Html:
    """Enter in a field presses the first button of a form: this one previews, before buttons that do more."""
    return fill(
        '<button class="hidden" form="{form}" tabindex="-1" aria-hidden="true">{look}</button>',
        form=form,
        look=visit.say(terms.PREVIEW),
    )


def send_button(visit: Visit, action: str, label: Words, confirm: Words | None = None) -> Html:
    """Sends the form `WRITTEN`, which stands elsewhere on the page, to `action`; `confirm` is asked first."""
    question = visit.say(confirm) if confirm else ""
    return fill(
        '<div class="buttons">{enter}<button class="main" form="{form}" formaction="{action}"{asks}>{label}</button></div>',
        enter=enter_button(visit),
        form=WRITTEN,
        action=action,
        asks=when(
            question,
            fill(' name="{ask}" value="{text}" data-confirm="{text}"', ask=ASK, text=question),
        ),
        label=visit.say(label),
    )
