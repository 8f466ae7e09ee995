"""Uploaded files: their form in a request, and how long WeChat keeps them."""

import random
from collections import OrderedDict
from datetime import datetime
from email.message import Message
from email.utils import collapse_rfc2231_value
from typing import Final, NamedTuple

from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.sandbox.periods import Periods
from wechat_scheduler.sandbox.tokens import random_text

# WeChat keeps all files for three days; the sandbox forgets the oldest ones beyond this size.
MOST_BYTES: Final = 64 * 1024 * 1024


class SandboxFile(NamedTuple):
    """A file as it is sent: an upload, or a reply that is no JSON."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Upload:
    appid: str
    expires_at: datetime
    file: SandboxFile = field(repr=False)


class Uploads:
    """The temporary media of all accounts."""

    def __init__(self, periods: Periods, rng: random.Random) -> None:
        self._lifetime = periods.media
        self._rng = rng
        self._kept: OrderedDict[str, _Upload] = OrderedDict()
        self._size = 0

    def put(self, appid: str, file: SandboxFile, now: datetime) -> str:
        """The media_id of a new file."""
        media_id = random_text(self._rng, 48)
        self._kept[media_id] = _Upload(appid=appid, expires_at=now + self._lifetime, file=file)
        self._size += len(file.data)
        while self._size > MOST_BYTES:
            self._size -= len(self._kept.popitem(last=False)[1].file.data)
        return media_id

    def find(self, appid: str, media_id: str, now: datetime) -> SandboxFile | None:
        """None if the account has no such file, or has it no longer."""
        kept = self._kept.get(media_id)
        return kept.file if kept and kept.appid == appid and now < kept.expires_at else None


def part_of(content_type: str, body: bytes, name: str) -> SandboxFile | None:
    """The file in the part `name` of a form. None if the body is not a form, or has no such file."""
    boundary = _message(content_type).get_param("boundary")
    if not isinstance(boundary, str) or not content_type.lower().startswith("multipart/form-data"):
        return None
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:]:
        head, found, data = part.partition(b"\r\n\r\n")
        lines = head.decode("utf-8", "replace").split("\r\n")
        headers = dict(_header(line) for line in lines if ":" in line)
        disposition = _message(headers.get("content-disposition", ""))
        filename = disposition.get_param("filename")
        if found and disposition.get_param("name") == name and filename is not None:
            kind = headers.get("content-type", "application/octet-stream")
            return SandboxFile(collapse_rfc2231_value(filename), kind, data)
    return None


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def _message(value: str) -> Message:
    """For the parameters of a header's value."""
    message = Message()
    message["Content-Type"] = value.replace("\r", "").replace("\n", "")
    return message
