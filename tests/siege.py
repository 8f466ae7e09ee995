"""A client that has read nothing but the document of the routes. schemathesis makes its requests."""

from collections.abc import Sequence
from typing import Any, Final

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.house import APPID, SECRET

CHECKS: Final = [
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
# What somebody knows who has an account here; the rest of a request stays as it was made up.
KNOWN: Final = {"appid": APPID, "type": "0", "appsecret": SECRET, "tasks": []}
STREAM: Final = ("GET", "/v1/events")
WAITS: Final = set(map(str, range(1, 61)))


def siege(
    url: str, document: dict[str, Any], keys: Sequence[str]
) -> dict[tuple[str, str], set[int]]:
    """The statuses that each route answered."""
    answered: dict[tuple[str, str], set[int]] = {}
    schema = schemathesis.openapi.from_dict(document)
    operations = [found.ok() for found in schema.get_all_operations()]
    with requests.Session() as session:
        session.trust_env = False  # no proxy stands between
        for operation in sorted(operations, key=lambda one: one.method == "delete"):
            place = operation.method.upper(), operation.path
            assail = follow if place == STREAM else attack
            answered[place] = assail(url, session, operation, keys)
    return answered


def follow(
    url: str, session: requests.Session, operation: APIOperation, keys: Sequence[str]
) -> set[int]:
    """A response without an end is not read."""
    statuses = set()
    for key in keys:
        asked = session.get(f"{url}{operation.path}", headers={"X-API-Key": key}, stream=True)
        statuses.add(asked.status_code)
        asked.close()
    return statuses


def attack(
    url: str, session: requests.Session, operation: APIOperation, keys: Sequence[str]
) -> set[int]:
    statuses: set[int] = set()

    @quick(operation)
    @given(case=cases(operation), key=st.sampled_from(keys), known=st.sampled_from((True, False)))
    def try_it(case: Case, key: str, known: bool) -> None:
        if known:
            make_known(case)
        wait_for_nothing(case)
        for sent in {key, keys[0]}:
            response = case.call(
                base_url=url, session=session, headers={"X-API-Key": sent} if sent else {}
            )

            statuses.add(response.status_code)
            assert response.status_code < 500 or response.status_code == 503
            assert "Traceback" not in response.text
            case.validate_response(response, checks=CHECKS)

    try_it()
    return statuses


def quick(operation: APIOperation) -> settings:
    return settings(
        max_examples=2 if can_be_wrong(operation) else 1,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


def cases(operation: APIOperation) -> st.SearchStrategy[Case]:
    """Requests that fit; and, where there is something to break, some that do not."""
    fitting = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if not can_be_wrong(operation):
        return fitting
    return fitting | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)


def can_be_wrong(operation: APIOperation) -> bool:
    return any((operation.path_parameters, operation.query, operation.headers, operation.body))


def make_known(case: Case) -> None:
    for part in (case.path_parameters, case.body):
        if isinstance(part, dict):
            part.update({name: value for name, value in KNOWN.items() if name in part})


def wait_for_nothing(case: Case) -> None:
    """A long poll that fits would last as long as it says."""
    if isinstance(case.query, dict) and str(case.query.get("wait")) in WAITS:
        case.query["wait"] = 0
