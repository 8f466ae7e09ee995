"""WeChat's error codes of calls that send a message: the verdict and advice for each.

The lines of `errcodes.py` hold beside these for faults of the account. Sources: the error tables on the official
page of each endpoint, and 全局返回码 (the global list).
"""

from datetime import timedelta

from wechat_scheduler.config import consoles
from wechat_scheduler.wechat.errcode_lookup import (
    fall_back,
    operator,
    pause,
    rejected,
    slower,
    unreachable,
    used_up,
)

# WeChat is reported to refuse templates at random with this code, and to take them a moment later.
NO_TEMPLATE = 40037

_BAD_FORM = rejected("WeChat did not understand the message: correct it, then send it again")
_EMPTY = rejected("the message is empty: add a text")
_SLOWER = slower(timedelta(minutes=10), "this user gets too much at once: send them less")

MESSAGE = {
    40003: unreachable("the account has no such user: the openid is another account's, or wrong"),
    40008: _BAD_FORM,
    # The answer does not say whose appid it is.
    40013: operator(
        "WeChat knows no such appid: register the account again with its appid; if a tap on the message "
        f"opens a mini-program, it must be linked to the account ({consoles.MINI_PROGRAM_LINKS})"
    ),
    40036: rejected("the template's id is not of the right length: correct the app's template"),
    NO_TEMPLATE: rejected(
        "the account has no such template: correct the app's template, or add it to the account "
        f"({consoles.TEMPLATES})"
    ),
    40039: rejected("the url is too long: shorten it"),
    40066: rejected("WeChat does not accept the url: correct it"),
    40165: rejected("the mini-program has no such page: correct the pagepath"),
    40249: rejected("WeChat takes the content for marketing: reword it"),
    41030: rejected("WeChat does not accept the page: correct the url"),
    43004: unreachable("the user does not follow the account: they have to follow it again"),
    43019: unreachable("the account has blacklisted the user: take them off the blacklist"),
    43101: unreachable("the user refuses the account's messages: only they can allow them again"),
    43107: operator(f"WeChat has banned the account's notices: see {consoles.NOTIFICATIONS}"),
    43108: slower(timedelta(seconds=10), "two notices to one user at once: no action is needed"),
    43116: operator(
        f"WeChat has banned the template: see {consoles.NOTIFICATIONS}, or choose another"
    ),
    43117: _SLOWER,
    **dict.fromkeys((44002, 44003, 44004), _EMPTY),
    45011: pause(timedelta(minutes=1), "too many calls this minute: no action is needed"),
    45109: _SLOWER,
    45168: rejected("WeChat objects to the content: reword it"),
    47001: _BAD_FORM,
    47003: rejected("the data do not fit the template: compare the keywords and their limits"),
    48002: unreachable("the user blocks the account's messages: only they can allow them again"),
}

TEXT = {
    45002: rejected("the text is too long: shorten it"),
    45015: fall_back(
        "texts are allowed for 48 hours after the user wrote, and for a minute after a scan, a click "
        "or a new subscription: map the message's purpose to a template, then replay"
    ),
    45047: fall_back(
        "no more texts until the user writes something: map the message's purpose to a template, "
        "then replay"
    ),
}

# A user refuses all templates at once, but allows each notice a number of times: a used-up notice does
# not mean that the user is unreachable.
SUBSCRIBE = {
    43101: used_up(
        "the user does not allow this notice, or what they allowed is used up: ask them again, "
        "then replay"
    ),
}
