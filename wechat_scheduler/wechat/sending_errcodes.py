"""WeChat's error codes of calls that send a message: the verdict and advice for each.

The lines of `errcodes.py` hold beside these for faults of the account. Sources: the error tables on the official
page of each endpoint, and 全局返回码 (the global list).
"""

from datetime import timedelta

from wechat_scheduler.config import consoles
from wechat_scheduler.wechat.errcode_lookup import (
    operator,
    pause,
    rejected,
    slower,
    texts_ended,
    unreachable,
    used_up,
)

# WeChat is reported to refuse templates at random with this code, and to take them a moment later.
NO_TEMPLATE = 40037

_BAD_FORM = rejected(
    "WeChat did not understand the message: correct it, then send it again",
    "微信没有读懂这条消息：请改正后重新发送",
)
_EMPTY = rejected("the message is empty: add a text", "消息是空的：请加上文字")
_SLOWER = slower(
    timedelta(minutes=10),
    "this user gets too much at once: send them less",
    "短时间内发给这个用户的消息太多：请少发一些",
)

MESSAGE = {
    40003: unreachable(
        "the account has no such user: the openid is another account's, or wrong",
        "账号没有这个用户：openid 是别的账号的，或写错了",
    ),
    40008: _BAD_FORM,
    # The answer does not say whose appid it is.
    40013: operator(
        "WeChat knows no such appid: register the account again with its appid; if a tap on the message "
        f"opens a mini-program, it must be linked to the account ({consoles.MINI_PROGRAM_LINKS})",
        "微信没有这个 appid：请用账号的 appid 重新登记它；如果点开消息会打开小程序，小程序须与账号关联"
        f"（{consoles.MINI_PROGRAM_LINKS}）",
    ),
    40036: rejected(
        "the template's id is not of the right length: correct the app's template",
        "模板 id 的长度不对：请改正应用的模板",
    ),
    NO_TEMPLATE: rejected(
        "the account has no such template: correct the app's template, or add it to the account "
        f"({consoles.TEMPLATES})",
        f"账号没有这个模板：请改正应用的模板，或把它添加到账号（{consoles.TEMPLATES}）",
    ),
    40039: rejected("the url is too long: shorten it", "url 太长：请缩短"),
    40066: rejected("WeChat does not accept the url: correct it", "微信不接受这个 url：请改正"),
    40165: rejected(
        "the mini-program has no such page: correct the pagepath",
        "小程序没有这个页面：请改正 pagepath",
    ),
    40249: rejected(
        "WeChat takes the content for marketing: reword it", "微信认为内容是营销：请改写"
    ),
    41030: rejected(
        "WeChat does not accept the page: correct the url", "微信不接受这个页面：请改正 url"
    ),
    43004: unreachable(
        "the user does not follow the account: they have to follow it again",
        "用户没有关注公众号：须由用户重新关注",
    ),
    43019: unreachable(
        "the account has blacklisted the user: take them off the blacklist",
        "账号已把用户拉黑：请把用户移出黑名单",
    ),
    43101: unreachable(
        "the user refuses the account's messages: only they can allow them again",
        "用户拒收账号的消息：只有用户自己能重新允许",
    ),
    43107: operator(
        f"WeChat has banned the account's notices: see {consoles.NOTIFICATIONS}",
        f"微信已封禁账号的通知：请查看 {consoles.NOTIFICATIONS}",
    ),
    43108: slower(
        timedelta(seconds=10),
        "two notices to one user at once: no action is needed",
        "同时给一个用户发了两条通知：不需要处理",
    ),
    43116: operator(
        f"WeChat has banned the template: see {consoles.NOTIFICATIONS}, or choose another",
        f"微信已封禁这个模板：请查看 {consoles.NOTIFICATIONS}，或换一个模板",
    ),
    43117: _SLOWER,
    **dict.fromkeys((44002, 44003, 44004), _EMPTY),
    45011: pause(
        timedelta(minutes=1),
        "too many calls this minute: no action is needed",
        "这一分钟里调用太多：不需要处理",
    ),
    45109: _SLOWER,
    45168: rejected("WeChat objects to the content: reword it", "微信不接受这些内容：请改写"),
    47001: _BAD_FORM,
    47003: rejected(
        "the data do not fit the template: compare the keywords and their limits",
        "数据与模板不符：请核对关键词和它们的限制",
    ),
    48002: unreachable(
        "the user blocks the account's messages: only they can allow them again",
        "用户屏蔽了账号的消息：只有用户自己能重新允许",
    ),
}

TEXT = {
    45002: rejected("the text is too long: shorten it", "文字太长：请缩短"),
    45015: texts_ended(
        "texts are allowed for 48 hours after the user wrote, and for a minute after a scan, a click "
        "or a new subscription: map the message's purpose to a template, then replay",
        "只有在用户发言后 48 小时内，以及扫码、点菜单或新关注公众号后的一分钟内，才能发文本：请为消息的用途指定模板，然后重发",
    ),
    45047: texts_ended(
        "no more texts until the user writes something: map the message's purpose to a template, "
        "then replay",
        "在用户再次发言之前不能再发文本：请为消息的用途指定模板，然后重发",
    ),
}

# A user refuses all templates at once, but allows each notice a number of times: a used-up notice does
# not mean that the user is unreachable.
SUBSCRIBE = {
    43101: used_up(
        "the user does not allow this notice, or what they allowed is used up: ask them again, "
        "then replay",
        "用户没有允许这种通知，或允许的次数已用完：请再征得用户的允许，然后重发",
    ),
}
