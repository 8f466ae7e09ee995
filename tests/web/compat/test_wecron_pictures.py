"""WeCron's API gives the pictures of a reminder, and its page, without a token."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio
from PIL import Image

from tests.day_loop import played
from tests.house import APPID, in_memory
from tests.sending.town import PUBLIC, Town, town
from tests.web.compat.remembering import API, Client, ahead, client
from wechat_scheduler.web.compat.wecron.state import DRAWN, Posters
from wechat_scheduler.web.pages.poster import Poster

DRAW = "/cgi-bin/qrcode/create"


@pytest_asyncio.fixture(loop_scope="module")
async def user(place: Town) -> Client:
    return await client(place)


async def test_whoever_scans_the_code_is_reminded_too(place: Town, user: Client) -> None:
    made = await user.make()

    shown = [await place.call("GET", f"{API}{made['id']}/qrcode{end}", key="") for end in ("/", "")]

    assert [answer.status for answer in shown] == [200, 200]
    assert {answer.json["qrcodeUrl"] for answer in shown} == {made["participate_qrcode"]}


async def test_the_poster_is_a_picture(place: Town, user: Client) -> None:
    made = await user.make(desc="带上合同和公章，别迟到。" * 4)

    url = f"{place.caller.daemon.url}{API}{made['id']}/share_post/"
    async with place.caller._session.get(url) as response:
        png = await response.read()

    assert (response.status, response.content_type) == (200, "image/png")
    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (1080, 1440)


async def test_a_poster_that_ends_soon_needs_no_address_of_ours(tmp_path: Path) -> None:
    async with town(tmp_path, opener=in_memory, server__public_url="") as place:
        user = await client(place)
        ids = [(await user.make(time=ahead(place, days=days)))["id"] for days in (3, 60)]

        statuses = []
        for one in ids:
            url = f"{place.caller.daemon.url}{API}{one}/share_post"
            async with place.caller._session.get(url) as response:
                statuses.append(response.status)

    assert statuses == [200, 503]


async def test_a_poster_is_drawn_once_and_some_are_remembered() -> None:
    posters = Posters("", most=2)

    drawn = [
        await posters.png(Poster(sharer="阿文", text=text, qr=PUBLIC))
        for text in ("a", "a", "b", "a", "c", "b")
    ]

    first, again, other, still, _, redrawn = drawn
    assert first is again
    assert first is still
    assert redrawn == other
    assert redrawn is not other


async def test_a_font_that_is_missing_is_a_clear_error(tmp_path: Path) -> None:
    async with town(
        tmp_path, opener=in_memory, reminders__font=str(tmp_path / "none.ttf")
    ) as place:
        user = await client(place)
        made = await user.make()

        answer = await user("GET", f"{API}{made['id']}/share_post/")

    assert answer.status == 503
    assert "none.ttf does not exist" in answer.json["detail"]


async def test_pictures_are_counted_by_address(tmp_path: Path) -> None:
    async with town(tmp_path, opener=in_memory, compat__wecron_pictures=2) as place:
        user = await client(place)
        path = f"{API}{(await user.make())['id']}/qrcode/"

        answers = [await place.call("GET", path, key="") for _ in range(3)]
        place.clock.advance(timedelta(minutes=1))

        assert [answer.status for answer in answers] == [200, 200, 429]
        assert (await place.call("GET", path, key="")).status == 200


async def test_a_reminder_is_kept_though_wechat_draws_no_code(place: Town, user: Client) -> None:
    place.wechat.sandbox.script("/cgi-bin/qrcode/create", errcode=45009, appid=APPID, times=2)

    made = await user.make()
    answer = await place.call("GET", f"{API}{made['id']}/qrcode/", key="")

    assert made["participate_qrcode"] is None
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0


async def test_the_original_address_leads_to_the_page(place: Town, user: Client) -> None:
    made = await user.make(title="交房租")

    url = f"{place.caller.daemon.url}/reminds/{made['id']}"
    async with place.caller._session.get(url, allow_redirects=False) as response:
        to = response.headers["Location"]

    assert (response.status, to.startswith(f"{PUBLIC}/r/{made['id']}.")) == (302, True)
    page = await place.call("GET", to.removeprefix(PUBLIC), key="")
    assert "交房租" in page.json


def test_a_code_that_wechat_does_not_draw_at_first_is_there_on_the_next_request(
    tmp_path: Path,
) -> None:
    async def play() -> tuple[Any, ...]:
        async with town(tmp_path, opener=in_memory) as place:
            user, friend = await client(place), await client(place)
            place.wechat.sandbox.script(DRAW, garbage=True)
            made = await user.make()
            path = f"{API}{made['id']}/"
            again = (await user("GET", path)).json
            listed = (await user("GET")).json["results"]
            seen = (await friend("GET", path)).json
            return (
                made,
                again,
                listed,
                seen,
                (await place.call("GET", f"{path}qrcode/", key="")).json,
            )

    made, again, listed, seen, shown = played(play)

    assert made["participate_qrcode"] is None
    assert again == made | {"participate_qrcode": shown["qrcodeUrl"]}
    assert listed == [again]
    assert seen == made


async def test_a_code_that_wechat_refuses_to_draw_keeps_nothing_waiting(
    place: Town, user: Client
) -> None:
    place.wechat.sandbox.script(DRAW, errcode=48001)

    made = await user.make()
    later = (await user("GET", f"{API}{made['id']}/")).json

    assert made["participate_qrcode"] is None
    assert "/cgi-bin/showqrcode?ticket=" in later["participate_qrcode"]


async def test_who_makes_many_reminders_in_a_second_has_their_codes_when_they_are_asked_for(
    fresh: Town,
) -> None:
    user = await client(fresh)
    made = [await user.make() for _ in range(DRAWN + 1)]
    later = (await user("GET", f"{API}{made[-1]['id']}/")).json
    fresh.clock.advance(timedelta(seconds=1))
    one = await user.make()

    assert all(each["participate_qrcode"] for each in (*made[:-1], one))
    assert made[-1]["participate_qrcode"] is None
    assert "/cgi-bin/showqrcode?ticket=" in later["participate_qrcode"]
