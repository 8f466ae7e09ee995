"""Apps with people, for the tests of sending."""

from typing import Any

from tests.audience.people import subscribe
from tests.house import APPID, Answer, Caller, WeChat


async def made_app(keeper: Caller, name: str = "shop", **wish: Any) -> dict[str, Any]:
    body = {"name": name, "appid": APPID} | wish
    made: dict[str, Any] = (await keeper.call("POST", "/v1/apps", body=body)).result
    return made


async def bound(keeper: Caller, app: dict[str, Any], *names: str) -> dict[str, str]:
    """The uid of each name; its openid is the name behind `o_`."""
    body = [{"external_id": name, "openid": f"o_{name}"} for name in names]
    found = (await keeper.call("POST", f"/v1/apps/{app['id']}/subscribers", body=body)).result
    return {one["external_id"]: one["uid"] for one in found}


async def opened_shop(keeper: Caller, weixin: WeChat, *names: str) -> dict[str, Any]:
    """An app with these users, of whom WeChat knows alice, and a token to send with."""
    await keeper.register({"type": 0})
    await keeper.settle()
    app = await made_app(keeper)
    await bound(keeper, app, *names)
    weixin.sandbox.people.follow(APPID, "o_alice")
    return app


async def subscribed(keeper: Caller, app: dict[str, Any], topic: int, *names: str) -> None:
    """Subscribe these users to the topic, in this order."""
    audience, subscriptions = (
        keeper.daemon.cores.audience,
        keeper.daemon.ground.stores.subscriptions,
    )
    found = audience.directory.app(app["id"])
    assert found is not None
    for name in names:
        user = (await audience.desk.found(found, name)).subscriber
        await subscribe(subscriptions, found, user.uid, topic_id=topic)


async def send(keeper: Caller, app: dict[str, Any], *to: str | int, **wish: Any) -> Answer:
    body = {"app": app["id"], "to": to, "text": "hello"} | wish
    return await keeper.call("POST", "/v1/messages", body=body)


async def deliveries(keeper: Caller, query: str = "", **call: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        await keeper.call("GET", f"/v1/deliveries{query}", **call)
    ).result
    return found
