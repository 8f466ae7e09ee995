"""Text of `/openapi.json` as HTML."""

from collections.abc import Sequence

from wechat_scheduler.web.console.parts import code, joined
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Language
from wechat_scheduler.web.pages.markup import Html


def marked(text: str) -> Html:
    """What stands between backticks as code."""
    return joined(code(one) if at % 2 else one for at, one in enumerate(text.split("`")))


def unmarked(text: str) -> str:
    """Without backticks, where only text may stand."""
    return text.replace("`", "")


def told(visit: Visit, sentences: Sequence[str]) -> str:
    """The sentences in the visitor's language."""
    if visit.language is Language.ZH:
        return "".join(map(visit.sentence, sentences))
    return " ".join(sentences)
