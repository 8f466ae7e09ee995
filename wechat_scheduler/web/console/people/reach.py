"""Whether a user can be reached, as a badge."""

from wechat_scheduler.web.console.parts import state
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.pages.markup import Html

W = Words

FOLLOWS, LEFT = W("Follows", "关注者"), W("Does not follow", "不是关注者")
TROUBLE = W("WeChat refuses", "微信拒收")
BLOCKED, MUTED = W("Blocked by the app", "被应用拉黑"), W("Muted by the user", "用户已静音")


def reach_badge(
    visit: Visit, follows: bool, trouble: str, *, blocked: bool = False, muted: bool = False
) -> Html:
    """What keeps messages from the user, the strongest first."""
    if not follows:
        return state(visit, "idle", LEFT)
    if trouble:
        return state(visit, "bad", TROUBLE)
    if blocked:
        return state(visit, "warn", BLOCKED)
    if muted:
        return state(visit, "warn", MUTED)
    return state(visit, "good", FOLLOWS)
