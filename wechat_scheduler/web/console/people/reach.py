"""Whether a user can be reached, as a badge."""

from typing import TypeAlias

from wechat_scheduler.web.console.parts import state
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.subscriber_bodies import (
    ShownSubscriberResult,
    SubscriberResult,
    UserResult,
)
from wechat_scheduler.web.pages.markup import Html

W = Words

# A user who was bound is taken for a follower until WeChat pushes anything about them.
ASSUMED = W("Bound, not heard of yet", "已绑定，尚无互动")
FOLLOWS, LEFT = W("Follows", "关注者"), W("Does not follow", "不是关注者")
TROUBLE = W("WeChat refuses", "微信拒收")
BLOCKED, MUTED = W("Blocked by the app", "被应用拉黑"), W("Muted by the user", "用户已静音")


_Reached: TypeAlias = SubscriberResult | ShownSubscriberResult | UserResult


def reach_badge(
    visit: Visit, user: _Reached, *, blocked: bool = False, muted: bool = False
) -> Html:
    """What keeps messages from the user, the strongest first."""
    if not user.follows:
        return state(visit, "idle", LEFT)
    if user.trouble:
        return state(visit, "bad", TROUBLE)
    if blocked:
        return state(visit, "warn", BLOCKED)
    if muted:
        return state(visit, "warn", MUTED)
    if user.heard_at is None:
        return state(visit, "idle", ASSUMED)
    return state(visit, "good", FOLLOWS)


def own_name(user: SubscriberResult | ShownSubscriberResult) -> str:
    """What an app calls the user, as `audience.names.Names` has it; empty without a name."""
    named = (name for name in user.names if name != user.openid)
    return next(named, user.nickname or next(iter(user.names), ""))
