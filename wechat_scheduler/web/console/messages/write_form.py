"""The form into which a message is written."""

from collections.abc import Iterable, Mapping
from typing import Final

from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import area_field, form, refusal, select_field, text_field
from wechat_scheduler.web.console.messages.drafts import FIELDS, HIDDEN, written_in
from wechat_scheduler.web.console.messages.groups import TO_THEM
from wechat_scheduler.web.console.messages.template_choice import TEMPLATES
from wechat_scheduler.web.console.messages.to_whom import MessageReceivers
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import joined
from wechat_scheduler.web.console.previewed import PREVIEWED, WRITTEN, digest_of
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html

W = Words

TO_HINT = W(
    "On each line a user: a nickname, the app's own name, an openid or a uid. If several are called so, you are asked.",
    "每行一个用户：昵称、应用自己的用户名、openid 或 uid。有重名时会请你选择。",
)
GROUP, GROUP_HINT = (
    W("Or to a group", "或者发给群体"),
    W(
        "The topics are those of this app; after another was chosen they are shown with the preview.",
        "这里是所选应用的主题；换应用后，预览时显示它的主题。",
    ),
)
CHANNELS: Final = {
    "auto": terms.AS_WECHAT_ALLOWS,
    "template": terms.TEMPLATE_MESSAGE,
    "text": terms.TEXT_IN_TIME,
    "subscribe": terms.SUBSCRIBE_NOTICE,
}
PRIORITIES: Final = {
    "normal": W("Normal", "普通"),
    "urgent": W("Urgent: ignores quiet hours", "紧急：忽略免打扰时段"),
    "bulk": W("Bulk", "批量"),
}
TEXT = W("Text", "正文")
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
    mistakes = Mistakes(error)
    wrong = mistakes.at

    def value(name: str) -> str:
        return given.get(name, "")

    def choice(name: str, words: Words, options: Mapping[str, Words]) -> Html:
        return select_field(visit, name, words, options.items(), value(name), error=wrong(name))

    names = [(str(app.id), app.name) for app in apps]
    hint = TO_THEM.filled(whom=whom.group.whom(visit)) if whom.group else GROUP_HINT
    fields = [
        refusal(mistakes.beside(FIELDS)),
        select_field(visit, "app", terms.APP, names, value("app"), error=wrong("app")),
        area_field(
            visit, "to", terms.TO, whom.typed, hint=TO_HINT, error=wrong("to"), rows=3
        ),
        select_field(
            visit, "topic", GROUP, whom.options(visit), whom.chosen, hint=hint, error=wrong("topic")
        ),
        choice("channel", terms.CHANNEL, CHANNELS),
        text_field(visit, "title", terms.TITLE, value("title"), error=wrong("title")),
        area_field(visit, "text", TEXT, value("text"), error=wrong("text")),
        text_field(
            visit, "template", terms.TEMPLATE, value("template"), hint=TEMPLATE_HINT, error=wrong("template"),
            list=TEMPLATES,
        ),
        templates,
        area_field(visit, "data", terms.KEYWORDS, value("data"), hint=DATA_HINT, error=wrong("data")),
        text_field(visit, "url", terms.LINK, value("url"), type="url", error=wrong("url")),
        choice("priority", terms.PRIORITY, PRIORITIES),
        text_field(
            visit, "not_before", terms.NOT_BEFORE, value("not_before"), type="datetime-local",
            error=wrong("not_before"),
        ),
    ]  # fmt: skip
    hidden = {name: value(name) for name in HIDDEN}
    hidden |= {} if error or whom.is_open else {PREVIEWED: digest_of(as_previewed(given, whom))}
    return form(visit, WRITE, joined(fields), terms.PREVIEW, fields=hidden, id=WRITTEN)


def as_previewed(given: Mapping[str, str], whom: MessageReceivers) -> dict[str, str]:
    """What a form says of the message, and who was meant by the names in it then."""
    return written_in(given) | {"to": whom.typed, "uids": whom.uids}
