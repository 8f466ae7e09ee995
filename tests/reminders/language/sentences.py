"""The evaluation sets, and how a sentence of each kind is judged.

`sentences.toml` and `kinds.toml` were written with the parser, the others before it was run on them: `figures.py` tells by
whom, and how it did.
"""

import enum
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from wechat_scheduler.reasons import Reason
from wechat_scheduler.reminders.language.parse import parse_all
from wechat_scheduler.reminders.language.parsed import Parsed
from wechat_scheduler.reminders.language.refused_sentences import LanguageError, SeveralError

TABLES = ("sentences", "kinds", "stranger", "unseen", "customers", "callers", "visitors")


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))


_SAID = _table("sentences")
ZONE = ZoneInfo(_SAID["zone"])
NOW = datetime.fromisoformat(_SAID["now"])


@cache
def read(text: str) -> tuple[Parsed, ...] | LanguageError:
    """The reminders that a sentence asks for, or why it is refused. Remembered, as several tests ask."""
    try:
        return parse_all(text, now=NOW, zone=ZONE)
    except LanguageError as error:
        return error.with_traceback(None)


def read_one(text: str) -> Parsed | LanguageError:
    """As `parse` reads it: a sentence that asks for several reminders is refused."""
    readings = read(text)
    if isinstance(readings, LanguageError):
        return readings
    return readings[0] if len(readings) == 1 else SeveralError(readings)


class Outcome(enum.StrEnum):
    """What became of a sentence."""

    RIGHT = "right"
    ASKED = "asked"
    """Its writer is asked which of several meanings is meant, or what some of the words mean."""

    REFUSED = "refused"
    WRONG = "silently wrong"
    """It became another reminder than the one that is meant."""


_QUESTIONS = {
    Reason.SENTENCE_AMBIGUOUS,
    Reason.SENTENCE_UNREAD,
    Reason.SENTENCE_VAGUE,
    Reason.SENTENCE_SEVERAL,
    Reason.SENTENCE_CHAT,
    Reason.SENTENCE_UNSURE,
    Reason.SENTENCE_COMMAND,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """`wanted` holds the accepted times, rules, titles, ends and minutes, or the accepted refusals."""

    kind: str
    text: str
    wanted: dict[str, list[Any]]

    def outcome(self) -> Outcome:
        """How the sentence ends."""
        misread = self.misread()
        if not misread:
            return Outcome.RIGHT
        reason, _ = misread.get("refused", (None, []))
        if reason is None:
            return Outcome.WRONG
        reason = f"sentence.{reason}"
        return Outcome.ASKED if reason in _QUESTIONS else Outcome.REFUSED

    def misread(self) -> dict[str, tuple[Any, list[Any]]]:
        """The parts that the parser reads otherwise than accepted, and how it reads them."""
        parsed = read_one(self.text)
        if isinstance(parsed, LanguageError):
            reason = parsed.reason.removeprefix("sentence.")
            return self._differing({"refused": reason}, ["refused"])
        return self._differing(_told(parsed), self.wanted)

    def _differing(
        self, read: dict[str, Any], keys: Iterable[str]
    ) -> dict[str, tuple[Any, list[Any]]]:
        wanted = {key: self.wanted.get(key, []) for key in keys}
        return {key: (read.get(key), of) for key, of in wanted.items() if read.get(key) not in of}


def sentences(table: str = "sentences") -> Iterator[Sentence]:
    """The sentences of a table, of all kinds."""
    for shape, kinds in _table(table).items():
        if isinstance(kinds, dict):
            for kind, rows in kinds.items():
                for text, *rest in rows:
                    wanted = dict(_WANTED[shape](*map(_accepted, rest)))
                    yield Sentence(kind=f"{shape}.{kind}", text=text, wanted=wanted)


def _accepted(cell: Any) -> list[Any]:
    return cell if isinstance(cell, list) else [cell]


def _told(parsed: Parsed) -> dict[str, Any]:
    return {
        "time": parsed.time,
        "rule": parsed.rule,
        "title": parsed.title,
        "end": parsed.end,
        "minutes": parsed.advance / timedelta(minutes=1) if parsed.advance else None,
    }


def _once(times: list[str], titles: list[str]) -> dict[str, list[Any]]:
    return _timed(times) | {"rule": [""], "title": titles, "end": [None]}


def _range(times: list[str], ends: list[str], titles: list[str]) -> dict[str, list[Any]]:
    """`none` among the ends accepts no end."""
    known: list[Any] = [*_moments([end for end in ends if end != "none"])]
    return _timed(times) | {"end": known + [None] * ("none" in ends), "rule": [""], "title": titles}


def _advance(times: list[str], minutes: list[int], titles: list[str]) -> dict[str, list[Any]]:
    return _timed(times) | {"minutes": minutes, "rule": [""], "title": titles}


def _again(times: list[str], rules: list[str], titles: list[str]) -> dict[str, list[Any]]:
    return _timed(times) | {"rule": rules, "title": titles}


def _refused(reasons: list[str]) -> dict[str, list[Any]]:
    return {"refused": reasons}


def _timed(times: list[str]) -> dict[str, list[Any]]:
    """`refused` among the times accepts a refusal for any reason."""
    refusals = [reason.removeprefix("sentence.") for reason in Reason] if "refused" in times else []
    return {"time": _moments(times), "refused": [None, *refusals]}


def _moments(texts: list[str]) -> list[datetime]:
    return [_moment(text) for text in texts if text != "refused"]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text if text[4] == "-" else f"2026-{text}").replace(tzinfo=ZONE)


_WANTED: dict[str, Callable[..., dict[str, list[Any]]]] = {
    "once": _once,
    "range": _range,
    "advance": _advance,
    "again": _again,
    "refused": _refused,
}
