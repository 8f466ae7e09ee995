"""`GET /openapi.json`: the route table and the wire types, as OpenAPI 3.1.

Nothing is written twice: the rows of the route table say what a route does and who may call it, and
the structs that decode bodies and encode results say what these look like.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import msgspec
from aiohttp import web

from wechat_scheduler import __version__
from wechat_scheduler.access.model import VIEWED, Scope
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.kit.room_states import STATES
from wechat_scheduler.web.kit.route import Proof, takes_key
from wechat_scheduler.web.native.route import (
    IDEMPOTENCY_KEY,
    PLACES,
    REPLAYED,
    NativeRoute,
    Parameter,
)

Json: TypeAlias = dict[str, Any]

ABOUT: Final = (
    "Keeps every WeChat credential of a business fresh, and delivers its messages and reminders. "
    "Responses are `{code, message, result}`, with the HTTP status equal to `code`; `message` is "
    "empty or a note on success, and an error has a stable `reason` too. Bodies are read strictly: `1.0` is "
    "not an integer. Plain text is the body of a 400 for bytes that are not HTTP, and of a 417 for an "
    "`Expect` other than `100-continue`."
)
SCHEMES: Final = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "basic": {"type": "http", "scheme": "basic", "description": "The password is the key."},
}
# Of each field, if several are wrong.
_FIELD_ERROR: Final[Json] = {name: {"type": "string"} for name in ("field", "message")}
_ERRORS: Final[Json] = {"type": "array", "items": {"type": "object", "properties": _FIELD_ERROR}}
# The errors of every route that needs an API key.
GUARDED: Final = (401, 403, 429, 503)
ALLOW: Final = {"Allow": {"schema": {"type": "string"}}}
CHALLENGE: Final = {"WWW-Authenticate": {"schema": {"type": "string"}}}
RETRY: Final = {"Retry-After": {"description": "In seconds.", "schema": {"type": "integer"}}}
# As RFC 9110 has it, and as Python does since 3.13.
PHRASES: Final[Mapping[int, str]] = {422: "Unprocessable Content"}
ERRORS: Final[Mapping[int, Json]] = {
    400: {
        "description": "The request does not have the documented form; `message` names the field."
    },
    401: {"description": "The request has no key, or one that is not valid.", "headers": CHALLENGE},
    403: {"description": "The key's limits do not allow this, or the signature is wrong."},
    404: {"description": "There is nothing with this name or id."},
    405: {"description": "The path has other methods; `Allow` names them.", "headers": ALLOW},
    409: {
        "description": "Several tasks fit: name the subject; the state does not allow it; or the "
        "Idempotency-Key was already used with another request."
    },
    412: {"description": "It was changed since it had the ETag of `If-Match`."},
    413: {"description": "The body is larger than `server.body_limit`."},
    415: {"description": "The body is compressed."},
    422: {"description": "The sentence cannot become a reminder; `reason` says why."},
    429: {
        "description": "Too many wrong keys or requests came from this address, or too many requests of "
        "this key wait for changes.",
        "headers": RETRY,
    },
    500: {"description": "The daemon has a bug; its log says more."},
    503: {"description": "The service is not available now; `message` says why.", "headers": RETRY},
}

# Renders the document of the application's routes.
DOCUMENT: Final[web.AppKey[Callable[[], bytes]]] = web.AppKey("DOCUMENT")


async def document(request: web.Request) -> web.Response:
    return web.Response(body=request.app[STATES][DOCUMENT](), content_type="application/json")


ROUTES = (
    NativeRoute(
        "GET",
        "/openapi.json",
        document,
        Scope.READ,
        "Describes the routes of this API, as this document.",
        plain="application/json",
    ),
)


def rendered(routes: Sequence[NativeRoute], kinds: KindTable) -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(describe(routes, kinds)) + b"\n"


def describe(routes: Sequence[NativeRoute], kinds: KindTable) -> Json:
    """Raises KeyError for a name in a path that neither the row nor `PLACES` describes."""
    schemas, components = _schemas({one for route in routes for one in _types(route)})
    paths: dict[str, Json] = {}
    for route in routes:
        path = paths.setdefault(route.path, {})
        path[route.method.lower()] = _described(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "wechat-scheduler", "version": __version__, "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": {**components, "CredentialType": {"enum": kinds.names()}},
            "responses": {str(status): _refusal(status) for status in ERRORS},
            "securitySchemes": SCHEMES,
        },
    }


def _types(route: NativeRoute) -> Iterator[Any]:
    found = (route.result, route.body, *route.results.values())
    yield from (one for one in found if one is not None and not isinstance(one, str))


def _schemas(types: Iterable[Any]) -> tuple[Mapping[Any, Json], Mapping[str, Json]]:
    ordered = list(types)
    template = "#/components/schemas/{name}"
    schemas, components = msgspec.json.schema_components(ordered, ref_template=template)
    for component in components.values():
        if "description" in component:  # a docstring, with the margins of its file
            component["description"] = " ".join(component["description"].split())
    return dict(zip(ordered, schemas, strict=True)), dict(sorted(components.items()))


def _described(route: NativeRoute, schemas: Mapping[Any, Json]) -> Json:
    described = {
        "operationId": operation_id(route),
        "tags": [route.handler.__module__.rpartition(".")[2]],
        "summary": route.summary,
        "security": _security(route),
        "parameters": list(_parameters(route)),
        "responses": dict(_responses(route, schemas)),
    }
    if route.body is not None:
        described["requestBody"] = {"required": True, "content": _taken(route.body, schemas)}
    return described


def operation_id(route: NativeRoute) -> str:
    """The method and the path in one word."""
    return f"{route.method.lower()}{re.sub(r'[^a-z0-9]+', '_', route.path)}".strip("_")


def _security(route: NativeRoute) -> list[Json]:
    """One of three ways to send a key, and the scope that it must have; or another that is enough."""
    if not takes_key(route.scope):
        return []
    scopes = [route.scope, *((Scope.VIEW,) if route.only_shows and route.scope in VIEWED else ())]
    of = [[one.value] if isinstance(one, Scope) else [] for one in scopes]
    return [{name: each} for each in of for name in SCHEMES]


def _parameters(route: NativeRoute) -> Iterator[Json]:
    taken = (*route.takes, IDEMPOTENCY_KEY) if route.once else route.takes
    own = {one.name: one for one in taken if one.place == "path"}
    places = [own.get(name) or PLACES[name] for name in re.findall(r"{(\w+)}", route.path)]
    yield from map(_parameter, (*places, *(one for one in taken if one.place != "path")))


def _parameter(one: Parameter) -> Json:
    return {
        "name": one.name,
        "in": one.place,
        "required": one.place == "path",
        "description": one.description,
        "schema": one.schema,
    }


def _taken(body: Any, schemas: Mapping[Any, Json]) -> Json:
    if isinstance(body, str):
        return {body: {"schema": {"type": "string"}}}
    return {"application/json": {"schema": schemas[body]}}


def _responses(route: NativeRoute, schemas: Mapping[Any, Json]) -> Iterator[tuple[str, Json]]:
    yield "200", _response(route, HTTPStatus.OK, route.result, schemas)
    for status in sorted({*_errors(route), *route.results}):
        if status in route.results:
            result = route.results[status]
            yield str(status), _response(route, HTTPStatus(status), result, schemas)
        elif status in ERRORS:
            yield str(status), {"$ref": f"#/components/responses/{status}"}
        else:
            yield str(status), {"description": HTTPStatus(status).phrase}


def _errors(route: NativeRoute) -> Iterator[int]:
    yield from route.errors
    yield from (409,) if route.once else ()
    yield from GUARDED if takes_key(route.scope) else ()
    yield from (503,) if isinstance(route.scope, Proof) else ()
    yield from (404,) if "{" in route.path else ()
    yield from (400, 500)
    yield from (413, 415) if route.body is not None and isinstance(route.scope, Scope) else ()


def _response(
    route: NativeRoute, status: HTTPStatus, result: Any, schemas: Mapping[Any, Json]
) -> Json:
    content: Json = {}
    if route.plain:
        any_text = {} if route.plain.endswith("json") else {"schema": {"type": "string"}}
        content[route.plain] = any_text
    if result is not None:
        content["application/json"] = {"schema": _envelope(status, schemas[result])}
    response: Json = {"description": PHRASES.get(status, status.phrase), "content": content}
    given = {**route.gives, **REPLAYED} if route.once else route.gives
    if status is HTTPStatus.OK and given:
        response["headers"] = {
            name: {"description": description, "schema": {"type": "string"}}
            for name, description in given.items()
        }
    return response


def _refusal(status: int) -> Json:
    schema = _envelope(HTTPStatus(status), {"const": ""})
    return ERRORS[status] | {"content": {"application/json": {"schema": schema}}}


def _reasons(status: HTTPStatus) -> Json:
    return {"enum": [reason.value for reason in Reason if reason.status == status]}


def _envelope(status: HTTPStatus, result: Json) -> Json:
    message: Json = {"type": "string"}  # on success perhaps a note
    if status is not HTTPStatus.OK:
        message["minLength"] = 1
    properties = {"code": {"const": int(status)}, "message": message, "result": result}
    if status is not HTTPStatus.OK:
        properties |= {"reason": _reasons(status), "errors": _ERRORS}
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name != "errors"],
        "additionalProperties": False,
    }
