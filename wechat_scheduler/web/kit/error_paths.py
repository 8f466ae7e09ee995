"""Names the keys in an error's path that msgspec leaves out: `data[...]` becomes `data.thing1`."""

import json
import re
from typing import Any, Final

import msgspec

from wechat_scheduler.engine.patterns import pattern

# msgspec names the field as a JSON path: "Expected `int`, got `str` - at `$.tasks[0].type`".
_MARK: Final = " - at `$"
# One step of a path such as `tasks[0].type`, `data[...]` or `type`.
STEP: Final = pattern(r"\[[^\[\]]*\]?|[^.\[\]]+")
ANY_KEY: Final = "[...]"
# The largest body that is checked some dozen times more to find a key, which takes milliseconds.
LARGEST_NAMED: Final = 64 * 1024
_LONGEST_KEY: Final = 64
# Python reads no longer numbers.
_MOST_DIGITS: Final = 4300
_LONG: Final = object()


def parts(text: str) -> tuple[str, str]:
    """The message and the path of an error of msgspec's."""
    message, mark, place = text.rpartition(_MARK)
    return (message, place.removeprefix(".").removesuffix("`")) if mark else (text, "")


def named(place: str, body: bytes, form: Any) -> str:
    """The path `place` of an error in `body`, with the keys of mappings filled in. A large body keeps
    `[...]`."""
    if ANY_KEY not in place or len(body) > LARGEST_NAMED:
        return place
    try:
        return _named(place, json.loads(body, parse_int=_whole), form)
    except (LookupError, TypeError, ValueError, RecursionError):
        return place


def _named(place: str, found: Any, form: Any) -> str:
    node, steps = found, list[str]()
    for step in STEP.findall(place):
        if step == ANY_KEY:
            key = _culprit(node, found, place, form)
            steps.append(f".{key}" if re.fullmatch(r"\w+", key) else f"[{key!r}]")
            node = node[key]
        elif step.startswith("["):
            steps.append(step)
            node = node[int(step[1:-1])]
        else:
            steps.append(f".{step}")
            node = node[step]
    return "".join(f"{step[:_LONGEST_KEY]}" for step in steps).lstrip(".")


def _culprit(node: dict[str, Any], found: Any, place: str, form: Any) -> str:
    """The key in `node`, a part of `found`, that causes the error at `place`; all others are
    removed."""
    items = list(node.items())
    while len(items) > 1:
        half = items[: len(items) // 2]
        node.clear()
        node.update(half)
        items = half if _is_wrong(found, place, form) else items[len(half) :]
    node.clear()
    node.update(items)
    return items[0][0]


def _is_wrong(found: Any, place: str, form: Any) -> bool:
    if form is object:
        return _has_long(found)
    try:
        msgspec.convert(found, form)
    except msgspec.ValidationError as error:
        return parts(str(error))[1] == place
    return False


def _has_long(found: Any) -> bool:
    inner = found.values() if isinstance(found, dict) else found
    return found is _LONG or (isinstance(found, dict | list) and any(map(_has_long, inner)))


def _whole(digits: str) -> Any:
    return int(digits) if len(digits) <= _MOST_DIGITS else _LONG
