"""What an SDK calls through the gateway, and what it gets."""

import aiohttp

from tests.house import APPID
from tests.passage.conftest import BUTTONS, CREATE, MENU, Gate

PICTURE = bytes(range(256)) * 64


async def test_a_menu_is_written_and_read(place: Gate) -> None:
    written = await place.said("POST", CREATE, json=BUTTONS)

    read = await place.said("GET", MENU)

    assert written["errcode"] == 0
    assert read["menu"]["button"][0]["name"] == "今日"


async def test_a_file_is_uploaded_and_comes_back_byte_for_byte(place: Gate) -> None:
    form = aiohttp.FormData()
    form.add_field("media", PICTURE, filename="a.jpg", content_type="image/jpeg")
    uploaded = await place.said("POST", "/cgi-bin/media/upload?type=image", data=form)

    response = await place.call("GET", f"/cgi-bin/media/get?media_id={uploaded['media_id']}")

    assert response.body == PICTURE
    assert response.headers["Content-Type"] == "image/jpeg"
    assert 'filename="a.jpg"' in response.headers["Content-Disposition"]


async def test_wechats_refusals_pass_as_they_are(place: Gate) -> None:
    answer = await place.said("GET", MENU)

    assert answer["errcode"] == 46003
    assert answer["errmsg"].startswith("menu no exist rid: ")


async def test_a_picture_of_a_qr_code_needs_no_token(place: Gate) -> None:
    scene = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "a"}}}
    made = await place.said("POST", "/cgi-bin/qrcode/create", json=scene)

    response = await place.call("GET", f"/cgi-bin/showqrcode?ticket={made['ticket']}", token="")

    assert response.body.startswith(b"\x89PNG")


async def test_a_token_that_died_is_replaced_and_the_call_repeated(place: Gate) -> None:
    place.advance(minutes=1)
    place.weixin.sandbox.kill(place.token)

    answer = await place.said("POST", CREATE, json=BUTTONS)

    assert answer["errcode"] == 0
    assert place.weixin.sandbox.calls("/cgi-bin/stable_token", APPID) == 2
