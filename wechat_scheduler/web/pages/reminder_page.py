"""The page of a reminder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from wechat_scheduler.web.pages.document import Page, lay_out
from wechat_scheduler.web.pages.markup import Html, fill, web_address, when
from wechat_scheduler.web.pages.parts import button, hidden, lines, minute_words, scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The forms of the owner's page.

    Each form posts to `action`, urlencoded, with `capability` and `do`: `edit` (with `title`, and with
    `time`, a sentence, or empty to leave the time), `pause`, `resume` or `delete`.
    """

    action: str
    capability: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderPage:
    """`recurrence` is a sentence, empty for a one-off; `upcoming` are the next occurrences, none when it
    is over; `defer` is how much earlier or later the message is sent, empty for in time; `qr` is the
    text of the code that joins, empty for none; `owner` adds the owner's forms."""

    title: str
    description: str
    sharer: str
    recurrence: str
    upcoming: Sequence[datetime]
    zone: tzinfo
    defer: str = ""
    paused: bool = False
    qr: str = ""
    url: str = ""
    owner: Owner | None = None


def reminder_page(reminder: ReminderPage) -> Page:
    sections = [
        _head(reminder),
        _further(reminder),
        scan(reminder.qr, "订阅后，到时也会提醒你"),
        _controls(reminder, reminder.owner) if reminder.owner else Html(),
    ]
    return lay_out(reminder.title, fill("{sections}", sections=sections))


def _head(reminder: ReminderPage) -> Html:
    url = web_address(reminder.url)
    return fill(
        "<section><h1>{title}</h1>{sharer}{time}{tags}{description}{link}</section>",
        title=reminder.title,
        sharer=lines(reminder.sharer and f"{reminder.sharer}分享的提醒", "faint"),
        time=fill('<p class="big">{time}</p>', time=_next(reminder)),
        tags=_tags(reminder),
        description=lines(reminder.description),
        link=when(
            url, fill('<p><a href="{url}" rel="noopener noreferrer">查看详情</a></p>', url=url)
        ),
    )


def _next(reminder: ReminderPage) -> str:
    return minute_words(reminder.upcoming[0], reminder.zone) if reminder.upcoming else "已结束"


def _tags(reminder: ReminderPage) -> Html:
    deferred = f"{reminder.defer}提醒" if reminder.defer else ""
    said = (reminder.recurrence, deferred, "已暂停" if reminder.paused else "")
    texts = [text for text in said if text]
    tags = [fill('<span class="tag">{text}</span> ', text=text) for text in texts]
    return when(tags, fill("<p>{tags}</p>", tags=tags))


def _further(reminder: ReminderPage) -> Html:
    times = [
        fill("<li><time>{time}</time></li>", time=minute_words(time, reminder.zone))
        for time in reminder.upcoming[1:]
    ]
    section = fill('<section><h2>之后</h2><ul class="plain">{times}</ul></section>', times=times)
    return when(times, section)


def _controls(reminder: ReminderPage, owner: Owner) -> Html:
    def does(name: str) -> dict[str, str]:
        return {"capability": owner.capability, "do": name}

    toggle = ("resume", "恢复") if reminder.paused else ("pause", "暂停")
    return fill(
        '<section><h2>修改提醒</h2><form method="post" action="{action}">{fields}'
        '<label>标题<input type="text" name="title" value="{title}" maxlength="200" required></label>'
        '<label>时间<input type="text" name="time" maxlength="200" placeholder="不改则留空，例如：明天下午3点">'
        '</label><button class="main">保存</button></form></section>'
        '<section class="row">{toggle}{delete}</section>',
        action=owner.action,
        fields=hidden(does("edit")),
        title=reminder.title,
        toggle=button(owner.action, toggle[1], does(toggle[0])),
        delete=button(owner.action, "删除", does("delete"), "danger"),
    )
