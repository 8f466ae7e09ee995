"""Shows what became of what a reminder sent last."""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from wechat_scheduler.web.console.delivery_states import WORDS, badge
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import advice
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.wall_times import wall_minute
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.reminders.bodies import ReminderResult
from wechat_scheduler.web.native.sending.messages import ListedMessageResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

MESSAGES = W("What became of what it sent last", "上次发出的结果")
NONE_YET = W("It has sent nothing yet.", "还没有发送过。")
LAST_MESSAGES = W("All deliveries of that minute", "那一分钟的全部投递")
SHOW = W("Show the message", "查看消息")
FAILED = W(
    "It was sent, and did not arrive everywhere: the message says why, and can be sent again.",
    "到时间发送了，但没有全部送达：消息页说明原因，也可以重新发送。",
)
# The deliveries of one firing are made in one transaction; those of many receivers are spread after it.
_AROUND: Final = timedelta(minutes=2)
_MOMENT: Final = timedelta(milliseconds=1)
LOST: Final = ("dead", "expired", "missed")


async def became(visit: Visit, reminder: ReminderResult) -> Html:
    """The messages of the last time, with the number of their deliveries in each state."""
    at = reminder.last_at
    if at is None:
        return fill('<p class="empty">{none}</p>', none=visit.say(NONE_YET))
    sent = await _sent(visit, reminder, at)
    lost = any(one.counts.get(state) for one in sent for state in LOST)
    span = {"since": wall_minute(at - _AROUND), "until": wall_minute(at + _AROUND)}
    url = f"/console/messages?{urlencode({'app': str(reminder.app)} | span)}"
    return fill(
        '{lost}{sent}<p class="pager">{all}</p>',
        lost=when(lost, advice(visit, visit.say(FAILED))),
        sent=[_one(visit, one) for one in sent],
        all=link(url, visit.say(LAST_MESSAGES)),
    )


async def _sent(visit: Visit, reminder: ReminderResult, at: datetime) -> list[ListedMessageResult]:
    """Its messages of the last time: they were made at that very moment."""
    found = await visit.api.page(
        "/v1/messages",
        ListedMessageResult,
        app=reminder.app,
        since=at.isoformat(),
        until=(at + _MOMENT).isoformat(),
    )
    return [one for one in found.rows if one.title == reminder.title]


def _one(visit: Visit, one: ListedMessageResult) -> Html:
    counts = [
        fill("<li>{badge} {count}</li>", badge=badge(visit, name), count=one.counts[name])
        for name in WORDS
        if one.counts.get(name)
    ]
    return fill(
        '<ul class="counts">{counts}<li>{show}</li></ul>',
        counts=counts,
        show=link(f"/console/messages/{one.id}", visit.say(SHOW)),
    )
