"""`Idempotency-Key` of HTTP requests (`access.once`). Each API words its own 409 (`ConflictError`)."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from aiohttp import web

from wechat_scheduler.access.once import Asked, Keep, Once, digest_of
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.kit.varying_heads import IDEMPOTENCY_KEY

KEY: Final = IDEMPOTENCY_KEY
REPLAYED: Final = "Idempotency-Replayed"
LONGEST: Final = 255
# What a request without a key asks.
NEVER: Final = Asked(scope="", key="", digest="")

KeepResult: TypeAlias = Callable[[object], Once | None]


def asked_for(request: web.Request, caller: str, body: bytes) -> Asked:
    """`caller` is the id of a key or of an app; each caller has its own Idempotency-Keys. Raises
    InvalidRequestError."""
    key = request.headers.get(KEY)
    if key is None:
        return NEVER
    if not (1 <= len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise InvalidRequestError(f"must be 1 to {LONGEST} printable ASCII characters", field=KEY)
    target = request.raw_path.encode(errors="surrogateescape")
    return Asked(
        scope=f"{caller} {request.method} {request.rel_url.raw_path}",
        key=key,
        digest=digest_of(target, body),
    )


async def created(
    request: web.Request,
    body: bytes,
    make: Callable[[KeepResult], Awaitable[None]],
    *,
    note: str = "",
) -> web.Response:
    """The native response to a request that creates, or the stored one to an earlier request; `make`
    passes the envelope's `result` to its argument."""
    asked = asked_for(request, request[CALLER].id, body)
    if not asked.key:
        results: list[object] = []
        await make(results.append)
        return envelope.success(results[-1], note=note)

    async def make_text(keep: Keep) -> None:
        await make(lambda result: keep(envelope.success_text(result, note)))

    reply = await request.app[SERVICES].idempotency.once(asked, make_text)
    headers = {REPLAYED: "true"} if reply.replayed else None
    return web.Response(text=reply.text, content_type="application/json", headers=headers)
