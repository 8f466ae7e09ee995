"""The contents of files and environments, as pure functions of the values."""

import difflib
import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence

from wechat_scheduler.agent.values import KeptValue
from wechat_scheduler.engine.clock import rfc3339

Values = Sequence[KeptValue]

# `{value}`, or `{name.value}`. Braces around anything else stay as they are.
_FIELD = re.compile(r"\{(?:([A-Za-z][A-Za-z0-9_-]*)\.)?([a-z_]+)\}")
FIELDS: Mapping[str, Callable[[KeptValue], str]] = {
    "value": lambda kept: kept.value,
    "expires_at": lambda kept: rfc3339(kept.expires_at),
    "expires_unix": lambda kept: str(int(kept.expires_at.timestamp())),
    "version": lambda kept: str(kept.version),
    "appid": lambda kept: kept.wanted.appid,
    "type": lambda kept: kept.wanted.kind,
    "subject": lambda kept: kept.wanted.subject,
}


def texts(values: Values) -> tuple[str, ...]:
    """The values alone: the same one with another expiry is no rotation."""
    return tuple(kept.value for kept in values)


def as_json(values: Values) -> bytes:
    """An object with one object for each credential, by its name."""
    found = {
        kept.wanted.name: {
            "appid": kept.wanted.appid,
            "type": kept.wanted.kind,
            "subject": kept.wanted.subject,
            "value": kept.value,
            "version": kept.version,
            "expires_at": rfc3339(kept.expires_at),
        }
        for kept in values
    }
    return f"{json.dumps(found, ensure_ascii=False, indent=2)}\n".encode()


def as_dotenv(values: Values) -> bytes:
    """A line for each variable of `environment`."""
    lines = [f"{name}={shlex.quote(text)}\n" for name, text in environment(values).items()]
    return "".join(lines).encode()


def environment(values: Values) -> dict[str, str]:
    """For each credential its variable, and one with the end `_EXPIRES_AT`."""
    found: dict[str, str] = {}
    for kept in values:
        found[kept.wanted.variable] = kept.value
        found[f"{kept.wanted.variable}_EXPIRES_AT"] = rfc3339(kept.expires_at)
    return found


def as_raw(values: Values) -> bytes:
    """The value alone, without a line end."""
    (kept,) = values
    return kept.value.encode()


def filled(template: str, values: Values) -> bytes:
    """The template with a value in the place of each field."""
    by_name = {kept.wanted.name: kept for kept in values}

    def fill(found: re.Match[str]) -> str:
        kept = by_name.get(found[1]) if found[1] else next(iter(values))
        read = FIELDS.get(found[2])
        return found[0] if read is None or kept is None else read(kept)

    return _FIELD.sub(fill, template).encode()


def mistakes(template: str, names: Sequence[str]) -> list[str]:
    """What is wrong with a template for credentials of these names."""
    fields = [(found[0], found[1], found[2]) for found in _FIELD.finditer(template)]
    wrong = [problem for one in fields if (problem := _mistake(*one, names))]
    if not wrong and not any(
        field in FIELDS and (name in names or not name) for _, name, field in fields
    ):
        wrong.append("the template has no field such as {value}")
    return wrong


def _mistake(text: str, name: str | None, field: str, names: Sequence[str]) -> str:
    if field not in FIELDS:
        likely = difflib.get_close_matches(field, FIELDS, n=1, cutoff=0.7)
        owner = f"{name}." if name else ""
        return f"{text} is not a field; did you mean {{{owner}{likely[0]}}}?" if likely else ""
    if name and name not in names:
        meant = difflib.get_close_matches(name, names, n=1) or names
        return (
            f"{text}: the file has no credential named {name}; did you mean {{{meant[0]}.{field}}}?"
        )
    if not name and len(names) > 1:
        return f"{text}: the file has several credentials; write {{{names[0]}.{field}}}"
    return ""
