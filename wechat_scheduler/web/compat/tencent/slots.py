"""The parameters of set_reminder: up to three slots of four parameters each. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from wechat_scheduler.engine.clock import EPOCH
from wechat_scheduler.web.compat.tencent.calls import Ret, TencentError

MOST: Final = 3
FIELDS: Final = ("begin", "key", "type", "title")
LEAST_TYPE: Final = 20_000
LONGEST_TITLE: Final = 30
LONGEST_KEY: Final = 128
_NAME = re.compile(rf"(?:{'|'.join(FIELDS)})(0|[1-9][0-9]{{0,99}})")
_NAMES_ANOTHER = re.compile(rf"(?:{'|'.join(FIELDS)})[^A-Za-z_].*", re.DOTALL)
_SECONDS = re.compile(r"[0-9]{1,11}")
_TYPE = re.compile(r"[0-9]{1,10}")
# Control characters, surrogates, line and paragraph separators.
_ILLEGAL: Final = ("Cc", "Cs", "Zl", "Zp")
# Characters that turn the direction of the text around the title.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Slot(NamedTuple):
    """`key` is the app's own name of the reminder, `sort` its own number for this sort of reminder."""

    number: int
    begin: datetime
    key: str
    sort: int
    title: str


class SlotReport(NamedTuple):
    """`is_partial`: a slot with a missing parameter was left out."""

    slots: tuple[Slot, ...]
    is_partial: bool


def read_slots(params: Mapping[str, str], words: Sequence[str]) -> SlotReport:
    """An empty parameter counts as missing. `words` must not occur in a title.

    Raises TencentError at a parameter that is given and wrong.
    """
    for name, value in params.items():
        if value and _NAMES_ANOTHER.fullmatch(name) and not _NAME.fullmatch(name):
            known = "the slots are 0, 1 and 2, as in begin0"
            raise TencentError(Ret.INVALID, f"is not known: {known}", field=name)
    reported = {
        int(found[1]) for name in params if params[name] and (found := _NAME.fullmatch(name))
    }
    if beyond := [number for number in reported if number >= MOST]:
        field = next(
            f"{name}{min(beyond)}" for name in FIELDS if params.get(f"{name}{min(beyond)}")
        )
        raise TencentError(Ret.TOO_MANY, f"at most {MOST} reminders are kept", field=field)
    wanted = range(max(reported) + 1) if reported else range(0)
    slots = tuple(slot for number in wanted for slot in _slot(params, number, words))
    return SlotReport(slots, is_partial=len(slots) < len(wanted))


def _slot(params: Mapping[str, str], number: int, words: Sequence[str]) -> Iterator[Slot]:
    """The slot; none if a parameter is missing. Those that are given are checked in any case."""
    given = {name: params.get(f"{name}{number}", "") for name in FIELDS}
    for name, check in (("begin", _check_begin), ("key", _check_key), ("type", _check_type)):
        if given[name]:
            check(given[name], f"{name}{number}")
    _check_title(given["title"], f"title{number}", words)
    if all(given.values()):
        begin = EPOCH + timedelta(seconds=int(given["begin"]))
        yield Slot(number, begin, given["key"], int(given["type"]), given["title"])


def _check_begin(value: str, field: str) -> None:
    if not _SECONDS.fullmatch(value):
        raise TencentError(Ret.INVALID, "must be seconds since 1970, in digits", field=field)


def _check_key(value: str, field: str) -> None:
    if len(value) > LONGEST_KEY or any(map(_is_illegal, value)):
        message = f"must be at most {LONGEST_KEY} characters, without control characters"
        raise TencentError(Ret.INVALID, message, field=field)


def _check_type(value: str, field: str) -> None:
    if not _TYPE.fullmatch(value) or int(value) < LEAST_TYPE:
        raise TencentError(Ret.INVALID, f"must be a number from {LEAST_TYPE} on", field=field)


def _check_title(value: str, field: str, words: Sequence[str]) -> None:
    if len(value) > LONGEST_TITLE:
        raise TencentError(Ret.WORDS, f"is longer than {LONGEST_TITLE} characters", field=field)
    if any(map(_is_illegal, value)):
        raise TencentError(Ret.WORDS, "has a character that is not allowed", field=field)
    if any(word.casefold() in value.casefold() for word in words):
        raise TencentError(Ret.WORDS, "has a word that is not allowed", field=field)


def _is_illegal(character: str) -> bool:
    return unicodedata.category(character) in _ILLEGAL or character in _TURNING
