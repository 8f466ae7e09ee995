"""The OpenAPI document describes every route as it is."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests.house import Caller
from tests.keeper.conftest import clock, keeper, weixin
from wechat_scheduler.access.model import VIEWED, Scope
from wechat_scheduler.web.kit.kinds import SCHEMA, KindTable
from wechat_scheduler.web.native.openapi import ERRORS, describe, rendered
from wechat_scheduler.web.native.routes import NATIVE
from wechat_scheduler.wechat.tokens import TYPES

__all__ = ["clock", "keeper", "weixin"]

KINDS = KindTable(TYPES)
DOCUMENT = msgspec.json.decode(rendered(NATIVE, KINDS))


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else ())
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from references(inner)


def test_every_route_is_described_and_nothing_else() -> None:
    described = {(method, path) for method, path, _ in operations()}

    assert described == {(route.method, route.path) for route in NATIVE}


def test_what_opens_a_route_is_said_of_it() -> None:
    said = {(method, path): operation["security"] for method, path, operation in operations()}

    for route in NATIVE:
        ways = said[route.method, route.path]
        scopes = {scope for way in ways for named in way.values() for scope in named}
        looks = route.only_shows and route.scope in VIEWED
        assert scopes - {"view"} == (
            {route.scope.value} if isinstance(route.scope, Scope) else set()
        )
        assert ("view" in scopes) is looks
        assert len(ways) in ((6,) if looks else (0, 3))


def test_every_place_in_a_path_is_a_parameter() -> None:
    for _, path, operation in operations():
        places = [one["name"] for one in operation["parameters"] if one["in"] == "path"]

        assert path.count("{") == len(places)
        assert all(f"{{{place}}}" in path for place in places)


def test_every_reference_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        found = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def test_every_error_of_the_document_is_told_of_by_a_route() -> None:
    told = {
        int(status)
        for _, _, operation in operations()
        for status, answer in operation["responses"].items()
        if "$ref" in answer
    }

    assert told == ERRORS.keys() - {405}  # which answers methods that no operation has


def test_operations_have_names_of_their_own_and_a_sentence() -> None:
    found = [operation for _, _, operation in operations()]

    assert len({operation["operationId"] for operation in found}) == len(NATIVE)
    assert all(operation["summary"].endswith((".", "?")) for operation in found)


def test_types_are_those_that_there_are() -> None:
    (path_type,) = [
        one["schema"]
        for one in DOCUMENT["paths"]["/task/{appid}/{type}"]["get"]["parameters"]
        if one["name"] == "type"
    ]
    schemas = DOCUMENT["components"]["schemas"]
    body_type = schemas["TaskBody"]["properties"]["type"]
    key_types = schemas["KeyBody"]["properties"]["types"]["items"]

    assert {one["$ref"] for one in (path_type, body_type, key_types)} == {SCHEMA["$ref"]}
    assert schemas["CredentialType"]["enum"] == [
        *(numbers := [one.number for one in TYPES if one.number is not None]),
        *map(str, numbers),
        *(one.kind for one in TYPES),
    ]


def test_no_two_types_share_a_number_or_a_name() -> None:
    numbers = [one.number for one in TYPES if one.number is not None]

    assert len(set(numbers)) == len(numbers)
    assert len({one.kind for one in TYPES}) == len(TYPES)


def test_a_name_in_a_path_that_no_row_describes_is_told_at_once() -> None:
    stranger = replace(NATIVE[0], path="/{stranger}")

    with pytest.raises(KeyError):
        describe([stranger], KINDS)


async def test_it_is_served_to_who_may_read(keeper: Caller) -> None:
    answer = await keeper.call("GET", "/openapi.json")
    stranger = await keeper.call("GET", "/openapi.json", key="")

    assert answer.json == DOCUMENT
    assert stranger.status == 401
