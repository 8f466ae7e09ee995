"""What each of WeChat's error codes means for a message that was to be sent.

Sources: the error tables of 发送模板消息, 客服接口-发消息 and 发送订阅通知, and 全局返回码 (the global
list) for the codes that these pages leave out though the calls answer with them. What is wrong with
an account or its token, and not with a message, stands in `errcodes.py`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from wechat_scheduler.credentials.policy import next_quota_day
from wechat_scheduler.errors import Reaction, SendError, Verdict, WeChatError
from wechat_scheduler.wechat.accounts import AwaitedError
from wechat_scheduler.wechat.answers import DoubtfulError

TEMPLATE = "/cgi-bin/message/template/send"
TEXT = "/cgi-bin/message/custom/send"
SUBSCRIBE = "/cgi-bin/message/subscribe/bizsend"

# WeChat is reported to refuse templates at random with this code, and to take them a moment later.
NO_TEMPLATE = 40037


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """`retry_after` belongs to PAUSE and SLOWER."""

    verdict: Verdict
    advice: str
    retry_after: timedelta | None = None


def send_error(error: WeChatError, way: str, now: datetime) -> SendError:
    """What was answered to a message that went by `way`, as the sender has to take it.

    A code that no table knows is tried again: WeChat did not take the message, and says why.
    """
    ruling = _ruling(error, now)
    return SendError(
        str(error),
        verdict=ruling.verdict,
        way=way,
        errcode=error.errcode,
        rid=error.rid,
        advice=ruling.advice,
        retry_after=ruling.retry_after,
    )


def _ruling(error: WeChatError, now: datetime) -> Ruling:
    if isinstance(error, AwaitedError):
        return Ruling(verdict=Verdict.CREDENTIAL, advice=error.advice)
    if error.errcode is None:
        doubtful = isinstance(error, DoubtfulError)
        verdict = Verdict.AMBIGUOUS if doubtful else Verdict.RETRY
        return Ruling(verdict=verdict, advice=error.advice)
    particular = _BY_WAY.get(error.endpoint, {}).get(error.errcode)
    return particular or _ANY.get(error.errcode) or _by_reaction(error, now)


def _by_reaction(error: WeChatError, now: datetime) -> Ruling:
    """What is said of the account holds for each of its messages."""
    match error.reaction:
        case Reaction.OPERATOR | Reaction.NEEDS_INPUT:
            return Ruling(verdict=Verdict.OPERATOR, advice=error.advice)
        case Reaction.WAIT_UNTIL:
            until_midnight = next_quota_day(now) - now
            return _pause(error.retry_after or until_midnight, error.advice)
        case _:
            return Ruling(verdict=Verdict.RETRY, advice=error.advice)


def _pause(retry_after: timedelta, advice: str) -> Ruling:
    return Ruling(verdict=Verdict.PAUSE, advice=advice, retry_after=retry_after)


def _slower(retry_after: timedelta, advice: str) -> Ruling:
    return Ruling(verdict=Verdict.SLOWER, advice=advice, retry_after=retry_after)


def _unreachable(advice: str) -> Ruling:
    return Ruling(verdict=Verdict.UNREACHABLE, advice=advice)


def _rejected(advice: str) -> Ruling:
    return Ruling(verdict=Verdict.REJECTED, advice=advice)


def _operator(advice: str) -> Ruling:
    return Ruling(verdict=Verdict.OPERATOR, advice=advice)


_BAD_FORM = _rejected("WeChat did not understand the message: correct it, then send it anew")
_EMPTY = _rejected("there is nothing in the message: give it a content")
_SLOWER = _slower(timedelta(minutes=10), "this user gets too much at once: send them less")

_ANY = {
    40003: _unreachable("the account has no such user: the openid is another account's, or wrong"),
    40008: _BAD_FORM,
    40036: _rejected("the template's id is not of the right length: correct the app's template"),
    NO_TEMPLATE: _rejected(
        "the account has no such template: correct the app's template, or add it to the account "
        "(公众平台 → 广告与服务 → 模板消息, 订阅通知)"
    ),
    40039: _rejected("the url is too long: shorten it"),
    40066: _rejected("the url is none that WeChat takes: correct it"),
    40249: _rejected("WeChat takes the content for marketing: reword it"),
    41030: _rejected("the page is none that WeChat takes: correct the url"),
    43004: _unreachable("the user does not follow the account: they have to follow it again"),
    43019: _unreachable("the account has blacklisted the user: take them off the blacklist"),
    43101: _unreachable("the user refuses the account's messages: only they can allow them again"),
    43107: _operator("WeChat has banned the account's notices: see 公众平台 → 通知中心"),
    43108: _slower(timedelta(seconds=10), "two notices to one user at once: nothing to do"),
    43116: _operator("WeChat has banned the template: see 公众平台 → 通知中心, or choose another"),
    43117: _SLOWER,
    44002: _EMPTY,
    44003: _EMPTY,
    44004: _EMPTY,
    45011: _pause(timedelta(minutes=1), "too many calls this minute: nothing to do"),
    45109: _SLOWER,
    45168: _rejected("WeChat objects to the content: reword it"),
    47001: _BAD_FORM,
    47003: _rejected("the data do not fit the template: compare the keywords and their limits"),
    48002: _unreachable("the user blocks the account's messages: only they can allow them again"),
}

_BY_WAY = {
    TEXT: {
        45002: _rejected("the text is too long: shorten it"),
        45015: Ruling(
            verdict=Verdict.FALL_BACK,
            advice="a text may follow what the user wrote for 48 hours, and a scan, a click or their "
            "coming for a minute: map the message's purpose to a template, then replay",
        ),
        45047: Ruling(
            verdict=Verdict.FALL_BACK,
            advice="no more texts until the user writes something: map the message's purpose to a "
            "template, then replay",
        ),
    },
    # Of templates the user refuses all; of notices they allow each a number of times, so that its
    # end says nothing of what else may reach them.
    SUBSCRIBE: {
        43101: _rejected(
            "the user does not allow this notice, or what they allowed is used up: ask them again"
        ),
    },
}
