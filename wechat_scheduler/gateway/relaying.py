"""The calls that pass, and the port that takes them to WeChat."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol, TypeAlias

from wechat_scheduler.access.model import Address
from wechat_scheduler.engine.records import dataclass, field

Headers: TypeAlias = Sequence[tuple[str, str]]
Body: TypeAlias = bytes | AsyncIterator[bytes] | None


def are_texts(headers: Headers) -> bool:
    """Bytes that are not UTF-8 come as surrogates, and cannot be sent on."""
    try:
        "".join(value for _, value in headers).encode()
    except UnicodeEncodeError:
        return False
    return True


def is_coded(headers: Headers) -> bool:
    """Whether a body is compressed for this connection alone (Transfer-Encoding: gzip, chunked): without that header, which
    does not pass, no one could read it."""
    given = ",".join(value for name, value in headers if name.lower() == "transfer-encoding")
    return any(it.strip().lower() not in ("chunked", "identity", "") for it in given.split(","))


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedCall:
    """A call as it came: `path` and `query` as they stand in the request. A body that is kept is bytes and
    can be sent again; one that is read only once is an iterator, whose `length` is None if unknown.

    `address` is where it came from; None if that is unknown.
    """

    method: str
    path: str
    query: str = field(repr=False)
    headers: Headers = field(repr=False)
    body: Body = field(default=None, repr=False)
    length: int | None = None
    address: Address | None = None

    @property
    def is_kept(self) -> bool:
        return self.body is None or isinstance(self.body, bytes)


class Reply(Protocol):
    """WeChat's answer. `errcode` is that of its JSON; 0 if it has none, or is no JSON."""

    @property
    def status(self) -> int: ...

    @property
    def reason(self) -> str: ...

    @property
    def headers(self) -> Headers: ...

    @property
    def errcode(self) -> int: ...

    @property
    def whole(self) -> bytes | None:
        """The body, if it is short and has come already; then there are no further chunks."""

    def chunks(self) -> AsyncIterator[bytes]:
        """The body, once and byte for byte. Raises WeChatError if it breaks off."""
        ...

    def end(self) -> None:
        """To be called once, when no more of the body is read."""


class Relay(Protocol):
    """Sends calls to WeChat, each once."""

    async def send(self, call: PassedCall, query: str, account: str) -> Reply:
        """The answer to the call with this query in the place of its own. Raises WeChatError if there is none; then its
        verdict is AMBIGUOUS if WeChat may have acted on the call."""
        ...
