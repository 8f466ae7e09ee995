"""What an examination finds, one after the other."""

import enum
from dataclasses import dataclass


class Level(enum.StrEnum):
    """FAIL is for what does not work, or will not after the next start."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`check` is what was looked at, `says` how it is, `advice` what to do about it; no secrets."""

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
