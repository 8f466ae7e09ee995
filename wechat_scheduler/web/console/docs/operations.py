"""The operations of `/openapi.json`, as the reference shows them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.web.console.docs.schema_fields import Json, SchemaField, SchemaTable
from wechat_scheduler.web.console.words import Language

JSON: Final = "application/json"
STREAM: Final = "text/event-stream"


class OperationParameter(NamedTuple):
    """A parameter; `place` is `path`, `query` or `header`."""

    place: str
    name: str
    kind: str
    description: str


class OperationBody(NamedTuple):
    """What a request or a response holds. `note` has the sentences about the whole; `fields` are empty for a body that is no JSON object."""

    media: str
    kind: str
    note: Sequence[str]
    fields: Sequence[SchemaField]
    example: Any


class OperationResponse(NamedTuple):
    """A response by its status; `reasons` are the words that an error may carry."""

    status: str
    description: str
    body: OperationBody | None
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A method of a path. `scope` is what a key needs, empty for any key; `takes_key` is false where a key
    proves nothing."""

    id: str
    tag: str
    method: str
    path: str
    summary: str
    scope: str
    takes_key: bool
    parameters: Sequence[OperationParameter]
    body: OperationBody | None
    responses: Sequence[OperationResponse]

    @property
    def can_be_tried(self) -> bool:
        """Whether a page can show its response: not of a stream, nor of what takes another proof than a key."""
        streams = any(one.body and one.body.media == STREAM for one in self.responses)
        return self.takes_key and not streams


class ApiReference:
    """The document, read. What a type is stands in that language, and what is said of it in English."""

    def __init__(self, document: bytes, language: Language) -> None:
        self._document = msgspec.json.decode(document)
        self._components = self._document["components"]
        self._schemas = SchemaTable(self._components["schemas"], language)
        # By their ids, in the order of the document.
        self.operations: Mapping[str, Operation] = {
            described["operationId"]: self._operation(method, path, described)
            for path, methods in self._document["paths"].items()
            for method, described in methods.items()
        }

    @property
    def about(self) -> str:
        text: str = self._document["info"]["description"]
        return text

    def _operation(self, method: str, path: str, described: Json) -> Operation:
        security = described["security"]
        body = described.get("requestBody")
        return Operation(
            id=described["operationId"],
            tag=described["tags"][0],
            method=method.upper(),
            path=path,
            summary=described["summary"],
            scope=", ".join(next(iter(security[0].values()))) if security else "",
            takes_key=bool(security),
            parameters=[self._parameter(one) for one in described["parameters"]],
            body=self._body(body["content"]) if body else None,
            responses=list(self._responses(described["responses"])),
        )

    def _parameter(self, one: Json) -> OperationParameter:
        return OperationParameter(
            one["in"], one["name"], self._schemas.kind(one["schema"]), one["description"]
        )

    def _responses(self, responses: Mapping[str, Json]) -> Iterator[OperationResponse]:
        for status, response in responses.items():
            whole = self._whole(response)
            yield OperationResponse(
                status,
                whole["description"],
                self._result(whole.get("content", {})),
                self._reasons(whole.get("content", {})),
            )

    def _whole(self, response: Json) -> Json:
        named: str = response.get("$ref", "")
        if not named:
            return response
        whole: Json = self._components["responses"][named.rpartition("/")[2]]
        return whole

    def _result(self, content: Mapping[str, Json]) -> OperationBody | None:
        """The `result` of an envelope, or the whole of another body; None for an error or no body."""
        body = self._body(content)
        if body is None or body.media != JSON:
            return body
        properties = content[JSON].get("schema", {}).get("properties")
        if properties is None:
            return body
        return None if "reason" in properties else self._described(JSON, properties["result"])

    def _reasons(self, content: Mapping[str, Json]) -> Sequence[str]:
        properties = content.get(JSON, {}).get("schema", {}).get("properties", {})
        reasons: Sequence[str] = properties.get("reason", {}).get("enum", ())
        return reasons

    def _body(self, content: Mapping[str, Json]) -> OperationBody | None:
        for media, one in content.items():
            return self._described(media, one.get("schema", {}))
        return None

    def _described(self, media: str, schema: Json) -> OperationBody:
        return OperationBody(
            media,
            self._schemas.kind(schema),
            self._schemas.note(schema),
            list(self._schemas.fields(schema)),
            self._schemas.example(schema),
        )
