"""The route table and the wire types, as OpenAPI 3.1.

Nothing is written twice: paths, methods and scopes come from the route table, the forms of bodies
and answers from the structs that decode and encode them. `operations.py` adds what neither says.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import msgspec

from wechat_scheduler import __version__
from wechat_scheduler.access.model import Scope
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.kit.route import Proof, Route
from wechat_scheduler.web.native.operation import Operation
from wechat_scheduler.web.native.operations import HEADERS, OPERATIONS, PARAMETERS

Json: TypeAlias = dict[str, Any]

ABOUT: Final = (
    "Keeps every WeChat credential of a business fresh. Answers come as `{code, message, result}`, "
    "with the HTTP status equal to `code`; `message` is empty when all is well, and an error has a "
    "stable `reason` beside it. Types are checked "
    "strictly: `1.0` is no integer. What is no HTTP at all is answered with a 400 in plain text."
)
SCHEMES: Final = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "basic": {"type": "http", "scheme": "basic", "description": "The password is the key."},
}
# What the errors of every guarded route have in common.
GUARDED: Final = (401, 403, 429, 503)
CHALLENGE: Final = {"WWW-Authenticate": {"schema": {"type": "string"}}}
RETRY: Final = {"Retry-After": {"description": "In seconds.", "schema": {"type": "integer"}}}
ERRORS: Final[Mapping[int, Json]] = {
    400: {"description": "It is not of the documented form; `message` names the field."},
    401: {"description": "No key came with it, or none that opens anything.", "headers": CHALLENGE},
    403: {"description": "The key, or the signature, does not reach this far."},
    404: {"description": "There is nothing of that name."},
    409: {
        "description": "Several tasks fit: name the subject; it is not in the state for that; or the "
        "Idempotency-Key came before with another request."
    },
    413: {"description": "The body is larger than `server.body_limit`."},
    429: {"description": "Too many wrong keys came from there.", "headers": RETRY},
    503: {"description": "It cannot be had now; `message` says why.", "headers": RETRY},
}


def rendered(routes: Sequence[Route], kinds: KindTable) -> bytes:
    """As JSON."""
    return msgspec.json.encode(describe(routes, kinds))


def describe(routes: Sequence[Route], kinds: KindTable) -> Json:
    """The document. Raises KeyError for a route that `operations.py` does not know."""
    operations = [OPERATIONS[route.handler] for route in routes]
    schemas, components = _schemas({one for some in operations for one in _types(some)})
    paths: dict[str, Json] = {}
    for route, operation in zip(routes, operations, strict=True):
        path = paths.setdefault(route.path, {})
        path[route.method.lower()] = _described(route, operation, schemas)
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


def _types(operation: Operation) -> Iterator[Any]:
    found = (operation.result, operation.body, *operation.results.values())
    yield from (one for one in found if one is not None and not isinstance(one, str))


def _schemas(types: Iterable[Any]) -> tuple[Mapping[Any, Json], Mapping[str, Json]]:
    ordered = list(types)
    template = "#/components/schemas/{name}"
    schemas, components = msgspec.json.schema_components(ordered, ref_template=template)
    for component in components.values():
        if "description" in component:  # a docstring, with the margins of its file
            component["description"] = " ".join(component["description"].split())
    return dict(zip(ordered, schemas, strict=True)), dict(sorted(components.items()))


def _described(route: Route, operation: Operation, schemas: Mapping[Any, Json]) -> Json:
    described = {
        "operationId": f"{route.method.lower()}{re.sub(r'[^a-z0-9]+', '_', route.path)}".strip("_"),
        "tags": [route.handler.__module__.rpartition(".")[2]],
        "summary": operation.summary,
        "security": _security(route.scope),
        "parameters": list(_parameters(route, operation)),
        "responses": dict(_responses(route, operation, schemas)),
    }
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _taken(operation.body, schemas)}
    return described


def _security(scope: Scope | Proof | None) -> list[Json]:
    """One of three ways to send a key, and the scope that it must have."""
    return [{name: [scope.value]} for name in SCHEMES] if isinstance(scope, Scope) else []


def _parameters(route: Route, operation: Operation) -> Iterator[Json]:
    for name in (*re.findall(r"{(\w+)}", route.path), *operation.takes):
        place, description, schema = PARAMETERS[name]
        yield {
            "name": name.lstrip("?"),
            "in": place,
            "required": place == "path",
            "description": description,
            "schema": schema,
        }


def _taken(body: Any, schemas: Mapping[Any, Json]) -> Json:
    if isinstance(body, str):
        return {body: {"schema": {"type": "string"}}}
    return {"application/json": {"schema": schemas[body]}}


def _responses(
    route: Route, operation: Operation, schemas: Mapping[Any, Json]
) -> Iterator[tuple[str, Json]]:
    yield "200", _answer(operation, HTTPStatus.OK, operation.result, schemas)
    for status in sorted({*_errors(route, operation), *operation.results}):
        if status in operation.results:
            result = operation.results[status]
            yield str(status), _answer(operation, HTTPStatus(status), result, schemas)
        elif status in ERRORS:
            yield str(status), {"$ref": f"#/components/responses/{status}"}
        else:
            yield str(status), {"description": HTTPStatus(status).phrase}


def _errors(route: Route, operation: Operation) -> Iterator[int]:
    yield from operation.errors
    yield from GUARDED if isinstance(route.scope, Scope) else ()
    yield from (503,) if isinstance(route.scope, Proof) else ()
    yield from (404,) if "{" in route.path else ()
    yield 400
    yield from (413,) if operation.body is not None and isinstance(route.scope, Scope) else ()


def _answer(
    operation: Operation, status: HTTPStatus, result: Any, schemas: Mapping[Any, Json]
) -> Json:
    content: Json = {}
    if operation.plain:
        any_text = {} if operation.plain.endswith("json") else {"schema": {"type": "string"}}
        content[operation.plain] = any_text
    if result is not None:
        content["application/json"] = {"schema": _envelope(status, schemas[result])}
    answer: Json = {"description": status.phrase, "content": content}
    if status is HTTPStatus.OK and operation.gives:
        answer["headers"] = {
            name: {"description": HEADERS[name], "schema": {"type": "string"}}
            for name in operation.gives
        }
    return answer


def _refusal(status: int) -> Json:
    schema = _envelope(HTTPStatus(status), {"const": ""})
    return ERRORS[status] | {"content": {"application/json": {"schema": schema}}}


def _reasons(status: HTTPStatus) -> Json:
    return {"enum": [reason.value for reason in Reason if reason.status == status]}


def _envelope(status: HTTPStatus, result: Json) -> Json:
    message = {"const": ""} if status is HTTPStatus.OK else {"type": "string", "minLength": 1}
    properties = {"code": {"const": int(status)}, "message": message, "result": result}
    if status is not HTTPStatus.OK:
        properties["reason"] = _reasons(status)
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
