"""Dataclasses whose methods are written when they are first called.

The standard library compiles six methods for each class while a module is imported. That was a third of a
start, which makes objects of one class in five, and compares or shows hardly any. The methods are the standard
library's, but for the `__init__` of most: see `quick_inits`.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import KW_ONLY, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from wechat_scheduler.engine.quick_inits import is_fit, quick_copy, quick_init

__all__ = ["KW_ONLY", "dataclass", "field", "replace"]

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import replace as replace
else:

    def replace(thing: Any, /, **changes: Any) -> Any:
        """Like the standard library's, in a fraction of its time."""
        names, copy = _copying(type(thing))
        return copy(thing, changes) if changes.keys() <= names else _replaced(thing, changes)

    def dataclass(**settings: bool) -> Callable[[type], type]:
        """Like the standard library's; takes `frozen`, `slots`, `kw_only` and `eq`."""
        return partial(_declared, settings)


# `__init__` is the last: another thread may make an object at the same time.
_METHODS: Final = ("__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__", "__init__")
_OWN: Final = ("__dict__", "__weakref__")
_SHAPE: Final = ("slots", "kw_only")
# What makes each class as the standard library does, once.
_WRITTEN: Final[dict[type, Callable[[], type]]] = {}
# The classes of which `quick_inits` makes the objects.
_QUICK: Final[set[type]] = set()


@cache
def _copying(cls: Any) -> tuple[Set[str], Callable[[object, Mapping[str, Any]], Any]]:
    """The names of the fields that a copy may change, and what makes it."""
    if cls not in _QUICK:
        return frozenset(), _replaced
    return frozenset(one.name for one in dataclasses.fields(cls)), quick_copy(cls)


def _replaced(thing: Any, changes: Mapping[str, Any]) -> Any:
    return dataclasses.replace(thing, **changes)


def _declared(settings: dict[str, bool], cls: type) -> type:
    """`cls` with its fields, its slots and methods that write themselves."""
    body = {name: each for name, each in vars(cls).items() if name not in _OWN}
    shape = {name: settings[name] for name in _SHAPE if name in settings}
    declared: type = dataclasses.dataclass(init=False, repr=False, eq=False, **shape)(cls)
    if is_fit(declared, settings):
        _QUICK.add(declared)
    _WRITTEN[declared] = cache(partial(_written, settings, cls, body))
    for name, method in _first_methods(settings, body):
        setattr(declared, name, method)
    declared.__init__ = _first_init(declared)  # type: ignore[misc] # no class is derived from it yet
    return declared


def _written(settings: dict[str, bool], cls: type, body: dict[str, Any]) -> type:
    """The class as the standard library makes it."""
    bases = (_WRITTEN[base]() if base in _WRITTEN else base for base in cls.__bases__)
    return dataclasses.dataclass(**settings)(type(cls)(cls.__name__, tuple(bases), body))


def _first_methods(
    settings: Mapping[str, bool], body: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """What the standard library would write, as far as the class has none of its own."""
    is_frozen, is_compared = settings.get("frozen", False), settings.get("eq", True)
    if "__repr__" not in body:
        yield "__repr__", _FIRST["__repr__"]
    if is_compared and "__eq__" not in body:
        yield "__eq__", _FIRST["__eq__"]
    if is_compared and body.get("__hash__") is None:  # Python's own None, beside an `__eq__`
        yield "__hash__", _FIRST["__hash__"] if is_frozen else None
    if is_frozen:
        yield from ((name, _FIRST[name]) for name in ("__setattr__", "__delattr__"))
        if settings.get("slots"):
            yield from (("__getstate__", _state), ("__setstate__", _set_state))


def _first_init(cls: Any) -> Callable[..., None]:
    def init(self: object, *args: Any, **values: Any) -> None:
        if cls in _QUICK:
            cls.__init__ = quick_init(cls)
        else:
            _write(cls)
        cls.__init__(self, *args, **values)

    return init


def _first(name: str) -> Callable[..., Any]:
    """A method until it is called, for all classes."""

    def method(self: object, *args: Any) -> Any:
        for each in type(self).__mro__:
            if each in _WRITTEN:
                _write(each)
        return getattr(type(self), name)(self, *args)

    return method


_FIRST: Final = {name: _first(name) for name in _METHODS[:-1]}


def _write(cls: type) -> None:
    methods = vars(_WRITTEN[cls]())
    for name in _METHODS[:-1] if cls in _QUICK else _METHODS:
        if name in methods:
            setattr(cls, name, methods[name])


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for one, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
