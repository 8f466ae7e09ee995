"""Values that programs leave out, or write in their own way, in requests of WeCron's API."""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest_asyncio

from tests.house import Answer
from tests.sending.town import Town
from tests.web.compat.remembering import API, Client, ahead, client


@pytest_asyncio.fixture(loop_scope="module")
async def user(place: Town) -> Client:
    return await client(place)


async def test_a_time_that_is_left_out_is_read_from_the_sentence(user: Client) -> None:
    rest = {"title": None, "defer": None, "repeat": None, "participants": None}
    for time in (None, "", " "):
        body = {"time": time, "desc": "明天下午3点开会", "external_url": None} | rest

        made = (await user("POST", body=body)).json
        same = (await user("PATCH", f"{API}{made['id']}/", body)).json
        bare = (await user("PATCH", f"{API}{made['id']}/", {"desc": None, "defer": ""})).json

        found = (made["title"], at(made["time"]))
        assert found == ("开会", "2026-11-19T07:00:00+00:00"), repr(time)
        assert same == made | {"participate_qrcode": None}, repr(time)
        assert bare == same | {"desc": ""}, repr(time)


async def test_a_boolean_is_no_time(user: Client) -> None:
    for time in (True, False):
        refused = await user("POST", body={"title": "开会", "time": time})

        assert (refused.status, list(refused.json)) == (400, ["time"]), time


async def test_guests_join_and_leave_and_remove_no_one_else(place: Town, user: Client) -> None:
    made, first, second = await user.make(), await client(place), await client(place)
    path = f"{API}{made['id']}/"

    for guest in (first, second):
        await guest("PATCH", path, {"participants": [{"id": guest.uid}]})
    both = await user("GET", path)
    left = await first("PATCH", path, {"participants": []})
    kept = await user("PATCH", path, {"participants": [{"id": second.uid}, {"id": first.uid}]})
    cleared = await user("PATCH", path, {"participants": []})

    shown = [{one["id"] for one in each.json["participants"]} for each in (both, left, kept)]
    guests = {first.uid, second.uid}
    assert shown == [guests, {second.uid}, guests]
    assert cleared.json["participants"] == []


async def test_nulls_beside_the_participants_do_not_make_it_a_change_of_the_owner(
    place: Town, user: Client
) -> None:
    made, friend = await user.make(), await client(place)
    body = {"participants": [{"id": friend.uid}], "title": None, "time": None}

    joined = await friend("PATCH", f"{API}{made['id']}/", body)

    assert [one["id"] for one in joined.json["participants"]] == [friend.uid]


async def test_a_form_in_parts_is_read_as_one_that_is_urlencoded(user: Client) -> None:
    time = ahead(user.place)
    fields = {"title": "开会", "desc": "第一行\r\n第二行", "time": str(time), "defer": "", "x": "1"}
    parts = "".join(
        f'--b0\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    file = 'Content-Disposition: form-data; filename="name=desc"; name="desc"\r\n\r\nfile\r\n'
    whole = f"{parts}--b0\r\n{file}--b0--\r\n".encode()

    answer = await send(user, "multipart/form-data; boundary=b0", whole)
    quoted = await send(user, 'multipart/form-data; charset=utf-8; boundary="b0"', whole)
    unbound = await send(user, "multipart/form-data", whole)
    empty = await send(user, "multipart/form-data; boundary=b0", b"--b0--\r\n")

    for made in (answer, quoted):
        found = {name: made.json[name] for name in ("title", "desc", "time", "defer")}
        assert (found["title"], found["desc"]) == ("开会", "第一行\r\n第二行")
        assert (found["time"], found["defer"]) == (time, 0)
    assert (unbound.status, unbound.json["detail"][:26]) == (400, "Multipart form parse error")
    assert list(empty.json) == ["title", "time"]


async def test_a_form_has_json_in_its_fields_that_are_no_text(place: Town, user: Client) -> None:
    friend = await client(place)
    people = json.dumps([{"id": friend.uid}])
    fields = {"title": "开会", "time": str(ahead(place)), "repeat": '{"month":1}'}
    whole = urlencode(fields | {"participants": people}).encode()

    made = (await send(user, "application/x-www-form-urlencoded", whole)).json
    form = urlencode(fields | {"repeat": "{month", "participants": "bob"}).encode()
    refused = await send(user, "application/x-www-form-urlencoded", form)

    assert (made["repeat"], made["participants"][0]["id"]) == ({"month": 1}, friend.uid)
    assert (refused.status, list(refused.json)) == (400, ["repeat", "participants"])


async def test_json_with_a_byte_order_mark_or_half_an_emoji_is_read(user: Client) -> None:
    body = f'{{"title": "开会\\ud83d", "time": {ahead(user.place)}}}'

    answer = await send(user, "application/json; charset=utf-8", b"\xef\xbb\xbf" + body.encode())

    assert answer.json["title"] == "开会\ufffd"


async def send(user: Client, media_type: str, body: bytes) -> Answer:
    headers = {"Authorization": f"Token {user.token}", "Content-Type": media_type}
    return await user.place.caller.call("POST", API, data=body, key="", headers=headers)


def at(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()
