"""The notices API answers as its page says."""

from typing import Any

from tests.house import APPID, Answer
from tests.sending.town import TEMPLATE, Town
from wechat_scheduler.delivery.model import DeliveryState

PATH = "/message/v2/notices"
# The example of the API's documentation, but for the user.
DATA = {
    name: {"value": str(number), "color": "#000"}
    for number, name in enumerate(
        ("first", "keyword1", "keyword2", "keyword3", "keyword4", "remark"), start=1
    )
}


async def send(place: Town, to: str, *, key: str | None = None, **fields: Any) -> Answer:
    body = {"to": to, "template": TEMPLATE, "data": DATA} | fields
    headers = {"Idempotency-Key": fields.pop("idempotency")} if "idempotency" in fields else {}
    body.pop("idempotency", None)
    return await place.call(
        "POST", PATH, body, key=place.token if key is None else key, headers=headers
    )


async def test_the_example_arrives_on_the_phone(place: Town) -> None:
    uid = await place.follow()

    answer = await send(place, uid, url="https://example.com/order/1")

    assert (answer.status, answer.json) == (200, {"code": 200})
    assert "does not show first and remark" in answer.headers["Warning"]
    await place.settle()
    (shown,) = await place.arrived(uid)
    assert (shown.template_id, shown.url) == (TEMPLATE, "https://example.com/order/1")
    (delivery,) = await place.deliveries(uid=uid)
    assert delivery.state is DeliveryState.DELIVERED
    assert "WeChat does not show colours" in delivery.notes


async def test_what_wechat_is_not_going_to_show_is_said(place: Town) -> None:
    uid = await place.follow()
    data = {f"keyword{number}": {"value": "二十个字" * 5} for number in range(11)}

    answer = await send(place, uid, data=data | {"thing": {"value": 9.5}, "mood": {"value": "😀"}})

    assert answer.json == {"code": 200}
    assert "emoji" in answer.headers["Warning"]
    assert "200 characters altogether" in answer.headers["Warning"]


async def test_a_colour_goes_to_wechat_if_it_is_one(place: Town) -> None:
    uid = await place.follow()
    colors = {"keyword1": "#0a3", "keyword2": "#173177", "keyword3": "red", "keyword4": None}
    data = {name: {"value": "1", "color": color} for name, color in colors.items()}

    answer = await send(place, uid, data=data | {"keyword5": {"value": "1", "color": ""}})

    assert answer.json == {"code": 200}
    (delivery,) = await place.deliveries(uid=uid)
    assert delivery.notes == (
        "WeChat does not show colours",
        "the color of keyword3 is not #rgb or #rrggbb and is left out",
    )
    message = await place.cores.delivery.desk.message(delivery.message_id)
    assert message is not None
    content = message.message.content
    assert content.colors == {"keyword1": "#00aa33", "keyword2": "#173177"}
    assert content.data.keys() == {*colors, "keyword5"}


async def test_a_user_is_known_by_the_platforms_own_id(place: Town) -> None:
    uid = await place.follow()
    name = "6aeca60613e949f0a16e721faf9f1082"
    await place.audience.bind(place.app, {name: await place.openid(uid)})

    assert (await send(place, name)).json == {"code": 200}

    await place.settle()
    assert len(await place.arrived(uid)) == 1


async def test_the_same_request_again_sends_nothing_again(place: Town) -> None:
    uid = await place.follow()

    for _ in range(2):
        assert (await send(place, uid, idempotency="order-1")).json == {"code": 200}
    again = await send(place, uid, idempotency="order-1")
    other = await send(place, uid, idempotency="order-1", url="http://a.example")

    assert again.headers["Idempotency-Replayed"] == "true"

    assert other.status == other.json["code"] == 409
    await place.settle()
    assert len(await place.arrived(uid)) == 1


WRONG = [
    ({"key": ""}, 401, "missing"),
    ({"key": "AT_wrong"}, 401, "not known"),
    ({"to": "nobody"}, 404, "to: "),
    ({"template": ""}, 400, "template"),
    ({"data": {}}, 400, "data"),
    ({"data": [1]}, 400, "data"),
    ({"data": {"keyword1": {"color": "#000"}}}, 400, "data.keyword1.value: is required"),
    ({"data": {"keyword1": {"value": None}}}, 400, "data.keyword1.value: expected"),
    ({"data": {"keyword1": "1"}}, 400, "data.keyword1: expected"),
    ({"url": "javascript:alert(1)"}, 400, "url"),
]


async def test_what_is_wrong_is_said_in_the_apis_own_form(place: Town) -> None:
    uid = await place.follow()
    for fields, status, words in WRONG:
        answer = await send(place, **({"to": uid} | fields))

        assert answer.status == answer.json["code"] == status, fields
        assert words in answer.json["message"], fields
        assert not await place.deliveries(uid=uid), fields


async def test_what_is_not_there_has_the_same_form(place: Town) -> None:
    for method, path, status in (("GET", PATH, 405), ("POST", "/message/v2", 404)):
        answer = await place.call(method, path, key=place.token)

        assert answer.status == answer.json["code"] == status, path
        assert PATH in answer.json["message"], path
        assert status == 404 or answer.headers["Allow"] == "POST"


async def test_whoever_does_not_take_it_is_a_clear_error(place: Town) -> None:
    stranger = await place.follow(subscribe=False)
    gone = await place.follow()
    place.people.unfollow(APPID, await place.openid(gone))
    await place.tell()

    assert (await send(place, stranger)).status == 403
    answer = await send(place, gone)

    assert answer.status == 403
    assert "does not follow" in answer.json["message"]
