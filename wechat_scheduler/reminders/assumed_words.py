"""Says in Chinese what was assumed of a sentence."""

import re
from collections.abc import Iterable
from datetime import datetime, time
from typing import Final

from wechat_scheduler.reminders.language.parsed import Assumption
from wechat_scheduler.reminders.language.wording import day_of_year, hour_words, moment_words

# 明天 and 后天 in the small hours.
_NEXT_DAYS: Final = re.compile("(?:大*后|赶?明|[次听翌])[天日儿个]+")


def assumed_words(assumed: Iterable[Assumption]) -> str:
    """In brackets, empty if nothing was."""
    said = "；".join(map(_words, assumed))
    return f"（{said}）" if said else ""


def _words(one: Assumption) -> str:
    meant = "、".join(map(_spoken, one.meant.split(", ")))
    match one.kind:
        case "hour":
            return f"没有写几点，按{meant}"
        case "half":
            return f"“{one.said}”没有写上午还是下午，按{meant}"
        case "day" if _NEXT_DAYS.fullmatch(one.said):
            return f"现在是凌晨，“{one.said}”按{meant}"
        case "day":
            return f"“{one.said}”没有写哪一天，按{meant}"
        case "before":
            return f"“{one.said}”按{meant}，要提前请写更早的时间"
        case "soon":
            return f"“{one.said}”没有写多久，按{meant}"


def _spoken(meant: str) -> str:
    """The time as the rest of the message writes it: 早上8:00 of 08:00."""
    match len(meant):
        case 5:
            return hour_words(time.fromisoformat(meant))
        case 10:
            return day_of_year(datetime.fromisoformat(meant))
    return moment_words(datetime.fromisoformat(meant))
