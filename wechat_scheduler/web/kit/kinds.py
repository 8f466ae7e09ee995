"""Credential types as callers write them: by kind (`jsapi_ticket`), or by number (`1`) as in the
original wechat-scheduler.
"""

from collections.abc import Iterable
from typing import Annotated, Final, Protocol, TypeAlias

import msgspec

from wechat_scheduler.errors import InvalidRequestError

# The OpenAPI document has this component, made of the daemon's own types.
SCHEMA: Final = {"$ref": "#/components/schemas/CredentialType"}
Type: TypeAlias = Annotated[int | str, msgspec.Meta(extra_json_schema=SCHEMA)]


class CredentialType(Protocol):
    """An issuer as callers see it (`wechat.tokens.base.TokenIssuer`)."""

    @property
    def kind(self) -> str: ...

    @property
    def number(self) -> int | None: ...

    @property
    def subject_field(self) -> str: ...

    @property
    def needs_subject(self) -> bool: ...


class KindTable:
    """The types that a daemon keeps, and how callers name them."""

    def __init__(self, types: Iterable[CredentialType]) -> None:
        self._types = {type_.kind: type_ for type_ in types}
        self._numbers = {
            kind: type_.number for kind, type_ in self._types.items() if type_.number is not None
        }
        self._kinds = {number: kind for kind, number in self._numbers.items()}

    def __contains__(self, kind: str) -> bool:
        return kind in self._types

    def read(self, given: int | str, field: str) -> CredentialType:
        """The type that a body names. Raises InvalidRequestError at `field`."""
        kind = self._kinds.get(given, "") if isinstance(given, int) else self.kind_of(given)
        if kind not in self._types:
            raise InvalidRequestError(self.unknown(given), field=field)
        return self._types[kind]

    def unknown(self, given: int | str) -> str:
        """Says that there is no such type, and which there are."""
        known = ", ".join(
            f"{self._numbers[kind]} {kind}" if kind in self._numbers else kind
            for kind in self._types
        )
        return f"unknown task type {given}; use one of {known}"

    def kind_of(self, text: str) -> str:
        """The kind that `1` or `jsapi_ticket` names; any other text is returned as it is."""
        if text.isascii() and text.isdecimal() and len(text) < 4:
            return self._kinds.get(int(text), text)
        return text

    def kinds(self) -> list[str]:
        """The kinds of all types."""
        return [*self._types]

    def number_of(self, kind: str) -> int | None:
        return self._numbers.get(kind)

    def type_of(self, kind: str) -> str:
        """What `type=` says in calls to business systems: the number if the type has one."""
        return str(self._numbers.get(kind, kind))

    def names(self) -> list[int | str]:
        """All names that a caller may write; in a path, numbers are text."""
        return [*self._kinds, *map(str, self._kinds), *self._types]
