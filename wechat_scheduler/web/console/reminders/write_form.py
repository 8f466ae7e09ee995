"""The form into which a reminder is written."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import (
    area_field,
    check_field,
    form,
    refusal,
    select_field,
    text_field,
)
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.meant_users import MeantUser
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import labelled
from wechat_scheduler.web.console.person_names import topic_names
from wechat_scheduler.web.console.previewed import PREVIEWED, WRITTEN, digest_of, enter_button
from wechat_scheduler.web.console.reminders.draft import (
    CHANNELS,
    TAKEN,
    WAYS,
    Draft,
    planned_fields,
)
from wechat_scheduler.web.console.reminders.pieces import WRITE
from wechat_scheduler.web.console.reminders.refusals import how_to, refused
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.reminders.bodies import PlanResult
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.topics import TopicResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

SENTENCE = W("When, and of what", "什么时候，提醒什么")
AT = W("Or a date", "或者选日期")
AT_HINT = W("Instead of a time in the sentence; it does not recur.", "代替句子里的时间；不重复。")
NAME_HINT = W("Without one, what the sentence says.", "不写就用句子里的事情。")
APP_HINT = W(
    "The topics below are those of this app; of another they are shown with the next look.",
    "下面是这个应用的主题；换应用后，下次查看时显示它的主题。",
)
BODY = W("Text below it", "正文")
PEOPLE_HINT = W(
    "On each line a user: a nickname, the app's own name, an openid or a uid. If several are called so, you are asked.",
    "每行一个用户：昵称、应用自己的用户名、openid 或 uid。有重名时会请你选择。",
)
MORE = W("More", "更多")
READ = W("See how it is understood", "看看怎样理解")
SEVERAL = W("It says these. Take one:", "它说的是这几个，请选一个：")
TAKE = W("Take this", "用这个")
FOLDED: Final = ("at", "title", "text", "url", "channel")
FIELDS: Final = ("when", "to", *FOLDED)
# The field of the form that a field of the API is typed into.
PLACES: Final[Mapping[str, str]] = {"time": "at", "defer": "when", "rule": "when", "zone": ""}


class ReminderWritten(NamedTuple):
    """What the page shows: what is written, and what became of it."""

    draft: Draft
    app: AppResult
    topics: Sequence[TopicResult]
    apps: Mapping[int, AppResult]
    plan: PlanResult | None = None
    error: RequestError | None = None
    readings: Sequence[str] = ()
    is_changed: bool = False
    meant: Sequence[MeantUser] = ()


def write_form(visit: Visit, written: ReminderWritten) -> Html:
    draft, wrong = written.draft, _mistakes(visit, written)
    top = fill(
        "{error}{readings}",
        error=refusal(wrong.beside(FIELDS)),
        readings=_readings(visit, written),
    )
    hint = how_to(visit)
    fields = [
        _app_field(visit, written),
        text_field(
            visit, "when", SENTENCE, draft.when, hint=hint, error=wrong.at("when"),
            maxlength=200, lang="zh-CN",
        ),
        _people_fields(visit, written, wrong.at("to")),
        _more(visit, draft, wrong),
    ]  # fmt: skip
    inner = fill("{fields}", fields=fields)
    made = form(visit, WRITE, inner, READ, fields=_shown_fields(written), id=WRITTEN)
    return fill("{top}{form}", top=top, form=made)


def _shown_fields(written: ReminderWritten) -> dict[str, str]:
    """What the person was shown, for the button that saves it."""
    if written.plan is None:
        return {}
    return {PREVIEWED: digest_of(written.draft.kept()), **planned_fields(written.plan)}


def _app_field(visit: Visit, written: ReminderWritten) -> Html:
    """The app that sends. Another may be chosen; the topics of the form are its own then."""
    app = written.app
    if len(written.apps) > 1:
        options = [(str(one.id), one.name) for one in {app.id: app, **written.apps}.values()]
        return select_field(visit, "app", terms.APP, options, str(app.id), hint=APP_HINT)
    return fill(
        '<p>{line}</p><input type="hidden" name="app" value="{id}">',
        line=labelled(visit, visit.say(terms.APP), link(f"/console/apps/{app.id}", app.name)),
        id=app.id,
    )


def _people_fields(visit: Visit, written: ReminderWritten, error: str) -> Html:
    draft = written.draft
    options = [
        (EVERYONE, visit.say(terms.ALL_SUBSCRIBERS)),
        *((str(topic), name) for topic, name in topic_names(visit, written.topics).items()),
    ]
    boxes = [
        check_field(visit, "topics", name, value, checked=value in draft.topics, listed=True)
        for value, name in options
    ]
    return fill(
        "{people}<fieldset><legend>{topics}</legend>{boxes}</fieldset>",
        people=area_field(
            visit, "people", terms.PEOPLE, draft.people, hint=PEOPLE_HINT, error=error, rows=3
        ),
        topics=visit.say(terms.TOPICS),
        boxes=boxes,
    )


def _more(visit: Visit, draft: Draft, wrong: Mistakes) -> Html:
    fields = (
        text_field(
            visit, "at", AT, draft.at, type="datetime-local", hint=AT_HINT, error=wrong.at("at")
        ),
        text_field(visit, "title", terms.TITLE, draft.title, hint=NAME_HINT, error=wrong.at("title")),
        area_field(visit, "text", BODY, draft.text, error=wrong.at("text"), rows=3),
        text_field(visit, "url", terms.LINK, draft.url, type="url", error=wrong.at("url")),
        select_field(
            visit, "channel", terms.CHANNEL, [(one, WAYS[one]) for one in CHANNELS],
            draft.channel, error=wrong.at("channel"),
        ),
    )  # fmt: skip
    is_open = bool(draft.at or draft.title or draft.text or draft.url or draft.channel != "auto")
    return fill(
        '<details class="field"{open}><summary>{more}</summary><div class="stack">{fields}</div></details>',
        open=when(is_open or any(wrong.at(name) for name in FOLDED), fill(" open")),
        more=visit.say(MORE),
        fields=fields,
    )


def _readings(visit: Visit, written: ReminderWritten) -> Html:
    """Each of several reminders, with a button that puts it into the form alone."""
    made = [
        fill(
            '<li lang="zh-CN">{text}<div class="buttons"><button class="plain" form="{form}" name="{name}" value="{text}">'
            "{take}</button></div></li>",
            text=text,
            form=WRITTEN,
            name=TAKEN,
            take=visit.say(TAKE),
        )
        for text in written.readings
    ]  # fmt: skip
    return when(
        made,
        fill(
            "<p>{several}</p>{enter}<ol>{made}</ol>",
            several=visit.say(SEVERAL),
            enter=enter_button(visit),
            made=made,
        ),
    )


def _mistakes(visit: Visit, written: ReminderWritten) -> Mistakes:
    receivers = written.draft.to()
    return Mistakes(
        written.error,
        place=lambda field: PLACES.get(field, field),
        say=lambda error: refused(visit, error, receivers),
    )
