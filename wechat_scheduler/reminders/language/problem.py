"""Why a sentence is refused."""

import enum

from wechat_scheduler.errors import InvalidRequestError


class Reason(enum.StrEnum):
    """What is wrong with a sentence, for programs."""

    NOTHING = "nothing"
    """No time in it."""

    IMPOSSIBLE = "impossible"
    """It names a day or an hour that does not exist (2月30号, 25点)."""

    PAST = "past"
    AMBIGUOUS = "ambiguous"
    """It can be read in two ways (3点或4点)."""

    TOO_LONG = "too-long"
    TOO_OFTEN = "too-often"
    TOO_FAR = "too-far"
    """Beyond the horizon."""


class LanguageError(InvalidRequestError):
    """The sentence cannot become a reminder. The message is Chinese: it is meant for its writer."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message, field="text")
        self.reason = reason
        self.message = message


def impossible(what: str) -> LanguageError:
    """`what` names the day or the hour, as it was written."""
    return LanguageError(Reason.IMPOSSIBLE, f"没有“{what}”这个时间, 请检查一下")


def nothing() -> LanguageError:
    """No time was found: an example says what one looks like."""
    return LanguageError(Reason.NOTHING, "没有找到时间, 试试“明天下午3点提醒我开会”")
