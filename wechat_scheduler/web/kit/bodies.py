"""Decodes JSON bodies strictly; an error names the field, in the words of JSON.

Two things that are no JSON are read, since programs that are asked for JSON send them: a byte order
mark in front, and halves of surrogate pairs, which come of texts that were cut inside an emoji. Each
half becomes U+FFFD.
"""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from functools import cache
from itertools import islice
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

import msgspec

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.choices import choices, refusal
from wechat_scheduler.web.kit.error_paths import ANY_KEY, named, parts
from wechat_scheduler.web.kit.ids import NO_REMINDER_ID, REMINDER_ID

T = TypeVar("T")

_MISSING: Final = pattern(r"Object missing required field `(.+)`", re.DOTALL)
_UNKNOWN: Final = pattern(r"Object contains unknown field `(.*)`", re.DOTALL)
_SORT: Final = pattern(r"`((?:[a-z]+)(?: \| [a-z]+)*)`")
_WRONG_CHOICE: Final = pattern(r"Invalid enum value|Expected `str(?: \| null)?`, got")
_NOT_A_TIME: Final = (
    "Invalid RFC3339 encoded datetime",
    "Expected `datetime` with a timezone component",
)
_OTHER_FORM: Final = " matching regex "
_LONGEST_NAME: Final = 64
# Names of a body that are compared with a missing one: a body of 1 MiB may have 100,000.
_COMPARED: Final = 100
_HIGH, _LOW = rb"[dD][89abAB][0-9a-fA-F]{2}", rb"[dD][c-fC-F][0-9a-fA-F]{2}"
# Backslashes that lead to half a pair or a pair, of which an even number is text. The first releases of
# Python 3.11 match a group of repeated escapes wrongly.
_SURROGATES: Final = pattern(rb"(?<!\\)(\\+)u(?:%b(\\u%b)?|%b)" % (_HIGH, _LOW, _LOW))
_REPLACEMENT: Final = rb"\ufffd"
_SURROGATE: Final = pattern(rb"\xed[\xa0-\xbf]")
# Halves that are mended in one text, in some milliseconds. A program that spells each emoji with two may
# send some thousands.
MOST_HALVES: Final = 10_000
# Characters of a form, which are read in some tens of milliseconds: a text of 40,000 characters of three
# bytes each, with percent signs.
LONGEST_FORM: Final = 400 * 1024
_WORDS: Final = {
    "array": "a list",
    "bool": "true or false",
    "datetime": "an RFC 3339 time such as 2026-11-18T10:30:00+08:00",
    "float": "a decimal number",
    "int": "a whole number",
    "object": "an object",
    "str": "a string",
}


def decode(body: bytes, form: type[T]) -> T:
    """Raises InvalidRequestError, which tells of each field of the form that is wrong."""
    try:
        return _decode(body, form)
    except InvalidRequestError as error:
        if error.reason is not Reason.BODY_UNREADABLE or (whole := mended(body)) == body:
            raise
    return _decode(whole, form)


def convert(found: Any, form: type[T]) -> T:
    """What `decode` returns, from JSON that is decoded already. Raises InvalidRequestError."""
    try:
        return msgspec.convert(found, form)
    except msgspec.ValidationError as error:
        given = found if isinstance(found, dict) else ()
        first = _at_field(error, form, given, lambda: msgspec.json.encode(found))
        first.further = tuple(_further(first, found, form))
        raise first from error


def nearest(name: str, known: Iterable[str]) -> str:
    """The name that a caller seems to have meant, `notify` for `notifyUrl`; empty if none is near."""
    said, names = name[:_LONGEST_NAME].lower(), list(known)
    begun = [one for one in names if said.startswith(one)]
    near = begun or get_close_matches(said, names, n=1, cutoff=0.8)
    return near[0] if near else ""


def mended(body: bytes) -> bytes:
    """`body` without a byte order mark and halves of surrogate pairs, escaped ones and plain ones."""
    body, parts, end = whole_pairs(body.removeprefix(codecs.BOM_UTF8)), list[bytes](), 0
    halves = (half for found in _SURROGATES.finditer(body) if (half := _half(found)))
    for start, after in islice(halves, MOST_HALVES):
        parts += body[end:start], _REPLACEMENT
        end = after
    return b"".join((*parts, body[end:]))


def _half(found: re.Match[bytes]) -> tuple[int, int] | None:
    """Start and end of the half, if there is one."""
    is_text, is_pair = len(found[1]) % 2 == 0, found[2] is not None
    if is_text == is_pair:
        return found.span(2) if is_text else (found.end(1) - 1, found.end())
    return None


def form_fields(text: str, *, errors: str, most: int) -> list[tuple[str, str]]:
    """The fields of an urlencoded form; `errors` says what becomes of bytes that are not UTF-8. Raises
    InvalidRequestError if they are too long or more than `most`, UnicodeDecodeError."""
    try:
        if len(text) <= LONGEST_FORM:
            return parse_qsl(text, keep_blank_values=True, errors=errors, max_num_fields=most)
        what = f"is longer than {LONGEST_FORM} characters"
    except UnicodeDecodeError:
        raise
    except ValueError:
        what = f"has more than {most} fields"
    raise InvalidRequestError(f"the form {what}", reason=Reason.BODY_UNREADABLE)


def whole_pairs(text: bytes) -> bytes:
    """UTF-8 with its surrogates joined to pairs, and U+FFFD for halves; other bytes as they are, and all
    of a text with too many surrogates."""
    if sum(1 for _ in islice(_SURROGATE.finditer(text), MOST_HALVES + 1)) > MOST_HALVES:
        return text
    with suppress(UnicodeDecodeError):
        pairs = text.decode(errors="surrogatepass").encode("utf-16", errors="surrogatepass")
        return pairs.decode("utf-16", errors="replace").encode()
    return text


def _decode(body: bytes, form: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=form)
    except msgspec.ValidationError as error:
        first = _at_field(error, form, (), lambda: body)
        with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            first.further = tuple(_further(first, msgspec.json.decode(body), form))
        raise first from error
    except msgspec.DecodeError as error:
        raise InvalidRequestError(
            f"the body is not JSON: {_malformed(error)}", reason=Reason.BODY_UNREADABLE
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidRequestError(
            "the body is not JSON in UTF-8", reason=Reason.BODY_UNREADABLE
        ) from error
    except RecursionError as error:
        raise InvalidRequestError(
            "the body is nested too deeply", reason=Reason.BODY_UNREADABLE
        ) from error


def _further(first: InvalidRequestError, found: Any, form: Any) -> Iterator[InvalidRequestError]:
    """What is wrong with the other fields of an object."""
    if not isinstance(found, dict) or not issubclass(form, msgspec.Struct):
        return
    for field in msgspec.structs.fields(form):
        name = field.encode_name
        if first.field == name or first.field.startswith((f"{name}.", f"{name}[")):
            continue
        if name not in found:
            if field.required:
                yield InvalidRequestError("is required", field=name)
            continue
        try:
            convert({name: found[name]}, _alone(form, name))
        except InvalidRequestError as error:
            yield error


@cache
def _alone(form: type[msgspec.Struct], name: str) -> type[msgspec.Struct]:
    """The form with this field alone."""
    kind = next(one.type for one in msgspec.structs.fields(form) if one.encode_name == name)
    return msgspec.defstruct(form.__name__, [(name, kind)])


def _malformed(error: msgspec.DecodeError) -> str:
    text = str(error)
    if text == "Input data was truncated":
        return "it ends too early"
    return text.removeprefix("JSON is malformed: ")


def _at_field(
    error: msgspec.ValidationError, form: Any, given: Iterable[str], body: Callable[[], bytes]
) -> InvalidRequestError:
    """`given` are the names in the body, where unknown ones are allowed; `body` is asked for if the place
    lacks a key."""
    message, place = parts(str(error))
    shown = named(place, body(), form) if ANY_KEY in place else place
    if missing := _MISSING.fullmatch(message):
        hint = "" if place else _misspelt(missing[1], given)
        return InvalidRequestError(f"is required{hint}", field=f"{shown}.{missing[1]}".lstrip("."))
    if unknown := _UNKNOWN.fullmatch(message):
        name = unknown[1][:_LONGEST_NAME] or '""'
        hint = "" if place else _hint(name, form)
        return InvalidRequestError(f"is not known here{hint}", field=f"{shown}.{name}".lstrip("."))
    return InvalidRequestError(_said(message, form, place), field=shown)


def _said(message: str, form: Any, place: str) -> str:
    if _WRONG_CHOICE.match(message) and (known := choices(form, place)):
        return f"must be one of {', '.join(known)}"
    if message.startswith("Expected `str") and REMINDER_ID.pattern in message:
        return NO_REMINDER_ID.en
    if _OTHER_FORM in message:  # a pattern tells a person nothing
        return refusal(form, place) or "has another form than it must have"
    if message in _NOT_A_TIME:
        return f"must be {_WORDS['datetime']}"
    said = _SORT.sub(lambda sort: _in_words(sort[1]), message)
    return said[:1].lower() + said[1:]


def _hint(name: str, form: Any) -> str:
    """The known field with a similar name. For nested objects msgspec does not tell the type."""
    known = getattr(form, "__struct_encode_fields__", ())
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _misspelt(missing: str, given: Iterable[str]) -> str:
    near = get_close_matches(missing, islice(given, _COMPARED), n=1, cutoff=0.8)
    return f"; the body has {near[0][:_LONGEST_NAME]}" if near else ""


def _in_words(sorts: str) -> str:
    return " or ".join(_WORDS.get(sort, sort) for sort in sorts.split(" | "))
