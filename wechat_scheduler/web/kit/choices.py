"""The values that a field of a body may have."""

from collections.abc import Iterator
from typing import Any, Final

from msgspec import inspect

from wechat_scheduler.web.kit.error_paths import STEP

REFUSAL: Final = "refusal"


def choices(form: Any, place: str) -> tuple[str, ...]:
    """The texts among which the field at `place` chooses; none if it takes others too. The empty text
    is left out."""
    texts = [text for one in _found(form, place) for text in _texts(one)]
    return tuple(dict.fromkeys(filter(None, texts)))


def refusal(form: Any, place: str) -> str:
    """What the type of the field at `place` says of a text that does not match its pattern, in its `extra`; empty if it
    says nothing."""
    told = (
        one.extra for one in _found(form, place) if isinstance(one, inspect.Metadata) and one.extra
    )
    return next((str(extra[REFUSAL]) for extra in told if REFUSAL in extra), "")


def _found(form: Any, place: str) -> list[inspect.Type]:
    """The types of the field at `place`."""
    found = [inspect.type_info(form)]
    for step in STEP.findall(place):
        found = [inner for one in found for inner in _inner(one, step)]
    return found


def _inner(form: inspect.Type, step: str) -> Iterator[inspect.Type]:
    """The types of what `step` leads to."""
    for one in _plain(form):
        if isinstance(one, inspect.StructType):
            yield from (field.type for field in one.fields if field.encode_name == step)
        elif isinstance(one, inspect.DictType):
            yield one.value_type
        elif isinstance(one, inspect.ListType | inspect.VarTupleType | inspect.SetType):
            yield one.item_type


def _texts(form: inspect.Type) -> Iterator[str]:
    for one in _plain(form):
        if isinstance(one, inspect.LiteralType):
            yield from (str(value) for value in one.values)
        elif isinstance(one, inspect.EnumType):
            yield from (str(member.value) for member in one.cls)


def _plain(form: inspect.Type) -> Iterator[inspect.Type]:
    """The type without what is told about it, and each type of a union."""
    if isinstance(form, inspect.Metadata):
        yield from _plain(form.type)
    elif isinstance(form, inspect.UnionType):
        for one in form.types:
            yield from _plain(one)
    else:
        yield form
