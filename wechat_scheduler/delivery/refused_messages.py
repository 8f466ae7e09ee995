"""The daemon's own reasons for not sending a message, with the sentences that its delivery shows. Those about
its receiver are in `refused_receivers.py`.

What WeChat said of it, and what to do then, is in `wechat/sending_errcodes.py`; a receiver's answer is worded in
`webhooks/client.py`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wechat_scheduler.audience.model import App
from wechat_scheduler.audience.use_counts import UseCount
from wechat_scheduler.delivery.model import Content, Way
from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.errors import SendError
from wechat_scheduler.reasons import Verdict

APP_GONE = Sentence("the app that sent it is gone", "发送它的应用已不存在")
APP_UNREADABLE = Sentence("its app cannot be read: see doctor", "读不出它的应用：请查看 doctor")
SUBSCRIBER_GONE = Sentence("the subscriber is gone", "订阅者已不存在")
# WeChat's receipts that say so. A subscribe notice has a number in front.
USER_BLOCK = Sentence("failed:user block", "用户拒收公众号的消息（failed:user block）")
SYSTEM_FAILED = Sentence("failed: system failed", "微信系统故障，没有送达（failed: system failed）")
FREQ_LIMIT = Sentence("failed:freq limit", "发送太频繁，微信没有送达（failed:freq limit）")
NOTICE_USER_BLOCK = Sentence(
    "{number:d} failed:user block", "用户拒收通知（{number} failed:user block）"
)
NOTICE_SYSTEM_FAILED = Sentence(
    "{number:d} failed: system failed", "微信系统故障，没有送达（{number} failed: system failed）"
)
NOBODY_RECEIVES = Sentence(
    "none of the subscribers can be reached now: they left the account, or switched the messages off",
    "现在没有能收到的订阅者：他们不再关注公众号，或关闭了消息",
)
NOBODY_SUBSCRIBED = Sentence(
    "it has no subscribers yet: show people the QR code", "还没有人订阅：请让用户扫二维码订阅"
)
TEXTS_USED_UP = Sentence(
    "WeChat accepts no more texts: the user has to act first, such as write to the account",
    "微信不再接收客服消息：要等用户再次互动，例如给公众号发一条消息",
)
NOT_TAKEN = Sentence("the user accepts no messages of this app", "用户不收这个应用的消息")
EXPIRED = Sentence("the message expired at {at}", "消息已于 {at} 过期")
OTHER_ACCOUNT = Sentence("the subscriber does not belong to {appid}", "订阅者不属于账号 {appid}")
NO_SUCH_WAY = Sentence("{way} cannot be used to reach a user", "{way} 这种方式不能发给用户")

PACED = Sentence("the app's own limit of messages per minute", "应用自己设定的每分钟消息上限")
QUIET = Sentence("the user's quiet hours", "用户的免打扰时段")
ACCOUNT_WAITS = Sentence("the account {appid} is paused", "账号 {appid} 暂停发送")

GIVEN_UP = Sentence("given up after {after}: {reason}", "尝试 {after}后放弃：{reason}")
DAYS = Sentence("{count:d} days", "{count} 天")
HOURS = Sentence("{count:d} hours", "{count} 小时")
MINUTES = Sentence("{count:d} minutes", "{count} 分钟")
SECONDS = Sentence("{count:d} s", "{count} 秒")
_SPANS = {
    timedelta(days=1): DAYS,
    timedelta(hours=1): HOURS,
    timedelta(minutes=1): MINUTES,
    timedelta(seconds=1): SECONDS,
}
CUT_OFF = Sentence(
    "it may have arrived, and is not sent again: {why}", "消息可能已经送到，不再重发：{why}"
)
AT_MOST_ONCE = Sentence(
    "the app's delivery mode is at_most_once", "应用的投递方式是至多一次（at_most_once）"
)
SENT_AGAIN = Sentence("it was already retried once", "已经重试过一次")
REPLAY_UNSEEN = Sentence("replay it if the user has not seen it", "如果用户没有看到，请重发")

NO_TEMPLATE = Sentence(
    "the app {app} has no template for the purpose {purpose}",
    "应用 {app} 没有为用途 {purpose} 指定模板",
)
MAP_IT = Sentence(
    "map the purpose {purpose} to one of the account's templates",
    "请为用途 {purpose} 指定账号的一个模板",
)
MAP_IT_AND_REPLAY = Sentence(
    "map the purpose {purpose} to one of the account's templates, then replay",
    "请为用途 {purpose} 指定账号的一个模板，然后重发",
)
UNFILLED = Sentence(
    "the template {template_id} is not filled: {faults}", "模板 {template_id} 没有填好：{faults}"
)
FILL_IT = Sentence(
    "correct the app's template and replay, or send it again with the right data",
    "请改正应用的模板后重发，或带上正确的数据重新发送",
)
# Dead letters of earlier releases have it.
HEARD_TOO_LONG_AGO = Sentence(
    "the user was last heard of more than 48 hours ago, and the app {app} has no template for the purpose {purpose}",
    "用户已超过 48 小时没有动静，而应用 {app} 没有为用途 {purpose} 指定模板",
)
NO_TEXT_NOW = Sentence(
    "WeChat takes no text for the user now (only a few for 48 hours after a message of theirs, or for one minute "
    "after a follow, a scan or a click), and the app {app} has no template for the purpose {purpose}",
    "微信现在不收发给用户的文本（用户发言后 48 小时内，或关注公众号、扫码、点菜单后的一分钟内才收，而且条数有限），而应用 {app} 没有为用途 {purpose} 指定模板",
)

SWITCHED_OFF = Sentence(
    "the user has switched off the notices of template {template_id}",
    "用户已关闭模板 {template_id} 的通知",
)
NONE_LEFT = Sentence(
    "the user allows no more notices of template {template_id}",
    "用户允许的模板 {template_id} 的通知次数已用完",
)
NOT_ASKED = Sentence("WeChat was not asked", "没有询问微信")
NOT_ASKED_YET = Sentence(
    "WeChat was not asked yet, in case the user has just allowed one",
    "暂未询问微信，因为用户可能刚刚又允许了一次",
)
ASK_AGAIN = Sentence("ask the user to allow one more, then replay", "请用户再允许一次，然后重发")
SWITCH_ON = Sentence(
    "only the user can switch them on, in WeChat's settings of the account; then replay",
    "只有用户自己能在微信里账号的设置中打开；然后重发",
)


def given_up(after: timedelta, reason: str) -> str:
    """It was tried for `after`; the last attempt failed for `reason`."""
    return GIVEN_UP.fill(after=_lasting(after), reason=reason)


def _lasting(span: timedelta) -> str:
    """In the largest unit that divides it."""
    for unit, words in _SPANS.items():
        count, rest = divmod(span, unit)
        if not rest:
            return words.fill(count=count)
    return str(span)


def expired(at: datetime) -> str:
    return EXPIRED.fill(at=f"{at:%Y-%m-%dT%H:%M:%SZ}")


def of_another_account(appid: str) -> str:
    return OTHER_ACCOUNT.fill(appid=appid)


def account_waits(appid: str) -> str:
    return ACCOUNT_WAITS.fill(appid=appid)


def no_template(app: App, purpose: str) -> SendError:
    return SendError(
        NO_TEMPLATE.fill(app=app.name, purpose=purpose),
        verdict=Verdict.REJECTED,
        advice=MAP_IT.fill(purpose=purpose),
    )


def unfilled(template_id: str, faults: Sequence[str]) -> str:
    return UNFILLED.fill(template_id=template_id, faults="; ".join(faults))


def not_filled(sentence: str) -> SendError:
    return SendError(
        sentence,
        verdict=Verdict.REJECTED,
        advice=FILL_IT.en,
    )


def heard_too_long_ago(app: App, content: Content) -> SendError:
    """The error if a text is no longer allowed, and there is no template."""
    return SendError(
        NO_TEXT_NOW.fill(app=app.name, purpose=content.purpose),
        verdict=Verdict.REJECTED,
        advice=MAP_IT_AND_REPLAY.fill(purpose=content.purpose),
    )


def no_notice_yet(count: UseCount, retry_after: timedelta) -> SendError:
    """No notice is left, but WeChat's event of one that the user just allowed may still come."""
    return SendError(
        f"{_none_left(count)}; {NOT_ASKED_YET.en}",
        verdict=Verdict.SLOWER,
        way=Way.SUBSCRIBE.value,
        retry_after=retry_after,
    )


def no_notice_left(count: UseCount) -> SendError:
    return SendError(
        f"{_none_left(count)}; {NOT_ASKED.en}",
        verdict=Verdict.USED_UP,
        way=Way.SUBSCRIBE.value,
        advice=(SWITCH_ON if count.switched_off else ASK_AGAIN).en,
    )


def no_such_way(way: Way) -> SendError:
    return SendError(NO_SUCH_WAY.fill(way=way), verdict=Verdict.REJECTED)


def may_have_arrived(why: Sentence) -> SendError:
    """The error after an attempt that was cut off; `why` says why the message is not sent again."""
    return SendError(
        CUT_OFF.fill(why=why.en),
        verdict=Verdict.REJECTED,
        advice=REPLAY_UNSEEN.en,
    )


def _none_left(count: UseCount) -> str:
    sentence = SWITCHED_OFF if count.switched_off else NONE_LEFT
    return sentence.fill(template_id=count.template_id)
