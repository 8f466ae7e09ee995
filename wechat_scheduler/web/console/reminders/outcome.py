"""Shows what became of what a reminder sent last."""

from datetime import datetime
from typing import Final

from wechat_scheduler.delivery.views import MOST_COUNTED
from wechat_scheduler.web.console.delivery_states import SO_FAR, WORDS, badge
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import advice
from wechat_scheduler.web.console.receipts import told_reason
from wechat_scheduler.web.console.reminders.pieces import moment
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.reminders.bodies import ReminderDetails, ReminderResult
from wechat_scheduler.web.native.sending.delivery_bodies import DeliveryResult
from wechat_scheduler.web.native.sending.messages import ListedMessageResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

MESSAGES = W("What became of what it sent last", "上次发出的结果")
NONE_YET = W("It has sent nothing yet.", "还没有发送过。")
ALL = W("All deliveries of this reminder", "这个提醒的全部投递")
SOME = W("of the first {n}", "前 {n} 条")
ALL_SHORT = W("its deliveries", "它的投递")
SHOW = W("Show the message", "查看消息")
FAILED = W(
    "It was sent, and did not arrive everywhere: the message says why, and can be sent again.",
    "到时间发送了，但没有全部送达：消息页说明原因，也可以重新发送。",
)
WAITS = W("A message of the last time waits until {at}: ", "上次的消息等到 {at} 再发：")
LOST: Final = ("dead", "expired", "missed")


async def became(visit: Visit, reminder: ReminderResult) -> Html:
    """The messages of the last time, with the number of their deliveries in each state."""
    at = reminder.last_at
    if at is None:
        return fill('<p class="empty">{none}</p>', none=visit.say(NONE_YET))
    sent = await _sent(visit, reminder, at)
    lost = any(one.counts.get(state) for one in sent for state in LOST)
    is_waiting = any(one.counts.get("pending") for one in sent)
    return fill(
        '{lost}{waits}{sent}<p class="pager">{all}</p>',
        lost=when(lost, advice(visit, visit.say(FAILED))),
        waits=await _waits(visit, reminder, at) if is_waiting else Html(),
        sent=[_one(visit, one) for one in sent],
        all=link(deliveries_of(reminder), visit.say(ALL)),
    )


async def _waits(visit: Visit, reminder: ReminderResult, at: datetime) -> Html:
    """Until when a delivery of the last time waits, and for what."""
    found = await visit.api.page(
        "/v1/deliveries",
        DeliveryResult,
        reminder=reminder.id,
        state="pending",
        since=at.isoformat(),
        limit=1,
    )
    one = next(iter(found.rows), None)
    if one is None or not one.reason:
        return Html()
    before, _, after = visit.say(WAITS).partition("{at}")
    return fill(
        '<p class="advice">{before}{until}{after}{why}</p>',
        before=before,
        until=moment(visit, one.due_at, reminder.zone),
        after=after,
        why=told_reason(visit, one.reason),
    )


def deliveries_of(reminder: ReminderResult) -> str:
    """The list of what the reminder has sent."""
    return f"/console/messages?reminder={reminder.id}"


async def _sent(visit: Visit, reminder: ReminderResult, at: datetime) -> list[ListedMessageResult]:
    """Its messages of the last time: they were made at that very moment."""
    found = await visit.api.page(
        "/v1/messages", ListedMessageResult, reminder=reminder.id, since=at.isoformat()
    )
    return found.rows


def last_counts(visit: Visit, reminder: ReminderDetails) -> Html:
    """In few words what became of the last time, and the way to all of it; empty if it has sent nothing."""
    if reminder.last_at is None:
        return Html()
    counts = reminder.last_counts
    made = [
        fill("{badge} {count} ", badge=badge(visit, name), count=counts[name])
        for name in WORDS
        if name in counts
    ]
    all_of_it = link(deliveries_of(reminder), visit.say(ALL_SHORT))
    many = fill("<div>{some}</div>", some=visit.say(SOME, n=f"{MOST_COUNTED:,}"))
    return fill(
        '<div class="badges">{made}</div>{some}{all}',
        made=made,
        some=when(sum(counts.values()) >= MOST_COUNTED, many),
        all=all_of_it,
    )


def _one(visit: Visit, one: ListedMessageResult) -> Html:
    counts = [
        fill("<li>{badge} {count}</li>", badge=badge(visit, name), count=one.counts[name])
        for name in WORDS
        if one.counts.get(name)
    ]
    so_far = fill('<p class="faint">{words}</p>', words=visit.say(SO_FAR))
    return fill(
        '<ul class="counts">{counts}<li>{show}</li></ul>{so_far}',
        so_far=when(one.spreading, so_far),
        counts=counts,
        show=link(f"/console/messages/{one.id}", visit.say(SHOW)),
    )
