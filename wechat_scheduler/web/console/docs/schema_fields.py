"""A JSON schema of `/openapi.json` as rows that a person reads, and a body to begin with."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

Json: TypeAlias = Mapping[str, Any]

_REFERENCE: Final = "#/components/schemas/"
# Fields of fields of fields are shown as their type alone.
DEEPEST: Final = 4
_SENTENCE: Final = re.compile(r"(?<=\.)\s+(?=[A-Z`])")
_NAMED: Final = re.compile(r"`(\w+)`")
_BOUNDS: Final = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "minLength": "length ≥ {}",
    "maxLength": "length ≤ {}",
    "minItems": "items ≥ {}",
    "maxItems": "items ≤ {}",
    "pattern": "matches {}",
    "default": "default {}",
}


class SchemaField(NamedTuple):
    """A field by its path in the body, such as `tasks[].type`. `notes` are what it means, its bounds and its
    default."""

    path: str
    kind: str
    notes: str
    is_required: bool


class SchemaTable:
    """Reads schemas that refer to `components`, the named ones of the document."""

    def __init__(self, components: Mapping[str, Json]) -> None:
        self._components = components

    def fields(self, schema: Json, path: str = "", depth: int = 0) -> Iterator[SchemaField]:
        """The fields of an object or of a list of them, and of what these hold; none for other values."""
        schema = self._whole(schema)
        if "items" in schema:
            yield from self.fields(schema["items"], f"{path}[]", depth)
            return
        required, said = schema.get("required", ()), sentences(schema.get("description", ""))
        for name, one in schema.get("properties", {}).items():
            at = f"{path}.{name}" if path else name
            yield SchemaField(
                at, self.kind(one), self._notes(one, said.get(name, "")), name in required
            )
            if depth < DEEPEST:
                yield from self.fields(one, at, depth + 1)

    def kind(self, schema: Json) -> str:
        """The type in a few words, such as `list of string` or `"active" or "revoked"`."""
        may_be_null = any(one.get("type") == "null" for one in schema.get("anyOf", ()))
        return f"{self._one_kind(self._whole(schema))}{' or null' if may_be_null else ''}"

    def _one_kind(self, schema: Json) -> str:
        if "const" in schema:
            return _shown(schema["const"])
        if "enum" in schema:
            return " or ".join(map(_shown, schema["enum"]))
        if "anyOf" in schema:
            options = [one for one in schema["anyOf"] if one.get("type") != "null"]
            return " or ".join(dict.fromkeys(map(self.kind, options)))
        if schema.get("items"):
            return f"list of {self.kind(schema['items'])}"
        format_ = f" ({schema['format']})" if "format" in schema else ""
        return f"{schema.get('type', 'any')}{format_}"

    def note(self, schema: Json) -> str:
        """What is said of the whole body."""
        text: str = self._whole(schema).get("description", "")
        return text

    def example(self, schema: Json) -> Any:
        """A value with the required fields, which are empty or have their defaults."""
        schema = self._whole(schema)
        if "const" in schema:
            return schema["const"]
        if "default" in schema:
            return schema["default"]
        if "enum" in schema:
            return schema["enum"][0]
        if "anyOf" in schema:
            return self.example(schema["anyOf"][0])
        match schema.get("type"):
            case "object":
                properties = schema.get("properties", {})
                return {name: self.example(properties[name]) for name in schema.get("required", ())}
            case "array":
                return [self.example(schema["items"])] if schema.get("minItems") else []
            case "integer" | "number":
                return schema.get("minimum", 0)
            case "boolean":
                return False
            case "string":
                return ""
        return None

    def _whole(self, schema: Json) -> Json:
        """The schema that is meant: a reference is followed, an optional one loses its null."""
        if "$ref" in schema:
            return self._whole(self._components[schema["$ref"].removeprefix(_REFERENCE)])
        options = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
        if len(options) == 1:
            rest = {name: value for name, value in schema.items() if name != "anyOf"}
            return {**self._whole(options[0]), **rest}
        return schema

    def _notes(self, schema: Json, said: str) -> str:
        own = self._whole(schema)
        found = [
            text.format(_shown(own[name]) if name == "default" else own[name])
            for name, text in _BOUNDS.items()
            if name in own
        ]
        if "properties" not in own:  # the note of a body of its own stands over its fields
            said = own.get("description", said)
        return ", ".join([*filter(None, (said.removesuffix("."),)), *found])


def sentences(text: str) -> Mapping[str, str]:
    """The sentences of a note that name a field in backticks, by that field. One about several stands with each."""
    found: dict[str, list[str]] = {}
    for one in _SENTENCE.split(text):
        for name in dict.fromkeys(_NAMED.findall(one)):
            found.setdefault(name, []).append(one)
    return {name: " ".join(parts) for name, parts in found.items()}


def _shown(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
    return str(value)
