"""The fields of WeCron's requests: values are read leniently, and all errors are reported at once."""

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypedDict, cast

from aiohttp import web

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reminders.planning import FARTHEST, LONGEST_DETAIL, LONGEST_TITLE
from wechat_scheduler.web.compat.wecron.errors import MediaTypeError, WeCronError
from wechat_scheduler.web.compat.wecron.parts import parts_of
from wechat_scheduler.web.kit.bodies import decode, form_fields

MINUTE: Final = timedelta(minutes=1)
SECOND: Final = 1000  # milliseconds

LONGEST_URL: Final = 120
LARGEST: Final = 2**31 - 1
MOST_PEOPLE: Final = 2000
MOST_FIELDS: Final = 1000

# In the year 3554: in every time zone Python can still express it.
FARTHEST_TIME: Final = 5 * 10**13

NOT_A_TIME: Final = "Invalid format"
NOT_A_TEXT: Final = "不是有效的字符串。"
NOT_A_URL: Final = "请输入合法的URL。"
NO_ID: Final = "每个参与者需要文本 id。"
_TYPES: Final = {dict: "dict", list: "list", str: "str", type(None): "NoneType"}
_URL = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
# Fields that null empties, as in WeCron's serializers, and those that an empty text leaves out.
_EMPTIED: Final = frozenset(("desc", "external_url", "headimgurl", "morning_greeting"))
_NUMBERS: Final = frozenset(("time", "defer"))
_STRUCTURES: Final = frozenset(("repeat", "participants"))
_COUNT = re.compile(r"\d{1,20}")
_INTEGER = re.compile(r"([+-]?\d{1,20})(?:\.0*)?", re.ASCII)

Reader = Callable[[Any], object]


class Given(TypedDict, total=False):
    """The fields of a body; `time` in milliseconds, `participants` as their ids."""

    time: int
    title: str
    desc: str
    defer: timedelta
    repeat: dict[str, object]
    participants: tuple[str, ...]
    external_url: str


class FieldError(ValueError):
    """One field is wrong; the message is in Chinese."""


def read_fields(request: web.Request, body: bytes) -> tuple[Given, frozenset[str]]:
    """The known fields, and the names of all that are given. Raises RequestError."""
    fields = present(decoded(request, body))
    return cast(Given, checked(fields, _READERS)), frozenset(fields)


def present(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields without those that stand there but are left out: null, unless it empties the field,
    and a time or an advance that is an empty text."""
    return {
        name: value
        for name, value in fields.items()
        if not (value is None and name not in _EMPTIED)
        and not (name in _NUMBERS and isinstance(value, str) and not value.strip())
    }


def checked(fields: Mapping[str, Any], readers: Mapping[str, Reader]) -> dict[str, object]:
    """The fields as their readers return them; others are ignored. Raises WeCronError."""
    found: dict[str, object] = {}
    wrong: dict[str, list[str]] = {}
    for name in fields.keys() & readers.keys():
        try:
            found[name] = readers[name](fields[name])
        except FieldError as error:
            wrong[name] = [str(error)]
    if wrong:
        raise WeCronError({name: wrong[name] for name in readers if name in wrong})
    return found


def decoded(request: web.Request, body: bytes) -> dict[str, Any]:
    """The body as an object, from JSON or a form. Raises InvalidRequestError, MediaTypeError."""
    media_type = _shown(request.headers.get("Content-Type", "application/json"))
    match media_type.partition(";")[0].strip().lower():
        case "application/json":
            found = _json(body) if body else {}
        case "application/x-www-form-urlencoded":
            form = form_fields(body.decode(errors="replace"), errors="replace", most=MOST_FIELDS)
            found = _structured(dict(form))
        case "multipart/form-data":
            found = _structured(parts_of(media_type, body, most=MOST_FIELDS))
        case other:
            raise MediaTypeError(f"不支持请求中的媒体类型 “{other}”。")
    if not isinstance(found, dict):
        name = _TYPES.get(type(found), type(found).__name__)
        words = f"无效数据。期待为字典类型，得到的是 {name} 。"
        raise WeCronError({"non_field_errors": [words]})
    return found


def _shown(header: str) -> str:
    """Bytes that are not UTF-8 are surrogates in a header; no JSON can say them."""
    return header.encode(errors="surrogateescape").decode(errors="replace")


def instant(milliseconds: int) -> datetime:
    """The time in whole seconds."""
    return datetime.fromtimestamp(milliseconds // SECOND, UTC)


def _json(body: bytes) -> Any:
    try:
        return decode(body, object)
    except InvalidRequestError as error:
        raise InvalidRequestError(f"JSON parse error - {error.sentence}") from error


def _structured(form: Mapping[str, str]) -> dict[str, Any]:
    """A form has JSON in the fields that are no text, as for the original's JSONField."""
    found: dict[str, Any] = dict(form)
    for name in _STRUCTURES & form.keys():
        with suppress(InvalidRequestError):  # its reader refuses the text
            found[name] = decode(form[name].encode(), object)
    return found


def _time(value: Any) -> int:
    """Milliseconds, as Python's `int` reads them, but no boolean: WeCron computes `int(value) / 1000.0`."""
    try:
        if isinstance(value, bool):
            raise FieldError(NOT_A_TIME)
        milliseconds = int(_finite(value))
    except FieldError:
        raise
    except (TypeError, ValueError, OverflowError) as error:
        raise FieldError(NOT_A_TIME) from error
    if abs(milliseconds) > FARTHEST_TIME:
        raise FieldError(NOT_A_TIME)
    return milliseconds


def text_of(longest: int) -> Reader:
    """Reads texts and numbers, without surrounding blanks."""

    def read(value: Any) -> str:
        _finite(value)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise FieldError(NOT_A_TEXT)
        text = str(value).strip()
        if "\0" in text:
            raise FieldError(NOT_A_TEXT)
        return _short(text, longest)

    return read


def url_of(longest: int) -> Reader:
    """Reads URLs; an empty text or null for none."""

    def read(value: Any) -> str:
        text = str(text_of(longest)(value or ""))
        if text and not (_URL.fullmatch(text) and text.isprintable()):
            raise FieldError(NOT_A_URL)
        return text

    return read


def _defer(value: Any) -> timedelta:
    """Minutes, as a 32-bit integer: 60, "60" or "1.0"."""
    found = _INTEGER.fullmatch(str(_finite(value)).strip())
    if found is None or isinstance(value, bool | list | dict):
        raise FieldError("请填写合法的整数值。")
    minutes, most = int(found[1]), FARTHEST // MINUTE
    least, most = (-most, most) if -LARGEST <= minutes + 1 <= LARGEST + 1 else (~LARGEST, LARGEST)
    if minutes > most:
        raise FieldError(f"请确保该值小于或者等于 {most}。")
    if minutes < least:
        raise FieldError(f"请确保该值大于或者等于 {least}。")
    return minutes * MINUTE


def _repeat(value: Any) -> dict[str, object]:
    """Texts of digits are numbers. Without a "minute" of zero, which leaves nothing out."""
    if not isinstance(value or {}, dict):
        raise FieldError(f"期望是包含类目的字典，得到类型为 “{type(value).__name__}”。")
    numbers = {
        unit: int(number) if isinstance(number, str) and _COUNT.fullmatch(number) else number
        for unit, number in (value or {}).items()
    }
    return {unit: number for unit, number in numbers.items() if unit != "minute" or number}


def _participants(value: Any) -> tuple[str, ...]:
    if not isinstance(value or [], list):
        raise FieldError(f"期望为一个包含物件的列表，得到的类型是“{type(value).__name__}”。")
    if len(value or ()) > MOST_PEOPLE:
        raise FieldError(f"该字段不能超过 {MOST_PEOPLE} 个元素。")
    ids: list[Any] = [one.get("id") if isinstance(one, dict) else None for one in value or ()]
    if not all(isinstance(one, str) and one for one in ids):
        raise FieldError(NO_ID)
    return tuple(dict.fromkeys(ids))


def _short(text: str, longest: int) -> str:
    if len(text) > longest:
        raise FieldError(f"请确保这个字段不能超过 {longest} 个字符。")
    return text


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise FieldError("请填写合法的数字。")
    return value


_READERS: Final[Mapping[str, Reader]] = {
    "title": text_of(LONGEST_TITLE),
    "time": _time,
    "defer": _defer,
    "desc": lambda value: text_of(LONGEST_DETAIL)("" if value is None else value),
    "repeat": _repeat,
    "participants": _participants,
    "external_url": url_of(LONGEST_URL),
}
