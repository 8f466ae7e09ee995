"""Says a refusal with the words of the command line."""

import re
from typing import Any

import click

from wechat_scheduler.errors import InvalidRequestError, UnprocessableError

# The field at the start of an error. Field -> parameter of a command, where it has another name; `key`
# is the caller's there.
_FIELD = re.compile(r"([a-z_]+)(?:\[(\d+)\])?(?=(?:\[[^\]]*\])?: )")
_PARAMETERS = {
    "expires_in": "expires",
    "format": "form",
    "key": "",
    "state": "standing",
    "time": "at",
    "to": "names",
    "url": "link",
}


def as_typed(
    error: InvalidRequestError | UnprocessableError,
) -> InvalidRequestError | UnprocessableError:
    """The daemon's error, with the option or argument of the running command for the field at its start,
    and for an entry of a list the word that was typed."""
    sentence, ctx = str(error), click.get_current_context(silent=True)
    found = _FIELD.match(sentence)
    if ctx is None or found is None:
        return error
    name = _PARAMETERS.get(found[1], found[1])
    typed = (_typed(one, found[2], ctx.params) for one in ctx.command.params if one.name == name)
    said = next(typed, found[0]) + sentence[found.end() :]
    return type(error)(said, reason=error.reason)


def _typed(one: click.Parameter, place: str | None, given: dict[str, Any]) -> str:
    if not isinstance(one, click.Option):
        return (one.name or "").upper()
    name, words = max(one.opts, key=len), given.get(one.name or "")
    if place is None or not isinstance(words, tuple):
        return name
    return f"{name} {words[int(place)]!r}" if int(place) < len(words) else name
