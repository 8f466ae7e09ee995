"""Sends a request from the reference, as the key of the session."""

import json
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from aiohttp import hdrs, web

from wechat_scheduler.errors import InvalidRequestError, RequestError
from wechat_scheduler.web.console.docs.operations import JSON, Operation
from wechat_scheduler.web.console.fields import ONCE
from wechat_scheduler.web.console.native_api import route_of
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.idempotency import KEY

# More of a response is not shown, in characters.
LONGEST_SHOWN: Final = 100_000
# Prefixes of the form's fields, since a path and a query may use the same name.
FIELDS: Final = {"path": "path_", "query": "query_", "header": "header_"}
BODY: Final = "body"
_SHOWN_HEADERS: Final = (hdrs.CONTENT_TYPE, hdrs.LINK, hdrs.ETAG, hdrs.RETRY_AFTER)


class TriedRequest(NamedTuple):
    """What was sent, and what came back. `body` is indented if it is JSON."""

    status: int
    headers: Mapping[str, str]
    body: str


async def try_out(visit: Visit, operation: Operation) -> TriedRequest:
    """Calls the route with the fields of the form; an error is a response as any other."""
    given = {place: dict(_given(visit, operation, place)) for place in FIELDS}
    try:
        _check_path(given["path"])
        response = await visit.api.ask(
            operation.method,
            operation.path,
            given["path"],
            given["query"],
            headers={**_once(visit, operation), **given["header"]},
            body=visit.form.get(BODY, "").encode() if operation.body else b"",
        )
    except RequestError as error:
        response = envelope.failure(error)
    return _tried(response)


def field_of(place: str, name: str) -> str:
    """The name of a parameter's field in the form."""
    return f"{FIELDS[place]}{name}"


def _once(visit: Visit, operation: Operation) -> Mapping[str, str]:
    """Who reloads the page with the response creates nothing again."""
    once = visit.form.get(ONCE, "")
    return {KEY: once} if once and route_of(operation.method, operation.path).once else {}


def _given(visit: Visit, operation: Operation, place: str) -> Iterator[tuple[str, str]]:
    """A parameter of the path always has a value; one left empty elsewhere is not sent."""
    for one in operation.parameters:
        value = visit.form.get(field_of(place, one.name), "").strip()
        if one.place == place and (value or place == "path"):
            yield one.name, value


def _check_path(names: Mapping[str, str]) -> None:
    for name, value in names.items():
        if not value:
            raise InvalidRequestError("fill this in: the path needs it", field=name)


def _tried(response: web.StreamResponse) -> TriedRequest:
    raw = response.body if isinstance(response, web.Response) else b""
    text = raw.decode(errors="replace") if isinstance(raw, bytes) else ""
    if response.content_type == JSON:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    given = response.headers
    headers = {str(name): given[name] for name in _SHOWN_HEADERS if name in given}
    return TriedRequest(response.status, headers, text[:LONGEST_SHOWN])
