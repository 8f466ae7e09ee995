"""A section of the configuration, and the types of its fields."""

from datetime import timedelta
from typing import Annotated, TypeAlias

import msgspec

from wechat_scheduler.config import notation
from wechat_scheduler.config.notation import Network, Notation, whole

Count: TypeAlias = Annotated[int, whole(1, 65535)]
Duration: TypeAlias = Annotated[timedelta, notation.DURATION]
Size: TypeAlias = Annotated[int, notation.SIZE]
Networks: TypeAlias = Annotated[tuple[Network, ...], notation.NETWORKS]


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A table of the file. Its repr is the output of `config show`, without secrets."""

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return [
            (field.name, notation_of(field).show(getattr(self, field.name)))
            for field in msgspec.structs.fields(self)
        ]

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"


def notation_of(field: msgspec.structs.FieldInfo) -> Notation:
    found: Notation = field.type.__metadata__[0]
    return found
