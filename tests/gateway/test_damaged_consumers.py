"""A consumer whose row cannot be read opens nothing, is not said to be unknown, and can be revoked."""

from tests.gateway.samples import made_consumer
from tests.house import APPID, Caller
from wechat_scheduler.storage.database import Statement, each


async def test_one_that_cannot_be_read_is_named_and_can_be_revoked(keeper: Caller) -> None:
    for name in ("shop", "crm"):
        await made_consumer(keeper, name)
    spoil = Statement("UPDATE consumers SET networks = 'x' WHERE name = 'shop'")
    await keeper.daemon.ground.database.write(lambda: each([spoil]))
    await keeper.daemon.cores.consumers.load()

    found = [
        await keeper.call("GET", "/v1/consumers/shop"),
        await keeper.call("PATCH", "/v1/consumers/shop", body={"appids": [APPID]}),
        await keeper.call("POST", "/v1/consumers/shop/secret"),
    ]
    ended = await keeper.call("DELETE", "/v1/consumers/shop")
    again = await made_consumer(keeper)

    assert [answer.json["reason"] for answer in found] == ["row.damaged"] * 3
    assert "doctor" in found[0].json["message"]
    assert (ended.status, "revoked before" in ended.json["message"]) == (200, False)
    assert again["state"] == "active"


async def test_the_maker_of_a_consumer_of_many_unknown_accounts_reads_some_names(
    keeper: Caller,
) -> None:
    body = {"name": "shop", "appids": [f"wx{number:016}" for number in range(25)]}

    message = (await keeper.call("POST", "/v1/consumers", body=body)).json["message"]

    assert "wx0000000000000019 and 5 more;" in message
