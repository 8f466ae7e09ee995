"""The forms that change one reminder."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from aiohttp import hdrs

from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.reminders.recurrence.rule import usual_time
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.edits import SHOWN, shown_fields
from wechat_scheduler.web.console.fields import area_field, check_field, form, text_field
from wechat_scheduler.web.console.parts import joined
from wechat_scheduler.web.console.previewed import PREVIEWED, WRITTEN
from wechat_scheduler.web.console.reminders.pieces import LIST, topic_boxes
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.reminders.bodies import MINUTE, ReminderResult
from wechat_scheduler.web.native.sending.topics import TopicResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

PAUSE, RESUME, DELETE = W("Pause", "暂停"), W("Resume", "恢复"), W("Delete", "删除")
MOVE, WHEN, AT = (
    W("See the new time", "看看新的时间"),
    W("To another time", "改到"),
    W("Or a date", "或者选日期"),
)
SURE = W(
    "Delete the reminder “{title}”? It can be undone for a minute.",
    "删除提醒“{title}”？一分钟内可以撤销。",
)
HINT = W("A sentence in Chinese, such as 明天下午3点", "例如：明天下午3点")
RULE_HINT = W(
    "A sentence in Chinese. A single time is the last one, unless only the next time is moved; 每周五上午9点 goes on.",
    "只写一次的时间就不再重复，除非只改下一次；要一直改，请写：每周五上午9点。",
)
SAVE_WORDS = W("Save its words", "保存文字")
ONLY_NEXT = W(
    "Only the next time: the repetition goes on by its rule after it",
    "只改下一次，之后照原来的重复",
)
BACK = W("Move the next time back to where the rule has it", "下一次改回原来的时间")
FINAL = W(
    "A reminder that is deleted can be restored for a minute, and is gone for good then: no list keeps it. A paused one is kept.",
    "删除后一分钟内可以撤销，之后不能恢复，也不再列出。想留着以后用，请暂停。",
)
MORE_PEOPLE = W("Remind these people too", "再提醒这些人")
PEOPLE_HINT = W(
    "On each line a user: a nickname, the app's own name, an openid or a uid. Those who joined are listed below, each with a button that removes them.",
    "每行一个用户：昵称、应用自己的用户名、openid 或 uid。已加入的人列在下面，可以逐个移除。",
)
SEE_RECEIVERS = W("See who is reminded then", "看看改后提醒谁")
# The `id` of the form of receivers.
RECEIVERS_FORM: Final = "receivers"
OVER = W("It is over. A new time makes it active again.", "它已经结束。改一个时间就重新开始。")
WORDS: Final = ("title", "text", "url")
LASTING: Final = ("active", "paused")
# The hidden field with the topics that the form of receivers showed at first.
SHOWN_TOPICS: Final = f"{SHOWN}topics"


class TypedReceivers(NamedTuple):
    """Further people, as they are typed, and the ids of all topics, or the star."""

    people: str = ""
    topics: tuple[str, ...] = ()


class TypedChange(NamedTuple):
    """What was typed into a form, and why that cannot be done. `status` is that of the page. `words` are the title,
    the text and the link, None if these were not typed. `only_next` means that the repetition goes on. `planned` is
    what the person was shown of another time. `receivers` are None if these were not typed. `clashes` say by field
    what another person saved meanwhile."""

    when: str = ""
    at: str = ""
    error: str = ""
    place: str = "when"
    status: int = 200
    words: Mapping[str, str] | None = None
    only_next: bool = False
    planned: Mapping[str, str] = MappingProxyType({})
    receivers: TypedReceivers | None = None
    clashes: Mapping[str, str] = MappingProxyType({})

    def wrong(self, name: str) -> str:
        """What is wrong with the field of that name."""
        return self.error if self.place == name else self.clashes.get(name, "")


def change_forms(
    visit: Visit, reminder: ReminderResult, typed: TypedChange, topics: Sequence[TopicResult] | None
) -> Html:
    """Without `topics` the receivers cannot be changed."""
    lasts = reminder.state in LASTING
    over = fill('<p class="faint">{over}</p>', over=visit.say(OVER))
    return fill(
        '{over}{move}{back}{words}{receivers}<div class="buttons">{buttons}</div><p class="faint">{final}</p>',
        over=when(not lasts, over),
        move=_move(visit, reminder, typed),
        back=_back(visit, reminder),
        final=visit.say(FINAL),
        words=when(lasts or typed.words, _words(visit, reminder, typed)),
        receivers=when(
            lasts and topics is not None, _receivers(visit, reminder, typed, topics or ())
        ),
        buttons=_buttons(visit, reminder),
    )


def _move(visit: Visit, reminder: ReminderResult, typed: TypedChange) -> Html:
    hint = RULE_HINT if reminder.rule else HINT
    fields = (
        text_field(
            visit, "when", WHEN, typed.when, hint=hint, error=typed.wrong("when"), maxlength=200, lang="zh-CN"
        ),
        text_field(visit, "at", AT, typed.at, type="datetime-local", error=typed.wrong("at")),
        when(
            reminder.rule and reminder.state in LASTING,
            check_field(visit, "only_next", ONLY_NEXT, checked=typed.only_next),
        ),
    )  # fmt: skip
    page, plan = f"{LIST}/{reminder.id}", dict(typed.planned)
    # The place in the list of people, and what was done just now, are in the address.
    shown = visit.place if visit.request.method == hdrs.METH_GET else page
    return form(visit, f"{page}/move", joined(fields), MOVE, fields=plan, id=WRITTEN, page=shown)


def _back(visit: Visit, reminder: ReminderResult) -> Html:
    """A way back for an occurrence that was moved alone, through the preview."""
    usual = usual_time(reminder.rule or "", reminder.time)
    is_past = usual + reminder.defer * MINUTE <= visit.now
    if usual == reminder.time or is_past or reminder.state not in LASTING:
        return Html()
    fields = {"at": f"{usual:%Y-%m-%dT%H:%M:%S}", "only_next": "on"}
    path = f"{LIST}/{reminder.id}/move"
    return form(visit, path, Html(), BACK, kind="plain", fields=fields)


def _words(visit: Visit, reminder: ReminderResult, typed: TypedChange) -> Html:
    now = words_of(reminder)
    title, text, url = ((typed.words or now)[name] for name in WORDS)
    fields = (
        text_field(visit, "title", terms.TITLE, title, error=typed.wrong("title"), required=True),
        area_field(visit, "text", terms.TEXT, text, error=typed.wrong("text"), rows=3),
        text_field(visit, "url", terms.LINK, url, type="url", error=typed.wrong("url")),
    )
    path = f"{LIST}/{reminder.id}/words"
    return form(visit, path, joined(fields), SAVE_WORDS, fields=shown_fields(now))


def words_of(reminder: ReminderResult) -> dict[str, str]:
    """As they are stored, by the names in `WORDS`."""
    return {name: getattr(reminder, name) for name in WORDS}


def _receivers(
    visit: Visit, reminder: ReminderResult, typed: TypedChange, topics: Sequence[TopicResult]
) -> Html:
    given = typed.receivers or TypedReceivers(topics=topics_of(reminder))
    people = area_field(
        visit,
        "people",
        MORE_PEOPLE,
        given.people,
        hint=PEOPLE_HINT,
        error=typed.wrong("people"),
        rows=2,
    )
    inner = joined([people, topic_boxes(visit, topics, given.topics)])
    path = f"{LIST}/{reminder.id}/receivers"
    fields = {PREVIEWED: typed.planned.get(PREVIEWED, "")} if typed.receivers else {}
    fields[SHOWN_TOPICS] = ",".join(topics_of(reminder))
    return form(visit, path, inner, SEE_RECEIVERS, fields=fields, id=RECEIVERS_FORM)


def topics_of(reminder: ReminderResult) -> tuple[str, ...]:
    """The ids of the topics that are reminded, and perhaps the star."""
    return tuple(str(one) for one in reminder.to if isinstance(one, int) or one == EVERYONE)


def _buttons(visit: Visit, reminder: ReminderResult) -> list[Html]:
    path, made = f"{LIST}/{reminder.id}", list[Html]()
    if reminder.state == "active":
        made.append(form(visit, f"{path}/pause", Html(), PAUSE, kind="button"))
    if reminder.state == "paused":
        made.append(form(visit, f"{path}/resume", Html(), RESUME, kind="button"))
    sure = SURE.filled(title=reminder.title)
    made.append(form(visit, f"{path}/delete", Html(), DELETE, kind="danger", confirm=sure))
    return made
