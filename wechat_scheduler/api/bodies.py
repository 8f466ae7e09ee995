"""JSON bodies: decoded strictly, and what is wrong with one is said with its place."""

import re
from typing import TypeVar

import msgspec

from wechat_scheduler.errors import InvalidRequestError

T = TypeVar("T")

# msgspec says where as a JSON path: "Expected `int`, got `str` - at `$.tasks[0].type`".
_PLACE = re.compile(r"(.*) - at `\$\.?(.*)`", re.DOTALL)


def decode(decoder: "msgspec.json.Decoder[T]", body: bytes) -> T:
    """Raises InvalidRequestError at the first thing that is wrong."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _at_field(error) from error
    except msgspec.DecodeError as error:
        raise InvalidRequestError(f"the body is not JSON: {error}") from error
    except UnicodeDecodeError as error:
        raise InvalidRequestError("the body is not JSON in UTF-8") from error
    except RecursionError as error:
        raise InvalidRequestError("the body is nested too deeply") from error


def _at_field(error: msgspec.ValidationError) -> InvalidRequestError:
    text = str(error)
    found = _PLACE.fullmatch(text)
    message, place = (found[1], found[2]) if found else (text, "")
    if missing := re.fullmatch(r"Object missing required field `(\w+)`", message):
        return InvalidRequestError("is required", field=f"{place}.{missing[1]}".lstrip("."))
    return InvalidRequestError(message[:1].lower() + message[1:], field=place)
