"""Writes the `__init__` of frozen dataclasses with slots, which takes a quarter of the standard library's time.

That one stores each value by `object.__setattr__`, which looks the field up again. This one makes the new object one
of an open class with the same slots first, stores the values as any method would, and then closes it. A class derived
from one of these is a dataclass as well, or has empty slots: Python refuses to open an object that has more.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

_DEFAULT: Final = "_default_"
_MAKE: Final = "_make_"


def is_fit(cls: type, settings: Mapping[str, bool]) -> bool:
    """Whether `cls`, a dataclass without its methods, has all its fields from its own body, and does nothing else
    when an object is made."""
    is_closed = settings.get("frozen", False) and settings.get("slots", False)
    is_more = hasattr(cls, "__post_init__") or any(not one.init for one in _fields(cls))
    return is_closed and cls.__bases__ == (object,) and not is_more


def quick_init(cls: type) -> Callable[..., None]:
    """The `__init__` of a class that is fit."""
    init: Callable[..., None] = _compiled(cls, "__init__", _init_lines(_fields(cls)))
    init.__qualname__, init.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
    return init


def quick_copy(cls: type) -> Callable[[object, Mapping[str, Any]], Any]:
    """Makes a copy with other values of an object of a class that is fit."""
    copy: Callable[[object, Mapping[str, Any]], Any]
    copy = _compiled(cls, "copy", _copy_lines(_fields(cls)))
    return copy


def _compiled(cls: type, name: str, lines: Iterable[str]) -> Any:
    known: dict[str, Any] = {
        "_new": object.__new__,
        "_set": object.__setattr__,
        "_unset": dataclasses.MISSING,
        "_closed": cls,
        "_open": type(cls.__name__, (), {"__slots__": cls.__dict__["__slots__"]}),
    }
    for one in _fields(cls):
        known |= {f"{_DEFAULT}{one.name}": one.default, f"{_MAKE}{one.name}": one.default_factory}
    exec("\n".join(lines), known)  # noqa: S102 - as the standard library does
    return known[name]


def _init_lines(fields: Sequence[dataclasses.Field[Any]]) -> Iterator[str]:
    given = [_parameter(one) for one in fields if not one.kw_only]
    named = [_parameter(one) for one in fields if one.kw_only]
    yield f"def __init__(self, {', '.join([*given, *(['*'] if named else []), *named])}):"
    yield " _closed_ = self.__class__"  # or one that was derived from it, with slots as well
    yield " _set(self, '__class__', _open)"
    yield from (f" self.{one.name} = {_value(one)}" for one in fields)
    yield " self.__class__ = _closed_"


def _copy_lines(fields: Sequence[dataclasses.Field[Any]]) -> Iterator[str]:
    yield "def copy(thing, changes):"
    yield " new = _new(_open)"
    yield from (f" new.{one.name} = thing.{one.name}" for one in fields)
    yield " for name, value in changes.items(): setattr(new, name, value)"
    yield " new.__class__ = _closed"
    yield " return new"


def _parameter(one: dataclasses.Field[Any]) -> str:
    if one.default is not dataclasses.MISSING:
        return f"{one.name}={_DEFAULT}{one.name}"
    return f"{one.name}=_unset" if _is_made(one) else one.name


def _value(one: dataclasses.Field[Any]) -> str:
    return (
        f"{_MAKE}{one.name}() if {one.name} is _unset else {one.name}"
        if _is_made(one)
        else one.name
    )


def _is_made(one: dataclasses.Field[Any]) -> bool:
    return one.default_factory is not dataclasses.MISSING


def _fields(cls: Any) -> Sequence[dataclasses.Field[Any]]:
    return dataclasses.fields(cls)
