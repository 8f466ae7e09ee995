"""A JSON schema of `/openapi.json` as rows that a person reads, and a body to begin with."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from wechat_scheduler.web.console.words import Language, Phrase, Words, phrase

W = Words

Json: TypeAlias = Mapping[str, Any]

_REFERENCE: Final = "#/components/schemas/"
# Fields of fields of fields are shown as their type alone.
DEEPEST: Final = 4
_SENTENCE: Final = re.compile(r"(?<=\.)\s+(?=[A-Z`])")
_NAMED: Final = re.compile(r"`(\w+)`")
_BOUNDS: Final[Mapping[str, Phrase]] = {
    "minimum": "≥ {bound}",
    "exclusiveMinimum": "> {bound}",
    "maximum": "≤ {bound}",
    "exclusiveMaximum": "< {bound}",
    "minLength": W("length ≥ {bound}", "长度 ≥ {bound}"),
    "maxLength": W("length ≤ {bound}", "长度 ≤ {bound}"),
    "minItems": W("items ≥ {bound}", "个数 ≥ {bound}"),
    "maxItems": W("items ≤ {bound}", "个数 ≤ {bound}"),
    "pattern": W("matches {bound}", "符合 {bound}"),
    "default": W("default {bound}", "默认 {bound}"),
}
OR, LIST, ANY = W(" or ", " 或 "), W("list of {kind}", "{kind} 的列表"), W("any", "任意")


class SchemaField(NamedTuple):
    """A field by its path in the body, such as `tasks[].type`. `said` are the sentences about it, `bounds` its bounds
    and its default."""

    path: str
    kind: str
    said: Sequence[str]
    bounds: Sequence[str]
    is_required: bool


class SchemaTable:
    """Reads schemas that refer to `components`, the named ones of the document."""

    def __init__(self, components: Mapping[str, Json], language: Language) -> None:
        self._components = components
        self._language = language

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
                at,
                self.kind(one),
                self._said(one, said.get(name, ())),
                self._bounds(one),
                name in required,
            )
            if depth < DEEPEST:
                yield from self.fields(one, at, depth + 1)

    def kind(self, schema: Json) -> str:
        """The type in a few words, such as `list of string` or `"active" or "revoked"`."""
        may_be_null = any(one.get("type") == "null" for one in schema.get("anyOf", ()))
        kind = self._one_kind(self._whole(schema))
        return f"{kind}{self._say(OR)}null" if may_be_null else kind

    def _one_kind(self, schema: Json) -> str:
        if "const" in schema:
            return _shown(schema["const"])
        if "enum" in schema:
            return self._say(OR).join(map(_shown, schema["enum"]))
        if "anyOf" in schema:
            options = [one for one in schema["anyOf"] if one.get("type") != "null"]
            return self._say(OR).join(dict.fromkeys(map(self.kind, options)))
        if schema.get("items"):
            return self._say(LIST).format(kind=self.kind(schema["items"]))
        format_ = f" ({schema['format']})" if "format" in schema else ""
        return f"{schema.get('type') or self._say(ANY)}{format_}"

    def note(self, schema: Json) -> Sequence[str]:
        """The sentences about the whole body, or about each object of a list."""
        own = self._whole(schema)
        return divided(own.get("description", "")) or (
            self.note(own["items"]) if own.get("items") else ()
        )

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

    def _said(self, schema: Json, said: Sequence[str]) -> Sequence[str]:
        """The sentences of its object that name a field stand with that one."""
        own = self._whole(schema)
        if own.get("items"):
            own = self._whole(own["items"])
        about = divided(own.get("description", ""))
        if "properties" not in own:
            return about or said
        return [*said, *(one for one in about if own["properties"].keys().isdisjoint(_names(one)))]

    def _bounds(self, schema: Json) -> Sequence[str]:
        own = self._whole(schema)
        return [
            self._say(words).format(bound=_shown(own[name]) if name == "default" else own[name])
            for name, words in _BOUNDS.items()
            if name in own
        ]

    def _say(self, words: Phrase) -> str:
        return phrase(words, self._language)


def sentences(text: str) -> Mapping[str, Sequence[str]]:
    """The sentences of a note that name a field in backticks, by that field. One about several stands with each."""
    found: dict[str, list[str]] = {}
    for one in divided(text):
        for name in _names(one):
            found.setdefault(name, []).append(one)
    return found


def _names(sentence: str) -> Collection[str]:
    return dict.fromkeys(_NAMED.findall(sentence))


def divided(text: str) -> Sequence[str]:
    """Its sentences."""
    return _SENTENCE.split(text) if text else ()


def _shown(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
    return str(value)
