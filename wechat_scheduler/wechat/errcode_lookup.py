"""The form of the table of errcodes, and how a refusal is looked up in it."""

import re
from collections.abc import Mapping
from datetime import timedelta
from itertools import product
from typing import TypeAlias

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import dataclass, replace
from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.reasons import Reaction, Verdict

UNKNOWN = Sentence(
    "WeChat's code {errcode} is not in the table here: see 全局返回码",
    "微信的错误码 {errcode} 不在这里的表中：请查看“全局返回码”",
)
ANSWERED = Sentence("/{path:s}: {errcode:d} {errmsg}", "/{path} 返回 {errcode}（{errmsg}）")
OF_THIS_MACHINE = Sentence("of this machine", "地址（运行守护进程的机器的出口地址）")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an errcode calls for.

    `advice` is for operators, and `chinese` its Chinese; an `{ip}` in them becomes the address that WeChat names.
    `refused` names the input to blame. `retry_after` comes with WAIT_UNTIL, PAUSE and SLOWER; None means the next
    midnight in Shanghai. `verdict` is set where a message needs another one than follows from
    `reaction`. `of_address` marks refusals of the address that the call came from; `field` is
    the one of a registration that is wrong.
    """

    reaction: Reaction
    advice: str
    chinese: str
    refused: str = ""
    retry_after: timedelta | None = None
    verdict: Verdict | None = None
    of_address: bool = False
    field: str = ""


Lines: TypeAlias = Mapping[int, Reading]
"""Errcodes and their readings. A code that ends in 000 stands for its whole thousand."""


class Errcodes:
    """A table of errcodes. `groups` pairs the beginning of an endpoint's path with the lines that hold
    there, the most particular first; of several beginnings that fit, the first counts, and the last
    one is empty."""

    def __init__(self, *groups: tuple[str, tuple[Lines, ...]]) -> None:
        self._groups = groups

    def read(self, endpoint: str, errcode: int, errmsg: str) -> Reading:
        """The reading of WeChat's answer `errcode`, `errmsg` (as it came) from the path `endpoint`.

        A code that is not in the table is TRANSIENT.
        """
        codes = (errcode, errcode // 1000 * 1000)
        found = (lines.get(code) for code, lines in product(codes, self._lines(endpoint)))
        reading = next(filter(None, found), None)
        if reading is None:
            return transient(UNKNOWN.fill(errcode=errcode), "")
        return replace(reading, advice=_filled(reading.advice, errmsg))

    def advice(self, errcode: int) -> str:
        """What to do about the code at the widest endpoint that has it; empty if none has."""
        codes = (errcode, errcode // 1000 * 1000)
        every = [lines for _, group in reversed(self._groups) for lines in group]
        found = (lines.get(code) for code, lines in product(codes, every))
        reading = next(filter(None, found), None)
        return _filled(reading.advice, "") if reading else ""

    def sentences(self) -> set[Sentence]:
        """The advice of every line, with its Chinese."""
        return {
            Sentence(reading.advice, reading.chinese)
            for _, group in self._groups
            for lines in group
            for reading in lines.values()
        }

    def _lines(self, endpoint: str) -> tuple[Lines, ...]:
        return next(lines for prefix, lines in self._groups if endpoint.startswith(prefix))


def _filled(advice: str, errmsg: str) -> str:
    return advice.replace("{ip}", caller_address(errmsg) or OF_THIS_MACHINE.en)


def transient(advice: str, chinese: str) -> Reading:
    return Reading(reaction=Reaction.TRANSIENT, advice=advice, chinese=chinese)


def parent(name: str) -> Reading:
    """The token `name` is dead."""
    return Reading(
        reaction=Reaction.PARENT_INVALID,
        advice=f"the {name} is fetched again; "
        "if this repeats, another program fetches it too and invalidates ours",
        chinese=f"{name} 会重新获取；如果反复出现，说明另有程序也在获取它，使我们的失效",
        refused=name,
    )


def needs(name: str, advice: str, chinese: str) -> Reading:
    return Reading(reaction=Reaction.NEEDS_INPUT, advice=advice, chinese=chinese, refused=name)


def wait(
    retry_after: timedelta | None, advice: str, chinese: str, *, of_address: bool = False
) -> Reading:
    return Reading(
        reaction=Reaction.WAIT_UNTIL,
        advice=advice,
        chinese=chinese,
        retry_after=retry_after,
        of_address=of_address,
    )


def operator(advice: str, chinese: str, *, of_address: bool = False, field: str = "") -> Reading:
    return Reading(
        reaction=Reaction.OPERATOR,
        advice=advice,
        chinese=chinese,
        of_address=of_address,
        field=field,
    )


def pause(retry_after: timedelta, advice: str, chinese: str) -> Reading:
    """No message of the account goes out before `retry_after`."""
    return replace(wait(retry_after, advice, chinese), verdict=Verdict.PAUSE)


def slower(retry_after: timedelta, advice: str, chinese: str) -> Reading:
    """No message to this user goes out before `retry_after`."""
    return replace(wait(retry_after, advice, chinese), verdict=Verdict.SLOWER)


def texts_ended(advice: str, chinese: str) -> Reading:
    return replace(operator(advice, chinese), verdict=Verdict.TEXTS_ENDED)


def no_texts(reading: Reading) -> Reading:
    """Of an account that may send none."""
    return replace(reading, verdict=Verdict.NO_TEXTS)


def unreachable(advice: str, chinese: str) -> Reading:
    return replace(operator(advice, chinese), verdict=Verdict.UNREACHABLE)


def used_up(advice: str, chinese: str) -> Reading:
    return replace(operator(advice, chinese), verdict=Verdict.USED_UP)


def rejected(advice: str, chinese: str) -> Reading:
    return replace(operator(advice, chinese), verdict=Verdict.REJECTED)


_IPV4 = pattern(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
_IPV6 = pattern(r"(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}", re.IGNORECASE)


def caller_address(errmsg: str) -> str:
    """The caller's address as WeChat saw it: `invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in …`. Empty if
    WeChat does not name it."""
    found = _IPV4.search(errmsg) or _IPV6.search(errmsg)
    return found[0] if found else ""
