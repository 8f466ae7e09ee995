"""Reads the answers of WeChat: a JSON object, a refusal, or something that WeChat never sends.

WeChat answers with HTTP 200 and JSON of any content type; a refusal is an `errcode` in it
(全局返回码), its `errmsg` ending in the id of the request: `… rid: 5f3c0f2a-1b2c3d4e-5a6b7c8d`.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.reasons import Reaction, Verdict
from wechat_scheduler.wechat import silence
from wechat_scheduler.wechat.errcode_lookup import ANSWERED, Errcodes
from wechat_scheduler.wechat.errcodes import BUSY
from wechat_scheduler.wechat.xml_repair import REPLACEMENT, Mender

# Answers to calls for credentials are under 1 KiB; the list of 50 templates with examples takes most.
ANSWER_LIMIT = 256 * 1024

# WeChat gives two hours; more than a year is not a lifetime, and would overflow a date.
LONGEST_LIFETIME = 366 * 24 * 3600  # seconds

ERRMSG_LIMIT = 300

# The gateway gave up waiting, so WeChat may have acted on the call.
GATEWAY_TIMEOUT = 504

# Parameters that an error may show; all others count as secrets.
PUBLIC = frozenset(
    (
        "appid", "component_appid", "authorizer_appid", "openid", "grant_type", "type", "lang",
        "touser", "template_id", "client_msg_id", "msgtype", "action_name",
    )
)  # fmt: skip
SHORTEST_SECRET = 4


class Call(NamedTuple):
    """A request to WeChat; `payload` is `body` as JSON, `account` the appid whose call it is. It is not sent after
    the boottime `by`."""

    method: str
    path: str
    params: Mapping[str, str]
    body: Mapping[str, Any] | None = None
    payload: bytes | None = None
    account: str = ""
    by: float = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A JSON object from WeChat whose `errcode` is 0, null or absent; `body` is its JSON. `calls` counts the
    calls that it took."""

    endpoint: str
    calls: int = 1
    body: bytes = field(repr=False)
    values: Mapping[str, Any] = field(repr=False)

    @property
    def json(self) -> str:
        """The whole answer as JSON text."""
        return self.body.decode()

    def text(self, name: str, *, otherwise: str = "") -> str:
        """The string of that name; `otherwise` if it is absent or empty.

        Raises WeChatError (TRANSIENT) if that is not a printable text, or is broken.
        """
        value = self.values.get(name) or otherwise
        if isinstance(value, str) and value and value.isprintable() and REPLACEMENT not in value:
            return value
        raise no_answer(silence.NO_STRING, self.endpoint, silence.NOT_WECHAT, name=name)

    def optional(self, name: str) -> str:
        """Like `text`; empty if WeChat left it out, or empty."""
        return self.text(name) if self.values.get(name) else ""

    def confirm(self) -> None:
        """Raises WeChatError (TRANSIENT) without an `errcode`, which WeChat gives to each call that has no other result:
        something else has answered."""
        if not tells_errcode(self.values):
            raise no_answer(silence.NO_ERRCODE, self.endpoint, silence.NOT_WECHAT)

    def lifetime(self) -> timedelta:
        """`expires_in`, in seconds; 0 in the last second of a value that WeChat repeats until it expires.

        Raises WeChatError (TRANSIENT) if it is not a number of seconds.
        """
        seconds = whole_number(self.values.get("expires_in"))
        if seconds is not None and 0 <= seconds <= LONGEST_LIFETIME:
            return timedelta(seconds=seconds)
        raise no_answer(silence.NO_LIFETIME, self.endpoint, silence.NOT_WECHAT)


class HarmlessError(WeChatError):
    """WeChat did not act on the call: it may be repeated at once."""


class LateError(TimeoutError):
    """A call was not sent: its time was over before there was a connection for it."""


class SilentError(WeChatError):
    """WeChat did not answer in time."""


def no_answer(
    what: Sentence,
    path: str,
    advice: Sentence,
    *,
    kind: type[WeChatError] = WeChatError,
    **values: object,
) -> WeChatError:
    """The error for an answer that was lost or makes no sense: WeChat may have acted on the call."""
    return kind(
        what.fill(path=path, **values),
        reaction=Reaction.TRANSIENT,
        verdict=Verdict.AMBIGUOUS,
        endpoint=path,
        advice=advice.en,
    )


def turned_away(what: Sentence, path: str, advice: Sentence, **values: object) -> WeChatError:
    """The error for a call that WeChat did not act on, as far as its answer says."""
    return WeChatError(
        what.fill(path=path, **values),
        reaction=Reaction.TRANSIENT,
        endpoint=path,
        advice=advice.en,
    )


def read_answer(call: Call, status: int, body: bytes, errcodes: Errcodes) -> Answer:
    """Raises WeChatError unless the body is an object with errcode 0 or without one."""
    if status != 200:
        failed = no_answer if status == GATEWAY_TIMEOUT else turned_away
        raise failed(silence.STATUS, call.path, silence.NETWORK, status=status)
    if len(body) > ANSWER_LIMIT:
        raise no_answer(silence.TOO_LONG, call.path, silence.NOT_WECHAT, limit=ANSWER_LIMIT)
    try:
        values, body = _read(body)
    except (ValueError, RecursionError) as error:
        raise no_answer(silence.NO_OBJECT, call.path, silence.NOT_WECHAT) from error
    errcode = whole_number(values["errcode"]) if tells_errcode(values) else 0
    if errcode is None:
        raise no_answer(silence.NO_ERRCODE, call.path, silence.NOT_WECHAT)
    if errcode:
        raise _refusal(call, errcode, str(values.get("errmsg", "")), errcodes)
    return Answer(endpoint=call.path, body=body, values=values)


def tells_errcode(values: Mapping[str, Any]) -> bool:
    return values.get("errcode") is not None


_decode = msgspec.json.Decoder(dict[str, Any]).decode


def _read(body: bytes) -> tuple[dict[str, Any], bytes]:
    """The object, and its JSON. A byte order mark, bytes that are not UTF-8 and control characters in
    texts, all seen in WeChat's answers, cost time only when they come. Raises ValueError."""
    with suppress(ValueError):
        return _decode(body), body
    mender = Mender()
    values = _tolerant.decode(mender.decode(body).strip())
    mended = mender.mend(json.dumps(values, ensure_ascii=False)).encode()
    return _decode(mended), mended


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


_tolerant = json.JSONDecoder(strict=False, parse_constant=_no_number)

_WHOLE_NUMBER = pattern(r"-?[0-9]{1,15}")
# Larger numbers cannot be stored.
_STORABLE = range(-(2**63), 2**63)


def whole_number(value: object) -> int | None:
    """The number that WeChat wrote, some of its endpoints between quotes, a proxy perhaps as 7200.0; None if it is
    not a number, or has more than 64 bits."""
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if type(value) is int and value in _STORABLE else None


_RID = pattern(r"(?<!\s)\s*\brid: ?([0-9a-z]+(?:-[0-9a-z]+)+)", re.IGNORECASE)


def _answered(call: Call, errcode: int, errmsg: str) -> str:
    words = _scrubbed(_RID.sub("", errmsg), call)
    return ANSWERED.fill(path=call.path.removeprefix("/"), errcode=errcode, errmsg=words).rstrip()


def _refusal(call: Call, errcode: int, errmsg: str, errcodes: Errcodes) -> WeChatError:
    reading = errcodes.read(call.path, errcode, errmsg)
    rid = _RID.search(errmsg)
    kind = HarmlessError if errcode == BUSY else WeChatError
    return kind(
        _answered(call, errcode, errmsg),
        reaction=reading.reaction,
        endpoint=call.path,
        errcode=errcode,
        rid=rid[1] if rid else "",
        advice=reading.advice,
        refused=reading.refused,
        retry_after=reading.retry_after,
        verdict=reading.verdict,
    )


def _scrubbed(errmsg: str, call: Call) -> str:
    secrets = {*_strings(call.params), *_strings(call.body)}
    for secret in sorted(secrets, key=len, reverse=True):
        errmsg = errmsg.replace(secret, "***").replace(quote(secret, safe=""), "***")
    return "".join(letter if letter.isprintable() else " " for letter in errmsg)[:ERRMSG_LIMIT]


def _strings(value: Any) -> Iterator[str]:
    """Every string in the request except those in PUBLIC."""
    if isinstance(value, str):
        if len(value) >= SHORTEST_SECRET:
            yield value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if name not in PUBLIC:
                yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)
