from tests.sandbox.conftest import APPID, WeChat


async def test_the_same_token_comes_back_with_less_time_left(wechat: WeChat) -> None:
    first = await wechat.stable()
    wechat.advance(seconds=600)

    second = await wechat.stable()

    assert second == first | {"expires_in": 6600}


async def test_it_renews_itself_five_minutes_early_and_both_tokens_work(wechat: WeChat) -> None:
    old = await wechat.stable()
    wechat.advance(seconds=6901)

    new = await wechat.stable()

    assert new["access_token"] != old["access_token"]
    assert new["expires_in"] == 7200
    assert await wechat.use(old["access_token"]) == 0
    assert await wechat.use(new["access_token"]) == 0
    wechat.advance(seconds=299)
    assert await wechat.use(old["access_token"]) == 42001


async def test_it_is_independent_of_the_other_kind_of_token(wechat: WeChat) -> None:
    stable = (await wechat.stable())["access_token"]
    ordinary = (await wechat.token())["access_token"]
    await wechat.stable(force=True)
    await wechat.token()
    wechat.advance(minutes=4)

    errcodes = [await wechat.use(stable), await wechat.use(ordinary)]

    assert errcodes == [40001, 0]


async def test_a_forced_refresh_replaces_the_token_at_once(wechat: WeChat) -> None:
    old = (await wechat.stable())["access_token"]

    new = (await wechat.stable(force=True))["access_token"]

    assert new != old
    assert await wechat.use(old) == 40001
    assert await wechat.use(new) == 0


async def test_a_second_forced_refresh_within_half_a_minute_refreshes_nothing(
    wechat: WeChat,
) -> None:
    first = await wechat.stable(force=True)
    wechat.advance(seconds=29)
    second = await wechat.stable(force=True)
    wechat.advance(seconds=1)
    third = await wechat.stable(force=True)

    assert second["access_token"] == first["access_token"]
    assert third["access_token"] != first["access_token"]


async def test_the_twenty_first_forced_refresh_of_a_day_refreshes_nothing(wechat: WeChat) -> None:
    tokens = []
    for _ in range(21):
        wechat.advance(seconds=30)
        tokens.append((await wechat.stable(force=True))["access_token"])

    assert len(set(tokens)) == 20
    assert tokens[20] == tokens[19]


async def test_a_killed_stable_token_is_not_handed_out_again(wechat: WeChat) -> None:
    killed = (await wechat.stable())["access_token"]
    wechat.sandbox.kill(killed)

    token = (await wechat.stable())["access_token"]

    assert token != killed


async def test_it_is_fetched_by_post_only_and_with_json(wechat: WeChat) -> None:
    got = await wechat.get("/cgi-bin/stable_token", appid=APPID)
    empty = await wechat.http.post("/cgi-bin/stable_token")
    garbled = await wechat.http.post("/cgi-bin/stable_token", data=b"\xff{")

    assert got["errcode"] == 43002
    assert (await empty.json())["errcode"] == 44002
    assert (await garbled.json())["errcode"] == 47001
