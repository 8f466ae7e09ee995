"""`Idempotency-Key`: a request that comes again is answered as it was, and done once.

Three steps, in which each API words its own answers and its own 409 (`ConflictError`):

    asked = asked_for(request, caller, body)
    reply = await once_only(answers, asked, make)

where `make` calls `keep` with the whole text of its answer, and hands what that returns to the store
together with what is to be created.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from aiohttp import web

from wechat_scheduler.access.once import AnsweredError, Answers, Once, digest_of
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.services import CALLER, SERVICES

KEY: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
LONGEST: Final = 255

Keep: TypeAlias = Callable[[str], Once | None]
KeepResult: TypeAlias = Callable[[object], Once | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What `once.Once` says of a request before it is answered. Without a `key`, asking again is
    asking for another."""

    scope: str
    key: str
    digest: str

    def once(self, answer: str) -> Once | None:
        if not self.key:
            return None
        return Once(scope=self.scope, key=self.key, digest=self.digest, answer=answer)


class Reply(NamedTuple):
    """The text of an answer, and whether it was given before."""

    text: str
    replayed: bool


def asked_for(request: web.Request, caller: str, body: bytes) -> Asked:
    """`caller` is the id of a key or of an app: others may use the same Idempotency-Key for
    something else. Raises InvalidRequestError."""
    key = request.headers.get(KEY, "")
    if KEY in request.headers and not (
        1 <= len(key) <= LONGEST and key.isascii() and key.isprintable()
    ):
        raise InvalidRequestError(f"must be 1 to {LONGEST} printable ASCII characters", field=KEY)
    target = request.raw_path.encode(errors="surrogateescape")
    return Asked(
        scope=f"{caller} {request.method} {request.rel_url.raw_path}",
        key=key,
        digest=digest_of(target, body),
    )


async def once_only(
    answers: Answers, asked: Asked, make: Callable[[Keep], Awaitable[None]]
) -> Reply:
    """What `make` keeps, or what was answered before. Raises ConflictError if the key came with
    another request, and what `make` raises."""
    if asked.key:
        known = await answers.find(asked.scope, asked.key, asked.digest)
        if known is not None:
            return Reply(known, True)
    kept: list[str] = []

    def keep(answer: str) -> Once | None:
        kept.append(answer)
        return asked.once(answer)

    try:
        await make(keep)
    except AnsweredError as error:  # the same request came twice at the same time
        return Reply(error.answer, True)
    return Reply(kept[-1], False)


async def created(
    request: web.Request,
    body: bytes,
    make: Callable[[KeepResult], Awaitable[None]],
    *,
    secret: bool = False,
) -> web.Response:
    """The native answer to a request that creates: `make` keeps the envelope's `result`. A `secret`
    one is to be stored by nobody on its way."""
    asked = asked_for(request, request[CALLER].id, body)

    async def make_text(keep: Keep) -> None:
        await make(lambda result: keep(envelope.success(result).text or ""))

    reply = await once_only(request.app[SERVICES].answers, asked, make_text)
    headers = {"Cache-Control": "no-store"} if secret else {}
    if reply.replayed:
        headers[REPLAYED] = "true"
    return web.Response(text=reply.text, content_type="application/json", headers=headers)
