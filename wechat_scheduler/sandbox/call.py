"""One call of WeChat's API, without HTTP around it, and what an endpoint is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import msgspec

from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.limits import UNLIMITED, Limit
from wechat_scheduler.sandbox.world import World

Reply = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """`fields` are the parameters: the query of a GET, the JSON object of a POST, else nothing."""

    path: str
    method: str
    query: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    client_ip: str
    now: datetime
    fields: Mapping[str, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        fields = self.query if self.method == "GET" else json_object(self.body)
        object.__setattr__(self, "fields", fields or {})

    def text(self, name: str, missing: int) -> str:
        """A parameter as text. Raises RefusedError with the errcode `missing` if absent."""
        value = self.fields.get(name)
        if value is None or value == "":
            raise RefusedError(missing)
        return str(value)

    def number(self, name: str, default: int) -> int:
        """A parameter that counts something. Raises RefusedError 47001."""
        value = self.fields.get(name, default)
        if not isinstance(value, int) or value < 0:
            raise RefusedError(47001)
        return value

    @property
    def bearer(self) -> str:
        """The token in the query; WeChat's old and new pages name a platform's differently."""
        return self.query.get("access_token") or self.query.get("component_access_token") or ""


Answer = Callable[[World, ApiCall], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One path of WeChat's. `answer` returns what success looks like or raises RefusedError."""

    method: Literal["GET", "POST"]
    path: str
    answer: Answer
    limit: Limit = UNLIMITED
    content_type: str = "application/json"

    def admit(self, call: ApiCall) -> None:
        """Raises RefusedError for the wrong method or a body without a JSON object in it."""
        if call.method != self.method:
            raise RefusedError(43001 if self.method == "GET" else 43002)
        if self.method == "POST" and not call.fields:
            raise RefusedError(47001 if call.body else 44002)


def json_object(body: bytes) -> dict[str, Any] | None:
    """The body as a JSON object, None if it is anything else. WeChat ignores the content type."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
