"""The form into which a reminder is written."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import (
    area_field,
    form,
    select_field,
)
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.meant_users import HOW_TO_NAME, MeantUser
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import joined, labelled
from wechat_scheduler.web.console.previewed import PREVIEWED, WRITTEN, digest_of, enter_button
from wechat_scheduler.web.console.reminders.change_forms import AT
from wechat_scheduler.web.console.reminders.draft import (
    CHANNELS,
    TAKEN,
    Draft,
    planned_fields,
)
from wechat_scheduler.web.console.reminders.pieces import WRITE, topic_boxes
from wechat_scheduler.web.console.reminders.refusals import how_to, refused
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.reminders.bodies import PlanResult
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.topics import TopicResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

SENTENCE = W("When, and of what", "什么时候，提醒什么")
AT_HINT = W("Instead of a time in the sentence; it does not recur.", "代替句子里的时间；不重复。")
NAME_HINT = W("Without one, what the sentence says.", "不写就用句子里的事情。")
APP_HINT = W(
    "The topics below are those of this app; of another they are shown with the next look.",
    "下面是这个应用的主题；换应用后，下次查看时显示它的主题。",
)
BODY = W("Text below it", "正文")
MORE = W("More", "更多")
READ = W("See how it is understood", "看看怎样理解")
SEVERAL = W("It says these. Take one:", "它说的是这几个，请选一个：")
TAKE = W("Take this", "用这个")
FOLDED: Final = ("at", "title", "text", "url", "channel")
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
    draft = written.draft
    fields = FormFields(visit, draft.kept(), _mistakes(visit, written))
    inner = joined(
        [
            _app_field(visit, written),
            fields.text("when", SENTENCE, hint=how_to(visit), maxlength=200, lang="zh-CN"),
            _people_fields(visit, written, fields.error("to")),
            _more(visit, draft, fields),
        ]
    )
    made = form(visit, WRITE, inner, READ, fields=_shown_fields(written), id=WRITTEN)
    return joined([fields.refusal(), _readings(visit, written), made])


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
    people = area_field(
        visit, "people", terms.PEOPLE, draft.people, hint=HOW_TO_NAME, error=error, rows=3
    )
    return joined([people, topic_boxes(visit, written.topics, draft.topics)])


def _more(visit: Visit, draft: Draft, fields: FormFields) -> Html:
    channels = [(one, terms.CHANNELS[one]) for one in CHANNELS]
    made = [
        fields.text("at", AT, type="datetime-local", hint=AT_HINT),
        fields.text("title", terms.TITLE, hint=NAME_HINT),
        fields.area("text", BODY, rows=3),
        fields.text("url", terms.LINK, type="url"),
        fields.select("channel", terms.CHANNEL, channels),
    ]
    is_open = bool(draft.at or draft.title or draft.text or draft.url or draft.channel != "auto")
    return fill(
        '<details class="field"{open}><summary>{more}</summary><div class="stack">{fields}</div></details>',
        open=when(is_open or any(map(fields.error, FOLDED)), fill(" open")),
        more=visit.say(MORE),
        fields=made,
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
