"""Text of `/openapi.json` as HTML."""

from wechat_scheduler.web.console.parts import code, joined
from wechat_scheduler.web.pages.markup import Html


def marked(text: str) -> Html:
    """What stands between backticks as code."""
    return joined(code(one) if at % 2 else one for at, one in enumerate(text.split("`")))


def unmarked(text: str) -> str:
    """Without backticks, where only text may stand."""
    return text.replace("`", "")
