"""The forms that change one reminder."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from wechat_scheduler.reminders.recurrence.rule import usual_time
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.fields import area_field, check_field, form, text_field
from wechat_scheduler.web.console.previewed import WRITTEN
from wechat_scheduler.web.console.reminders.pieces import LIST
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.reminders.bodies import ReminderResult
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
TEXT = W("Text", "正文")
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
RECEIVERS = W(
    "Who is reminded is not changed here: users join by a QR code and leave by themselves. For others write a new "
    "reminder, or name them all in PATCH /v1/reminders/{id}, field to.",
    "接收者不在这里修改：用户扫二维码加入，也可以自己退出。要换成别人，请新建提醒，或者在 PATCH /v1/reminders/{id} 的 to 里写出全部接收者。",
)
OVER = W("It is over. A new time makes it active again.", "它已经结束。改一个时间就重新开始。")
NOT_PLANNED: Final[Mapping[str, str]] = MappingProxyType({})
LASTING: Final = ("active", "paused")


class TypedChange(NamedTuple):
    """What was typed into a form, and why that cannot be done. `status` is that of the page. `words` are the title,
    the text and the link, None if these were not typed. `only_next` means that the repetition goes on. `planned` is what the person was shown of another time."""

    when: str = ""
    at: str = ""
    error: str = ""
    place: str = "when"
    status: int = 200
    words: tuple[str, str, str] | None = None
    only_next: bool = False
    planned: Mapping[str, str] = NOT_PLANNED


def change_forms(visit: Visit, reminder: ReminderResult, typed: TypedChange) -> Html:
    return fill(
        '{over}{move}{back}{words}<div class="buttons">{buttons}</div><p class="faint">{final}</p>',
        over=fill('<p class="faint">{over}</p>', over=visit.say(OVER))
        if reminder.state not in LASTING
        else Html(),
        move=_move(visit, reminder, typed),
        back=_back(visit, reminder),
        final=visit.say(FINAL),
        words=when(reminder.state in LASTING or typed.words, _words(visit, reminder, typed)),
        buttons=_buttons(visit, reminder),
    )


def _move(visit: Visit, reminder: ReminderResult, typed: TypedChange) -> Html:
    fields = (
        text_field(
            visit, "when", WHEN, typed.when, hint=RULE_HINT if reminder.rule else HINT,
            error=typed.error if typed.place == "when" else "", maxlength=200, lang="zh-CN",
        ),
        text_field(
            visit, "at", AT, typed.at, type="datetime-local",
            error=typed.error if typed.place == "at" else "",
        ),
        when(
            reminder.rule and reminder.state in LASTING,
            check_field(visit, "only_next", ONLY_NEXT, checked=typed.only_next),
        ),
    )  # fmt: skip
    inner = fill("{all}", all=fields)
    path = f"{LIST}/{reminder.id}/move"
    return form(visit, path, inner, MOVE, fields=dict(typed.planned), id=WRITTEN)


def _back(visit: Visit, reminder: ReminderResult) -> Html:
    """A way back for an occurrence that was moved alone, through the preview."""
    usual = usual_time(reminder.rule or "", reminder.time)
    if usual == reminder.time or reminder.state not in LASTING:
        return Html()
    fields = {"at": f"{usual:%Y-%m-%dT%H:%M:%S}", "only_next": "on"}
    path = f"{LIST}/{reminder.id}/move"
    return form(visit, path, Html(), BACK, kind="plain", fields=fields)


def _words(visit: Visit, reminder: ReminderResult, typed: TypedChange) -> Html:
    title, text, url = typed.words or (reminder.title, reminder.text, reminder.url)

    def error(name: str) -> str:
        return typed.error if typed.place == name else ""

    fields = (
        text_field(visit, "title", terms.TITLE, title, error=error("title"), required=True),
        area_field(visit, "text", TEXT, text, error=error("text"), rows=3),
        text_field(visit, "url", terms.LINK, url, type="url", error=error("url")),
    )
    made = form(visit, f"{LIST}/{reminder.id}/words", fill("{all}", all=fields), SAVE_WORDS)
    return fill(
        '{made}<p class="faint">{others}</p>',
        made=made,
        others=visit.say(RECEIVERS, id=reminder.id),
    )


def _buttons(visit: Visit, reminder: ReminderResult) -> list[Html]:
    path = f"{LIST}/{reminder.id}"
    made = []
    if reminder.state == "active":
        made.append(form(visit, f"{path}/pause", Html(), PAUSE, kind="button"))
    if reminder.state == "paused":
        made.append(form(visit, f"{path}/resume", Html(), RESUME, kind="button"))
    made.append(
        form(
            visit,
            f"{path}/delete",
            Html(),
            DELETE,
            kind="danger",
            confirm=SURE.filled(title=reminder.title),
        )
    )
    return made
