"""The notations of settings: `30s`, `1MiB`, networks, URLs.

A value has three spellings: typed in TOML, a plain string in the environment and on the command
line, and the plain string without secrets that `config show` prints.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, TypeAlias, get_args

from wechat_scheduler.config.misplaced import check_no_secret
from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import dataclass

Network: TypeAlias = IPv4Network | IPv6Network
MASK = "[redacted]"  # stands for a password


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    """The spellings of one type of value.

    `parse` reads a TOML value of the type `wire`; `from_text` makes such a value from a string. Both
    raise ValueError, whose text follows "server.port: ".
    """

    wire: type
    noun: str
    parse: Callable[[Any], object]
    from_text: Callable[[str], object] = str
    show: Callable[[Any], str] = str

    def read(self, raw: object) -> object:
        """The value of a TOML value. Raises ValueError if its type or range is wrong."""
        if type(raw) is not self.wire:
            raise ValueError(f"expected {self.noun}, got {sort_of(raw)}")
        return self.parse(raw)


def sort_of(raw: object) -> str:
    """The operator's word for values of this type."""
    names = {
        bool: "true or false",
        int: "a whole number",
        float: "a decimal number",
        str: "a string",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(raw), "a date or time")


def whole(low: int, high: int) -> Notation:
    """A whole number from `low` to `high`, both included."""

    def parse(value: int) -> int:
        if not low <= value <= high:
            raise ValueError(f"must be from {low} to {high}, got {value}")
        return value

    return Notation(wire=int, noun="a whole number", parse=parse, from_text=_whole_from_text)


def one_of(choices: object) -> Notation:
    """One of the strings of a Literal type."""
    names = get_args(choices)

    def parse(value: str) -> str:
        if value not in names:
            raise ValueError(f"{value!r} is not one of {', '.join(names)}")
        return value

    return Notation(wire=str, noun=f"one of {', '.join(names)}", parse=parse)


def _whole_from_text(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a whole number") from error


def _switch_from_text(text: str) -> bool:
    switch = {"true": True, "1": True, "false": False, "0": False}.get(text.lower())
    if switch is None:
        raise ValueError(f"{text!r} is neither true nor false")
    return switch


SWITCH = Notation(
    wire=bool,
    noun="true or false",
    parse=bool,
    from_text=_switch_from_text,
    show=lambda value: str(value).lower(),
)


def _share(value: float) -> float:
    if not 0.001 <= value <= 1:
        raise ValueError(f"must be from 0.001 to 1.0, got {value}")
    return value


def _share_from_text(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a decimal number") from error


SHARE = Notation(wire=float, noun="a decimal number", parse=_share, from_text=_share_from_text)

_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
_DURATION = pattern("".join(f"(?:([0-9]{{1,6}}){unit})?" for unit in _UNITS))


def _duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text)
    if not text or not found:
        raise ValueError(f"{text!r} is not a duration such as 30s, 15m or 1h30m")
    counts = zip(_UNITS.values(), found.groups(default="0"), strict=True)
    total = sum((unit * int(count) for unit, count in counts), timedelta(0))
    if not total:
        raise ValueError(f"{text!r} must be greater than zero")
    return total


def _show_duration(value: timedelta) -> str:
    text = ""
    for name, unit in _UNITS.items():
        count, value = divmod(value, unit)
        text += f"{count}{name}" if count else ""
    return text


DURATION = Notation(wire=str, noun='a duration such as "30s"', parse=_duration, show=_show_duration)

_SIZES = {"GiB": 1 << 30, "MiB": 1 << 20, "KiB": 1 << 10, "B": 1}


def _size(text: str) -> int:
    found = re.fullmatch(r"([0-9]{1,9})(GiB|MiB|KiB|B)", text)
    if not found or not int(found[1]):
        raise ValueError(f"{text!r} is not a size such as 64KiB or 1MiB")
    return int(found[1]) * _SIZES[found[2]]


def _show_size(value: int) -> str:
    unit = next(name for name, size in _SIZES.items() if value % size == 0)
    return f"{value // _SIZES[unit]}{unit}"


SIZE = Notation(wire=str, noun='a size such as "1MiB"', parse=_size, show=_show_size)


def _host(text: str) -> str:
    try:
        ip_address(text)
    except ValueError as error:
        if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?", text):
            raise ValueError(
                f"{text!r} is not an IP address or a host name, without scheme and port"
            ) from error
    return text


HOST = Notation(wire=str, noun='an address such as "127.0.0.1"', parse=_host)

_BASE_URL = pattern(
    r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[^\s?#]*[^\s?#/])?"
)


def _base_url(text: str) -> str:
    if not _BASE_URL.fullmatch(text):
        raise ValueError("expected http(s)://HOST, without user, query or a slash at the end")
    return text


BASE_URL = Notation(wire=str, noun="a URL", parse=_base_url)
PUBLIC_URL = Notation(wire=str, noun="a URL", parse=lambda text: text and _base_url(text))


def _path(text: str) -> Path:
    if "\0" in text:
        raise ValueError("the path contains a zero byte")
    check_no_secret(text)
    if not Path(text).is_absolute():
        raise ValueError("is not an absolute path")
    return Path(text)


# A path on the command line is relative to the current folder; one in a file has to be absolute.
PATH = Notation(
    wire=str,
    noun="an absolute path",
    parse=_path,
    from_text=lambda text: str(Path(text).absolute()),
    show=lambda value: str(value or ""),
)


def strings(items: list[object]) -> Iterator[str]:
    """The same items. Raises ValueError for one that is no string."""
    for item in items:
        if not isinstance(item, str):
            raise ValueError(f"expected a list of strings, got {sort_of(item)} in it")  # noqa: TRY004
        yield item


def listed(noun: str, parse: Callable[[str], object]) -> Notation:
    """A list of strings, each read by `parse`."""
    return Notation(
        wire=list,
        noun=noun,
        parse=lambda items: tuple(map(parse, strings(items))),
        from_text=lambda text: [item.strip() for item in text.split(",")],
        show=lambda values: ",".join(map(str, values)),
    )


def _word(text: str) -> str:
    if not text.strip():
        raise ValueError("an empty word would match every title")
    return text.strip()


_PATH_RULE = pattern(r"(?:(?:GET|POST) )?/[A-Za-z0-9_./-]*\*?")


def _path_rule(text: str) -> str:
    if not _PATH_RULE.fullmatch(text):
        raise ValueError(f"{text!r} is not a path such as /cgi-bin/* or POST /cgi-bin/menu/create")
    return text


NETWORKS = listed("a list of networks", ip_network)
WORDS = listed("a list of words", _word)
PATHS = listed("a list of paths", _path_rule)
BASE_URLS = listed("a list of URLs", _base_url)
