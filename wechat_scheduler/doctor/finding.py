"""One finding of an examination, and how bad it is."""

import enum

from wechat_scheduler.engine.records import dataclass


class Level(enum.StrEnum):
    """FAIL: it does not work, or will not after the next start."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`check` names the check, `says` its result, `advice` what to do about it. Contains no secret."""

    level: Level
    check: str
    says: str
    advice: str = ""


def ok(check: str, says: str) -> Finding:
    return Finding(level=Level.OK, check=check, says=says)


def warn(check: str, says: str, advice: str) -> Finding:
    return Finding(level=Level.WARN, check=check, says=says, advice=advice)


def fail(check: str, says: str, advice: str) -> Finding:
    return Finding(level=Level.FAIL, check=check, says=says, advice=advice)
