"""Handlers are given desks, which keep the rules, and never the stores behind them."""

import ast
import sys
from dataclasses import dataclass
from importlib import import_module
from inspect import getsource
from typing import Any, get_type_hints

from wechat_scheduler.audience.ports import Aliases
from wechat_scheduler.daemon.stores import Stores
from wechat_scheduler.storage.access.keys import SqlKeys
from wechat_scheduler.web.kit.services import Services


@dataclass
class Careless:
    aliases: Aliases
    keys: SqlKeys
    name: str


def test_no_service_is_a_store() -> None:
    assert stores_in(Services) == []


def test_a_service_that_is_a_store_or_its_port_is_found() -> None:
    assert stores_in(Careless) == ["aliases", "keys"]


def stores_in(record: type) -> list[str]:
    """The fields whose type is a store, or a Protocol that a store has every method of."""
    stores = get_type_hints(Stores).values()
    return [
        name
        for name, kind in get_type_hints(record, localns=imported(record.__module__)).items()
        if isinstance(kind, type) and any(is_behind(kind, store) for store in stores)
    ]


def imported(module: str) -> dict[str, Any]:
    """What the module imports by name, for its type checker alone too."""
    nodes = ast.walk(ast.parse(getsource(sys.modules[module])))
    return {
        alias.name: getattr(import_module(node.module), alias.name)
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def is_behind(kind: type, store: type) -> bool:
    if not getattr(kind, "_is_protocol", False):
        return issubclass(store, kind)
    return {verb for verb in dir(kind) if not verb.startswith("_")} <= set(dir(store))
