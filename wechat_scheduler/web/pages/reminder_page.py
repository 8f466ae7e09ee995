"""The page of a reminder, and those on which its owner deletes it."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final, LiteralString

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.reminders.planning import LONGEST_TITLE
from wechat_scheduler.web.pages.bulletin import bulletin_page, done_page
from wechat_scheduler.web.pages.document import Page, lay_out
from wechat_scheduler.web.pages.markup import Html, fill, web_address, when
from wechat_scheduler.web.pages.parts import (
    button,
    buttons,
    hidden,
    lines,
    link_button,
    minute_words,
    scan,
)

# What the buttons of the owner's page post as `do`, by their labels.
AGAIN: Final = {"soon": "10 分钟后再提醒", "tomorrow": "明天这时"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The forms of the owner's page, which post to `action` with `capability`.

    They have `title` and `time` as they were typed, `error` where that cannot be done, and `example`,
    a time that fits the reminder. `saved` says that a change was saved. `tomorrow` is what 明天这时 means now. `start` is
    the time that the page shows, in the words of `start_of`: a form that puts it off counts from there.
    """

    action: str
    capability: str
    title: str
    start: str
    time: str = ""
    error: str = ""
    saved: str = ""
    example: str
    tomorrow: datetime

    def form(self, label: str, kind: LiteralString = "", **fields: str) -> Html:
        return button(self.action, label, {"capability": self.capability} | fields, kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderPage:
    """`time` is the next occurrence, or the last one of a reminder that is over; `upcoming` are the
    occurrences after it. `states` are words such as 已暂停; `recurrence` is a sentence, empty for a one-off;
    `defer` is how much earlier or later the message is sent, empty if it is sent on time; `told_at` is when
    the last message was sent. `qr` is the text of the QR code for joining, empty for none; `owner` adds the
    owner's forms."""

    title: str
    description: str
    sharer: str
    time: datetime
    recurrence: str = ""
    upcoming: Sequence[datetime] = ()
    zone: tzinfo
    defer: str = ""
    states: Sequence[str] = ()
    told_at: datetime | None = None
    paused: bool = False
    over: bool = False
    qr: str = ""
    url: str = ""
    owner: Owner | None = None


def reminder_page(reminder: ReminderPage) -> Page:
    owner = reminder.owner
    saved = lines(owner.saved) if owner else Html()
    sections = [
        when(saved, fill('<section role="status">{saved}</section>', saved=saved)),
        _head(reminder),
        _again(reminder, owner) if owner else Html(),
        _changes(reminder, owner) if owner else Html(),
        _further(reminder),
        scan(reminder.qr, "订阅后，到时也会提醒你"),
    ]
    return lay_out(reminder.title, fill("{sections}", sections=sections))


def deletion_page(owner: Owner, shared_with: int) -> Page:
    """Asks the owner to confirm the deletion."""
    others = f"，另外 {shared_with} 位订阅者也将不再收到" if shared_with else ""
    forms = [
        owner.form("删除", "danger", do="delete", sure="yes"),
        link_button(owner.action, "不删除"),
    ]
    return bulletin_page(
        "删除这个提醒吗？",
        f"“{owner.title}”将不再提醒你{others}。",
        sign="?",
        further=buttons(forms),
    )


def deleted_page(owner: Owner, undo: str) -> Page:
    """`undo` is the text that takes the deletion back."""
    form = owner.form("撤销", do="undo", undo=undo)
    return done_page(
        "已删除", f"不再提醒“{owner.title}”。一分钟之内可以撤销。", further=buttons([form])
    )


def _head(reminder: ReminderPage) -> Html:
    url = web_address(reminder.url)
    return fill(
        "<section><h1>{title}</h1>{sharer}{time}{tags}{told}{description}{link}</section>",
        title=reminder.title,
        sharer=lines(reminder.sharer and f"{reminder.sharer}分享的提醒", "faint"),
        time=fill('<p class="big"><time>{time}</time></p>', time=_minute(reminder, reminder.time)),
        tags=_tags(reminder),
        told=lines(_told(reminder), "faint"),
        description=lines(reminder.description),
        link=when(
            url, fill('<p><a href="{url}" rel="noopener noreferrer">查看详情</a></p>', url=url)
        ),
    )


def _told(reminder: ReminderPage) -> str:
    """When it was sent last, unless that is the time which the page shows anyway."""
    at = reminder.told_at
    return f"上次提醒：{_minute(reminder, at)}" if at and not reminder.over else ""


def _tags(reminder: ReminderPage) -> Html:
    deferred = f"{reminder.defer}提醒" if reminder.defer else ""
    texts = [text for text in (*reminder.states, reminder.recurrence, deferred) if text]
    tags = [fill('<span class="tag">{text}</span> ', text=text) for text in texts]
    return when(tags, fill("<p>{tags}</p>", tags=tags))


def _further(reminder: ReminderPage) -> Html:
    times = [
        fill("<li><time>{time}</time></li>", time=_minute(reminder, time))
        for time in reminder.upcoming
    ]
    section = fill('<section><h2>之后</h2><ul class="plain">{times}</ul></section>', times=times)
    return when(times, section)


def _again(reminder: ReminderPage, owner: Owner) -> Html:
    return fill(
        '<section><h2>再提醒我一次</h2>{forms}<p class="faint">明天这时是 <time>{tomorrow}</time></p></section>',
        forms=buttons(owner.form(label, do=name) for name, label in AGAIN.items()),
        tomorrow=_minute(reminder, owner.tomorrow),
    )


def _changes(reminder: ReminderPage, owner: Owner) -> Html:
    toggle = owner.form("恢复", do="resume") if reminder.paused else owner.form("暂停", do="pause")
    return fill(
        '<section><h2>修改提醒</h2><form method="post" action="{action}">{fields}'
        '<label>标题<input type="text" name="title" value="{title}" maxlength="{longest}" required>'
        '</label><label>新的时间（不改就留空）<input type="text" name="time" value="{time}"'
        ' maxlength="200" placeholder="{example}"></label>{error}<button class="main">保存</button>'
        "</form></section><section>{forms}</section>",
        action=owner.action,
        fields=hidden((("capability", owner.capability), ("do", "edit"), ("start", owner.start))),
        title=owner.title,
        longest=LONGEST_TITLE,
        time=owner.time,
        example=owner.example,
        error=when(owner.error, fill('<p class="error" role="alert">{it}</p>', it=owner.error)),
        forms=buttons(
            [*([] if reminder.over else [toggle]), owner.form("删除", "danger", do="delete")]
        ),
    )


def _minute(reminder: ReminderPage, at: datetime) -> str:
    return minute_words(at, reminder.zone)
