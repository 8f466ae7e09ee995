"""Reads the daemon's event stream (`GET /v1/events`, https://html.spec.whatwg.org/#event-stream-interpretation)."""

import codecs
from collections.abc import Iterator

import msgspec

from wechat_scheduler.client.kept import Rotation
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.errors import CallError

KINDS = ("credential.rotated", "credential.removed")
# The daemon's lines are far shorter. A server that sends longer ones is none.
LONGEST_LINE = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerEvent:
    """One event of a stream."""

    kind: str
    data: str = field(repr=False)


class EventReader:
    """Divides the bytes of a stream into events. `last_id` is that of the last whole event; `retry` is the
    pause in seconds that the server asks for."""

    def __init__(self) -> None:
        self.last_id = ""
        self.retry = 1.0
        self.restart()

    def restart(self) -> None:
        """Another connection begins."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._kind, self._id = "", self.last_id
        self._data: list[str] = []

    def feed(self, data: bytes) -> Iterator[ServerEvent]:
        """The events that these bytes complete. Raises CallError for an endless line."""
        *lines, self._rest = (self._rest + self._decoder.decode(data)).split("\n")
        if len(self._rest) > LONGEST_LINE:
            raise CallError("the event stream is none of a wechat-scheduler")
        for line in lines:
            yield from self._line(line.removesuffix("\r"))

    def _line(self, line: str) -> Iterator[ServerEvent]:
        if not line:
            self.last_id = self._id
            if self._kind or self._data:
                yield ServerEvent(kind=self._kind or "message", data="\n".join(self._data))
            self._kind, self._data = "", []
            return
        field, _, value = line.partition(":")
        self._field(field, value.removeprefix(" "))

    def _field(self, field: str, value: str) -> None:
        match field:
            case "event":
                self._kind = value
            case "data":
                self._data.append(value)
            case "id":
                self._id = value
            case "retry" if value.isascii() and value.isdecimal():
                self.retry = int(value[:9]) / 1000


class _RotationData(msgspec.Struct):
    appid: str
    kind: str
    type: int | None = None
    subject: str = ""
    version: int = 0
    expires_at: str = ""
    expires_in: float = 0
    value: str = ""


def rotation(event: ServerEvent) -> Rotation | None:
    """The credential that an event is about; None for another event, or one that cannot be read."""
    if event.kind not in KINDS:
        return None
    try:
        data = msgspec.json.decode(event.data, type=_RotationData)
    except msgspec.DecodeError:
        return None
    return Rotation(
        appid=data.appid,
        kinds=(data.kind, *(() if data.type is None else (str(data.type),))),
        subject=data.subject,
        value=data.value if event.kind == KINDS[0] else "",
        version=data.version,
        expiry=data.expires_at,
        expires_in=data.expires_in,
    )
