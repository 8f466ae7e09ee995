"""Why a sentence is refused."""

from wechat_scheduler.errors import UnprocessableError
from wechat_scheduler.reasons import Reason


class LanguageError(UnprocessableError):
    """The sentence cannot become a reminder. The message is Chinese: it is meant for its writer."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message, reason=reason, field="text")


def impossible(what: str) -> LanguageError:
    """`what` names the day or the hour, as it was written."""
    return LanguageError(Reason.SENTENCE_IMPOSSIBLE, f"没有“{what}”这个时间, 请检查一下")


def nothing() -> LanguageError:
    """No time was found: an example says what one looks like."""
    return LanguageError(Reason.SENTENCE_NOTHING, "没有找到时间, 试试“明天下午3点提醒我开会”")
