"""The form into which a message is written."""

from collections.abc import Iterable, Mapping
from typing import Final

from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.meant_users import HOW_TO_NAME
from wechat_scheduler.web.console.messages.drafts import HIDDEN, written_in
from wechat_scheduler.web.console.messages.groups import TO_THEM
from wechat_scheduler.web.console.messages.template_choice import TEMPLATES
from wechat_scheduler.web.console.messages.to_whom import MessageReceivers
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.previewed import PREVIEWED, WRITTEN, digest_of
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html

W = Words

GROUP, GROUP_HINT = (
    W("Or to a group", "或者发给群体"),
    W(
        "The topics are those of this app; after another was chosen they are shown with the preview.",
        "这里是所选应用的主题；换应用后，预览时显示它的主题。",
    ),
)
# A message to the callback is for programs.
CHANNELS: Final = {name: words for name, words in terms.CHANNELS.items() if name != "webhook"}
PRIORITIES: Final = {
    "normal": W("Normal", "普通"),
    "urgent": W("Urgent: ignores quiet hours", "紧急：忽略免打扰时段"),
    "bulk": W("Bulk", "批量"),
}
TEMPLATE_HINT = W(
    "An alias of the app's, or WeChat's template id; empty for the app's own choice",
    "应用里的别名或微信的模板 ID；留空则由应用决定",
)
DATA_HINT = W("One on each line, such as thing1: parcel", "每行一个，例如 thing1：包裹")
WRITE: Final = "/console/messages/write"


def write_form(
    visit: Visit,
    given: Mapping[str, str],
    whom: MessageReceivers,
    apps: Iterable[AppResult],
    templates: Html,
    error: RequestError | None,
) -> Html:
    """`templates` is the list of those that can be sent."""
    fields = FormFields(visit, {**given, "to": whom.typed, "topic": whom.chosen}, Mistakes(error))
    names = [(str(app.id), app.name) for app in apps]
    hint = TO_THEM.filled(whom=whom.group.whom(visit)) if whom.group else GROUP_HINT
    body = fields.below_refusal(
        [
            fields.select("app", terms.APP, names),
            fields.area("to", terms.TO, hint=HOW_TO_NAME, rows=3),
            fields.select("topic", GROUP, whom.options(visit), hint=hint),
            fields.select("channel", terms.CHANNEL, CHANNELS.items()),
            fields.text("title", terms.TITLE),
            fields.area("text", terms.TEXT),
            fields.text("template", terms.TEMPLATE, hint=TEMPLATE_HINT, list=TEMPLATES),
            templates,
            fields.area("data", terms.KEYWORDS, hint=DATA_HINT),
            fields.text("url", terms.LINK, type="url"),
            fields.select("priority", terms.PRIORITY, PRIORITIES.items()),
            fields.text("not_before", terms.NOT_BEFORE, type="datetime-local"),
        ]
    )
    hidden = {name: given.get(name, "") for name in HIDDEN}
    hidden |= {} if error or whom.is_open else {PREVIEWED: digest_of(as_previewed(given, whom))}
    return form(visit, WRITE, body, terms.PREVIEW, fields=hidden, id=WRITTEN)


def as_previewed(given: Mapping[str, str], whom: MessageReceivers) -> dict[str, str]:
    """What a form says of the message, and who was meant by the names in it then."""
    return written_in(given) | {"to": whom.typed, "uids": whom.uids}
