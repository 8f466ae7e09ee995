"""Reads forms in parts, `multipart/form-data`."""

import re
from email.message import EmailMessage
from typing import Final

from wechat_scheduler.errors import InvalidRequestError

_PART_NAME = re.compile(rb'(?im)^content-disposition:[^\r\n]*?;\s*name="?([^"\r\n;]*)')
_LONGEST_HEAD: Final = 1000
_FILE = re.compile(rb"(?im)^content-disposition:[^\r\n]*;\s*filename\*?=")


def parts_of(media_type: str, body: bytes, *, most: int) -> dict[str, str]:
    """The fields of a multipart form; files are left out. Raises InvalidRequestError, also for more
    than `most`."""
    message = EmailMessage()
    message["Content-Type"] = media_type
    boundary = message.get_boundary("").encode(errors="replace")
    if not boundary:
        raise InvalidRequestError(
            "Multipart form parse error - Invalid boundary in multipart: None"
        )
    found: dict[str, str] = {}
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary)[1:]
    if len(parts) > most:
        raise InvalidRequestError(f"the form has more than {most} fields")
    for part in parts:
        head, _, value = part.partition(b"\r\n\r\n")
        name = _PART_NAME.search(head, 0, _LONGEST_HEAD)
        if name and not _FILE.search(head, 0, _LONGEST_HEAD):
            found[name[1].decode(errors="replace")] = value.decode(errors="replace")
    return found
