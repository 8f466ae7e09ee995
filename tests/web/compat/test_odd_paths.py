"""Names that no store could hold: each API says so in its own words."""

from tests.sending.town import Town

NULS = [
    ("GET", "/api/send/message?content=%00", 200, "'code': 1001"),
    ("GET", "/api/send/message/SPT_x/a%00b", 200, "'success': False"),
    ("GET", "/api/%00", 200, "'code': 1004"),
    ("POST", "/v3/spread/set_reminder?openid=%00", 200, '"ret":-1'),
    ("GET", "/reminds/api/%00/", 400, "'detail'"),
    ("POST", "/message/v2/notices?x=%00", 400, "{'code': 400, 'message'"),
    ("GET", "/m/%00", 400, "<!doctype html>"),
    ("GET", "/v1/apps/%00", 400, "'result'"),
]


async def test_chinese_apis_say_it_in_chinese(place: Town) -> None:
    for path in ("/api/send/message?content=%00", "/reminds/api/%00/"):
        answer = await place.call("GET", path, key="")

        assert "网址中含有 NUL（%00）" in str(answer.json)


async def test_a_nul_is_refused_in_the_form_of_the_api(place: Town) -> None:
    for method, path, status, said in NULS:
        answer = await place.call(method, path, key="")

        assert (answer.status, said in str(answer.json)) == (status, True), answer.json
