"""One push in the list of what came: whose it is, what became of it, and where the rest of that is."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.links import account_link, link
from wechat_scheduler.web.console.parts import aside, code, joined, spaced, state
from wechat_scheduler.web.console.person_names import openid_tail
from wechat_scheduler.web.console.pushes.words import EFFECTS, FATES, KINDS, UNANSWERED
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.wall_times import wall_minute
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.past_pushes import PastPushResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

WHEN = W("When", "时间")
NAME = W("Push", "推送")
ABOUT, FATE = W("Subject", "主体"), W("Became", "结果")
HEADS: Final = (WHEN, terms.ACCOUNT, terms.KIND, NAME, ABOUT, FATE)
TIMES = W("{n} in the hour, at least", "一小时内至少 {n} 次")
SENT_SINCE = W("Messages to the user since then", "此后发给此用户的消息")
SENT_THEN = W("What was sent then, to the callback too", "当时发出的，包括给回调的")
WHO_ANSWERS = W("What the bot takes", "机器人接什么")
# Effects after which the user may get a message.
SENDING: Final = ("followed", "scanned", "answered")
# What a user says, by WeChat's MsgType.
SAID: Final = ("text", "voice")
# A callback is called at once; the field of a filter has no seconds.
_AROUND: Final = timedelta(minutes=2)


def past_row(visit: Visit, one: PastPushResult) -> tuple[Html, ...]:
    kind, words = FATES[one.state]
    became = (state(visit, kind, words), _why(visit, one), _lead(visit, one))
    return (
        visit.time(one.at),
        account_link(visit, one.appid),
        fill("{kind}", kind=visit.say(KINDS[one.kind])),
        code(one.name) if one.name else fill("{times}", times=visit.say(TIMES, n=one.count)),
        _about(visit, one),
        spaced(*became),
    )


def _about(visit: Visit, one: PastPushResult) -> Html:
    """The user, or the account of an event. The end of the openid tells users of one nickname apart."""
    if one.openid:
        query = urlencode({"appid": one.appid, "called": one.openid})
        user = link(f"/console/people/users?{query}", one.nickname or code(openid_tail(one.openid)))
        return joined([user, when(one.nickname, aside(visit, openid_tail(one.openid)))])
    return account_link(visit, one.authorizer_appid) if one.authorizer_appid else fill("–")


def _why(visit: Visit, one: PastPushResult) -> Html:
    words = UNANSWERED if _is_unanswered(one) else EFFECTS.get(one.effect)
    text = visit.told(one.reason) or (visit.say(words) if words else "")
    return when(text, fill("<small>{text}</small>", text=text))


def _is_unanswered(one: PastPushResult) -> bool:
    return one.effect == "none" and one.name in SAID


def _lead(visit: Visit, one: PastPushResult) -> Html:
    """Where a person sees why the user got no answer."""
    if not visit.sees(Scope.PUSH):
        return Html()
    if _is_unanswered(one):
        return link("/console/reminders/bot", visit.say(WHO_ANSWERS))
    since = wall_minute(one.at)
    if one.effect in SENDING and one.uid:
        query = urlencode({"person": one.uid, "since": since})
        return link(f"/console/messages?{query}", visit.say(SENT_SINCE))
    if one.effect == "passed_on":
        query = urlencode({"since": since, "until": wall_minute(one.at + _AROUND)})
        return link(f"/console/messages?{query}", visit.say(SENT_THEN))
    return Html()
