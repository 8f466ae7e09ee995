"""WxPusher's API refuses hostile content, wrong requests and too many calls."""

from datetime import timedelta
from pathlib import Path

from tests.house import in_memory
from tests.sending.town import Town, town
from tests.storage.test_sqlite import pragma
from tests.web.compat.wxpushing import SEND, call, path_of, send, sent

HOSTILE = """<h1 onclick="x()">价格</h1><script>document.title='x'</script><img src=x onerror="x()">
<a href="javascript:x()">点击</a><iframe src="https://evil.example"></iframe>"""


async def test_a_page_runs_nothing_of_what_was_sent(place: Town) -> None:
    uid = await place.follow()
    await sent(place, uids=[uid], contentType=2, content=HOSTILE)
    await place.settle()
    (shown,) = await place.arrived(uid)
    page = path_of(shown.text.partition('href="')[2].partition('"')[0])

    answer = await place.call("GET", page, key="")

    for mark in ("<script", "onclick", "onerror", "javascript:", "<iframe"):
        assert mark not in answer.json
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert (await place.call("GET", page[:-1] + "x", key="")).status == 404


async def test_an_app_may_call_so_often_in_ten_seconds(tmp_path: Path) -> None:
    async with town(tmp_path, opener=in_memory, compat__wxpusher_calls=2) as place:
        uid = await place.follow()
        codes = [(await send(place, uids=[uid]))["code"] for _ in range(3)]

        place.clock.advance(timedelta(seconds=10))

        assert codes == [1000, 1000, 1001]
        assert (await send(place, uids=[uid]))["code"] == 1000


async def test_without_a_public_address_there_are_weixins_own_pictures(tmp_path: Path) -> None:
    async with town(tmp_path, opener=in_memory, server__public_url="") as place:
        uid = await place.follow()
        body = {"appToken": place.token, "extra": "x"}

        made = (await call(place, "POST", "/api/fun/create/qrcode", body)).json["data"]
        await sent(place, uids=[uid], url="https://shop.example/1")
        await place.settle()

        assert "/cgi-bin/showqrcode?ticket=" in made["url"]
        assert made["url"].endswith(".jpg")
        assert 'href="https://shop.example/1"' in (await place.arrived(uid))[0].text


async def test_an_operator_can_make_an_spt_and_the_links_of_an_app(place: Town) -> None:
    uid = await place.follow()

    made = await place.call("POST", f"/v1/apps/{place.app.id}/subscribers/{uid}/spt")
    code = (await place.call("POST", f"/v1/apps/{place.app.id}/qrcodes", {})).result

    pushed = await call(place, "GET", f"{SEND}/{made.result['token']}/hello")
    assert pushed.json["data"][0]["uid"] == uid
    page = await place.call("GET", path_of(code["page_url"]), key="")
    assert "订阅shop" in page.json
    assert (await place.call("GET", "/qr/x.jpg", key="")).status == 404


WRONG = [
    ("GET", "/api/send/query/x"),
    ("GET", f"/api/send/query/{'9' * 30}"),
    ("GET", "/api/send/query/status"),
    ("GET", "/api/fun/scan-qrcode-uid?code=%2E%2E"),
    ("GET", "/api/fun/wxuser?appToken="),
    ("DELETE", "/api/fun/remove?appToken=AT_x&id=1"),
    ("PUT", "/api/fun/reject"),
    ("DELETE", "/api/send/message?appToken=AT_x"),
]


async def test_whatever_is_asked_wrongly_has_the_envelope(place: Town) -> None:
    for method, path in WRONG:
        answer = await call(place, method, path)

        assert answer.json["code"] in (1001, 1002), path
        assert answer.json["data"] is None, path


async def test_what_the_store_does_not_take_is_1005_and_nothing_is_sent(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        uid = await place.follow()
        await pragma(place.sending._messages._database, "query_only = ON")

        answer = await send(place, uids=[uid])

        assert (answer["code"], answer["success"]) == (1005, False)
        assert "稍后重试" in answer["msg"]
        assert not await place.deliveries()
