"""Dataclasses whose methods are written when the first object is made.

The standard library compiles six methods for each class while a module is imported. That was a third of a
start, which makes objects of one class in five. The methods are the standard library's, but for
the `__init__` of most: see `quick_inits`.

Until `__init__` has made one, an object that was made otherwise lacks them: it can be changed, and equals only
itself. So a class of which msgspec makes objects is an `eager_dataclass`. Unpickling writes the methods too; what else
goes around `__init__`, such as `object.__new__`, is not supported.
"""

import dataclasses
from collections.abc import Callable, Mapping, Set
from dataclasses import KW_ONLY, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from wechat_scheduler.engine.quick_inits import is_fit, quick_copy, quick_init

__all__ = ["KW_ONLY", "dataclass", "eager_dataclass", "field", "replace"]

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import dataclass as eager_dataclass
    from dataclasses import replace as replace
else:

    def replace(thing: Any, /, **changes: Any) -> Any:
        """Like the standard library's, in a fraction of its time."""
        names, copy = _copying(type(thing))
        return copy(thing, changes) if changes.keys() <= names else _replaced(thing, changes)

    def dataclass(**settings: bool) -> Callable[[type], type]:
        """Like the standard library's; takes `frozen`, `slots`, `kw_only` and `eq`."""
        return partial(_declared, settings)

    def eager_dataclass(**settings: bool) -> Callable[[type], type]:
        """Like the standard library's, with its methods from the beginning."""
        return partial(_eager, settings)


# `__init__` is the last: no object exists before it, and another thread may make one at the same time.
_METHODS: Final = (
    *("__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__"),
    *("__getstate__", "__setstate__", "__init__"),
)
_OWN: Final = ("__dict__", "__weakref__")
_SHAPE: Final = ("slots", "kw_only")
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


def _eager(settings: dict[str, bool], cls: type) -> type:
    made: type = dataclasses.dataclass(**settings)(cls)
    if is_fit(made, settings):
        _QUICK.add(made)
        made.__init__ = _first_init(made)  # type: ignore[misc] # no class is derived from it yet
    return made


def _first_init(cls: type) -> Callable[..., None]:
    def init(self: object, *args: Any, **values: Any) -> None:
        quick = quick_init(cls)
        setattr(cls, "__init__", quick)  # noqa: B010 - mypy
        quick(self, *args, **values)

    return init


def _declared(settings: dict[str, bool], cls: type) -> type:
    """`cls` with its fields, its slots and an `__init__` that writes the methods."""
    body = {name: each for name, each in vars(cls).items() if name not in _OWN}
    shape = {name: settings[name] for name in _SHAPE if name in settings}
    declared: type = dataclasses.dataclass(init=False, repr=False, eq=False, **shape)(cls)
    if is_quick := is_fit(declared, settings):
        _QUICK.add(declared)
    made = settings | {"init": not is_quick}
    written = _WRITTEN[declared] = cache(partial(_written, made, cls, body))

    def write() -> dict[str, Any]:
        methods = dict(vars(written()))
        if is_quick:
            methods["__init__"] = quick_init(declared)
        for name in _METHODS:
            if name in methods:
                setattr(declared, name, methods[name])
        return methods

    def init(self: object, *args: Any, **values: Any) -> None:
        write()["__init__"](self, *args, **values)

    def set_state(self: object, state: Any) -> None:
        write()["__setstate__"](self, state)

    declared.__init__ = init  # type: ignore[misc] # no class is derived from it yet
    if settings.get("frozen") and settings.get("slots"):
        declared.__setstate__ = set_state  # type: ignore[attr-defined] # as the standard library's
    return declared


def _written(settings: dict[str, bool], cls: type, body: dict[str, Any]) -> type:
    """The class as the standard library makes it."""
    bases = (_WRITTEN[base]() if base in _WRITTEN else base for base in cls.__bases__)
    return dataclasses.dataclass(**settings)(type(cls)(cls.__name__, tuple(bases), body))
