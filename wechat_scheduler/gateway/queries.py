"""The token in a query, which is replaced while all else stays byte for byte."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote_plus

TOKENS: Final = ("access_token", "component_access_token")


def values_in(query: str, names: tuple[str, ...]) -> list[str]:
    """The values of all parameters of these names, in their order."""
    return [_value(pair) for pair in query.split("&") if _name(pair) in names]


def replaced(query: str, names: tuple[str, ...], values: Mapping[str, str]) -> str:
    """The query with other values for these names: `values` by those that stand there."""
    return "&".join(_pair(pair, names, values) for pair in query.split("&"))


def _pair(pair: str, names: tuple[str, ...], values: Mapping[str, str]) -> str:
    if _name(pair) not in names or (value := _value(pair)) not in values:
        return pair
    return f"{pair.partition('=')[0]}={quote(values[value], safe='')}"


def _name(pair: str) -> str:
    return _unquoted(pair.partition("=")[0])


def _value(pair: str) -> str:
    return _unquoted(pair.partition("=")[2])


def _unquoted(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text
