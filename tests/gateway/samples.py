"""Consumers for tests."""

from typing import Any

from tests.house import APPID, Caller


async def made_consumer(keeper: Caller, name: str = "shop", **wish: Any) -> dict[str, Any]:
    """A new consumer of the account; `wish` as in the body of `POST /v1/consumers`."""
    body = {"name": name, "appids": [APPID]} | wish
    result: dict[str, Any] = (await keeper.call("POST", "/v1/consumers", body=body)).result
    return result
