"""A third-party platform from its tickets to its accounts, with nothing but what WeChat pushes."""

from datetime import timedelta
from pathlib import Path

from structlog.testing import capture_logs

from tests.business import Business
from tests.clock import FakeClock
from tests.console.visitor import browser
from tests.house import AUTHORIZER, COMPONENT, Caller, WeChat, daemon, wechat
from tests.platform.listening import Platform
from tests.platform.sealing import KEY, OTHER_KEY, Sender, event
from tests.web.signing import allow
from wechat_scheduler.engine.clock import SystemClock

OTHER = "wx4444444444444444"
QUERY_AUTH = "/cgi-bin/component/api_query_auth"
REFRESH = "/cgi-bin/component/api_authorizer_token"
LIST = "/cgi-bin/component/api_get_authorizer_list"
INFO = "/cgi-bin/component/api_get_authorizer_info"
START_PUSH = "/cgi-bin/component/api_start_push_ticket"


async def test_a_platform_needs_no_params_where_its_pushes_come_to_us(platform: Platform) -> None:
    registered = await platform.register()
    await platform.keeper.settle()
    waiting = await platform.keeper.job("type=3")

    accepted = await platform.pushed()

    assert registered.result == "success"
    assert waiting["waits_for"] == "component_verify_ticket"
    assert "WeChat has pushed none" in waiting["error"]["message"]
    assert accepted == 1
    assert await platform.keeper.value(f"{COMPONENT}/3")


async def test_without_pushes_a_platform_needs_params(keeper: Caller) -> None:
    answer = await keeper.register({"type": 3}, appid=COMPONENT)

    assert answer.status == 400
    assert answer.json["message"].startswith("tasks[0].params: ")


async def test_an_account_that_authorises_the_platform_gets_a_job_that_rotates_by_itself(
    platform: Platform, clock: FakeClock
) -> None:
    await platform.pushed()  # the ticket comes before the platform is registered
    await platform.register()
    await platform.keeper.settle()
    platform.weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)

    await platform.pushed()

    first = await platform.value()
    job = await platform.job()
    assert await platform.works(first)
    assert job["state"] == "fresh"
    assert [receiver["key"] for receiver in job["receivers"]] == ["wechat"]
    assert platform.weixin.sandbox.calls(QUERY_AUTH) == 1
    assert platform.weixin.sandbox.calls(REFRESH) == 0
    for _ in range(15):
        clock.advance(timedelta(minutes=20))
        await platform.pushed()
    assert await platform.value() != first
    assert await platform.works(await platform.value())
    assert platform.weixin.sandbox.calls(REFRESH) == 2


async def test_mini_programs_that_the_platform_registered_get_jobs_of_their_own(
    platform: Platform, weixin: WeChat
) -> None:
    await platform.register()
    await platform.pushed()
    code = weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER).authorization_code
    weixin.sandbox.grant_authorizer(COMPONENT, OTHER)
    registered = event(
        "notify_third_fasteregister",
        appid=AUTHORIZER,
        status="0",
        auth_code=code,
        msg="OK",
        info="<name>某公司</name>",
    )
    without_a_code = event("notify_third_fasteregister", appid=OTHER, status="0")

    answers = [
        (await platform.send(Sender().push(each))).json for each in (registered, without_a_code)
    ]
    await platform.keeper.settle()

    assert answers == ["success"] * 2
    assert await platform.works(await platform.value(AUTHORIZER))
    assert await platform.works(await platform.value(OTHER))
    assert (weixin.sandbox.calls(QUERY_AUTH), weixin.sandbox.calls(LIST)) == (1, 1)


async def test_consent_that_comes_before_the_platform_has_a_token_waits_for_it_and_is_an_error_once(
    platform: Platform, clock: FakeClock
) -> None:
    platform.weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    with capture_logs() as events:
        for _ in range(2):
            await platform.pushed()
            clock.advance(timedelta(minutes=1))
    waiting = (await platform.view())["waiting"]

    await platform.register()
    await platform.keeper.settle()
    clock.advance(timedelta(minutes=2))
    await platform.keeper.settle()

    deferred = [event for event in events if event["event"] == "event.deferred"]
    assert [event["log_level"] for event in deferred] == ["error", "debug"]
    assert waiting[0]["info_type"] == "authorized"
    assert waiting[0]["authorizer_appid"] == AUTHORIZER
    assert f"register {COMPONENT}/component_access_token" in waiting[0]["note"]
    assert await platform.works(await platform.value())
    assert (await platform.view())["waiting"] == []


async def test_who_is_told_of_the_platforms_token_and_may_have_those_of_accounts_is_told_of_them(
    platform: Platform, business: Business
) -> None:
    wish = {"name": "erp", "scopes": ["register"], "types": [3]}
    made = (await platform.keeper.call("POST", "/v1/keys", body=wish)).result
    theirs = {"type": 3, "notify": business.url("/erp")}
    body = {"appid": COMPONENT, "appsecret": "sandbox-secret", "tasks": [theirs]}
    await platform.keeper.call("POST", "/register", body=body, key=made["key"])
    await platform.register(notify=business.url("/n?tenant=7"))
    platform.weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)

    await platform.pushed()

    (of_account,) = [call for call in business.calls if ("type", "4") in call.pairs]
    assert of_account.path == "/n"
    assert of_account.json["authorizer_access_token"] == await platform.value()
    assert ("authorizer_appid", AUTHORIZER) in of_account.pairs
    assert ("tenant", "7") in of_account.pairs
    assert of_account.json["authorizer_appid"] == AUTHORIZER
    told = {call.query for call in business.calls if call.path == "/erp"}
    assert told == {f"appid={COMPONENT}&type=3"}


async def test_consent_withdrawn_stops_the_jobs_and_given_again_sets_everything_going(
    platform: Platform, business: Business, clock: FakeClock
) -> None:
    await platform.register(notify=business.url("/n"))
    platform.weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    await platform.pushed()
    ticket = {"type": 1, "authorizer_appid": AUTHORIZER, "notify": business.url("/ticket")}
    await platform.keeper.register(ticket, appid=COMPONENT)
    await platform.keeper.settle()
    assert await platform.keeper.value(f"{COMPONENT}/1/{AUTHORIZER}")
    business.calls.clear()
    platform.weixin.sandbox.revoke_authorizer(COMPONENT, AUTHORIZER)

    with capture_logs() as events:
        await platform.pushed()
    clock.advance(timedelta(days=7))
    await platform.keeper.settle()

    assert ("platform.revoked", "error") in [
        (event["event"], event["log_level"]) for event in events
    ]
    job = await platform.job()
    assert job["state"] == "revoked"
    assert job["waits_for"] == "authorization"
    assert "revoked its authorisation of the platform" in job["error"]["message"]
    fetched = await platform.keeper.fetch(f"{COMPONENT}/4/{AUTHORIZER}")
    assert fetched.status == 503
    assert "authorises the platform again" in fetched.json["message"]
    assert (await platform.keeper.fetch(f"{COMPONENT}/1/{AUTHORIZER}")).status == 503
    assert {call.path for call in business.calls} == {"/n", "/ticket"}
    for call in business.calls:
        assert call.json["errcode"] == 61003
        assert call.json["InfoType"] == "unauthorized"
        assert call.json["AuthorizerAppid"] == AUTHORIZER
    assert platform.weixin.sandbox.calls(REFRESH) == platform.weixin.sandbox.calls(LIST) == 0

    platform.weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    await platform.pushed()

    again = await platform.job()
    assert (again["state"], again["version"]) == ("fresh", 2)
    assert await platform.works(await platform.value())
    assert await platform.keeper.value(f"{COMPONENT}/1/{AUTHORIZER}")
    told = [call for call in business.calls if call.path == "/n" and ("type", "4") in call.pairs]
    assert told[-1].json["authorizer_access_token"] == await platform.value()


async def test_of_a_quick_change_of_mind_the_last_word_counts(platform: Platform) -> None:
    await platform.register()
    await platform.pushed()
    platform.weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    platform.weixin.sandbox.revoke_authorizer(COMPONENT, AUTHORIZER)
    platform.weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)

    await platform.pushed()

    assert await platform.works(await platform.value())
    assert platform.weixin.sandbox.calls(QUERY_AUTH) == 1
    assert (await platform.view())["events"] == {"authorized": 2, "unauthorized": 1}


async def test_an_account_that_is_authorised_anew_gets_its_new_tokens(
    platform: Platform, clock: FakeClock
) -> None:
    await platform.register()
    platform.weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    await platform.pushed()
    clock.advance(timedelta(minutes=5))

    platform.weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    await platform.pushed()

    assert await platform.works(await platform.value())
    assert (await platform.view())["events"] == {"authorized": 1, "updateauthorized": 1}
    clock.advance(timedelta(hours=2))
    await platform.pushed()
    assert await platform.works(await platform.value())
    assert platform.weixin.sandbox.calls(LIST) == 0


async def test_a_refresh_token_that_was_replaced_unheard_is_recovered(
    platform: Platform, weixin: WeChat, clock: FakeClock
) -> None:
    await platform.register()
    weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    await platform.pushed()
    await platform.keeper.call("DELETE", f"/callbacks/{COMPONENT}")
    weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    clock.advance(timedelta(minutes=10))

    await platform.keeper.call("POST", f"/task/{COMPONENT}/4/{AUTHORIZER}/refresh")
    await platform.keeper.settle()

    assert await platform.works(await platform.value())
    assert (weixin.sandbox.calls(LIST), weixin.sandbox.calls(INFO)) == (1, 0)
    assert weixin.sandbox.calls(REFRESH) == 2


async def test_accounts_that_authorised_before_we_listened_are_found(
    platform: Platform, weixin: WeChat
) -> None:
    await platform.keeper.call("DELETE", f"/callbacks/{COMPONENT}")
    weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    await platform.expect()
    platform.tell_wechat()

    await platform.register({"type": 4, "authorizer_appid": AUTHORIZER})
    await platform.pushed()

    assert await platform.works(await platform.value())
    assert weixin.sandbox.calls(LIST) == 1


async def test_an_account_that_never_authorised_is_said_to_have_to(
    platform: Platform, weixin: WeChat, clock: FakeClock
) -> None:
    await platform.pushed()
    await platform.register({"type": 4, "authorizer_appid": AUTHORIZER})
    await platform.keeper.settle()

    job = await platform.job()
    assert job["state"] == "revoked"
    assert job["error"]["errcode"] == 61003
    assert "authorisation page" in job["error"]["advice"]
    clock.advance(timedelta(days=1))
    await platform.pushed()
    assert (weixin.sandbox.calls(LIST), weixin.sandbox.calls(INFO)) == (1, 1)


async def test_a_refresh_token_that_cannot_be_recovered_is_asked_about_once_a_day(
    platform: Platform, weixin: WeChat, clock: FakeClock
) -> None:
    await platform.register()
    weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    await platform.pushed()
    weixin.sandbox.script(REFRESH, errcode=61023, times=None)
    before = weixin.sandbox.calls(REFRESH)

    for _ in range(24):
        clock.advance(timedelta(hours=1))
        await platform.pushed()

    job = await platform.job()
    assert job["error"]["errcode"] == 61023
    assert "must authorise the platform again" in job["error"]["advice"]
    assert weixin.sandbox.calls(REFRESH) - before <= 3
    assert weixin.sandbox.calls(LIST) == 1
    weixin.sandbox.clear_scripts()
    weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    await platform.pushed()
    assert await platform.works(await platform.value())


async def test_a_code_that_was_used_up_by_a_call_that_was_cut_off_is_no_loss(
    platform: Platform, weixin: WeChat, clock: FakeClock
) -> None:
    await platform.register()
    await platform.pushed()
    weixin.sandbox.script(QUERY_AUTH, lose=True)
    weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    await platform.pushed()
    deferred = (await platform.view())["waiting"]

    clock.advance(timedelta(minutes=1))
    await platform.keeper.settle()

    assert len(deferred) == 1
    assert await platform.works(await platform.value())
    assert weixin.sandbox.calls(LIST) == 1


async def test_a_platform_token_that_died_is_fetched_anew_before_the_code_is_exchanged(
    platform: Platform, weixin: WeChat, clock: FakeClock
) -> None:
    await platform.register()
    await platform.pushed()
    dead = await platform.keeper.value(f"{COMPONENT}/3")
    weixin.sandbox.kill(dead)
    weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)

    await platform.pushed()
    clock.advance(timedelta(minutes=1))
    await platform.keeper.settle()

    assert await platform.keeper.value(f"{COMPONENT}/3") != dead
    assert await platform.works(await platform.value())
    assert weixin.sandbox.calls(LIST) == 0


async def test_wechat_in_a_bad_mood_delays_an_account_and_no_more(
    platform: Platform, weixin: WeChat, clock: FakeClock
) -> None:
    await platform.register()
    await platform.pushed()
    weixin.sandbox.script(QUERY_AUTH, errcode=45011, times=3)
    weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    await platform.pushed()
    (waiting,) = (await platform.view())["waiting"]

    for _ in range(4):
        clock.advance(timedelta(minutes=1))
        await platform.keeper.settle()

    assert "45011" in waiting["note"]
    assert await platform.works(await platform.value())
    assert weixin.sandbox.calls(QUERY_AUTH) == 4


async def test_a_daemon_whose_loops_turn_sees_to_an_account_at_once(
    tmp_path: Path, business: Business
) -> None:
    clock = SystemClock()
    async with wechat(clock) as weixin, daemon(tmp_path, weixin.url) as keeper:
        platform = Platform(keeper, weixin)
        await platform.expect()
        platform.tell_wechat()
        await platform.register(notify=business.url("/n"))
        await weixin.sandbox.push_once()
        await business.called(1)
        weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)

        await weixin.sandbox.push_once()

        _, told = await business.called(2)
        assert told.json["authorizer_access_token"] == await platform.value()


async def test_an_event_that_was_kept_is_acted_on_after_a_restart(
    tmp_path: Path, weixin: WeChat, clock: FakeClock
) -> None:
    async with daemon(tmp_path, weixin.url, clock=clock) as keeper:
        platform = Platform(keeper, weixin)
        await platform.expect()
        platform.tell_wechat()
        await platform.register()
        await platform.pushed()
        weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
        accepted = await weixin.sandbox.push_once()
        assert await keeper.jobs("?type=4") == []

    async with daemon(tmp_path, weixin.url, clock=clock) as keeper:
        await keeper.settle()
        value = await keeper.value(f"{COMPONENT}/4/{AUTHORIZER}")

    assert accepted == 1
    assert await platform.works(value)


async def test_tickets_that_stay_away_are_asked_for_once_in_half_an_hour(
    platform: Platform, weixin: WeChat, clock: FakeClock
) -> None:
    await platform.register()
    await platform.pushed()

    async def pass_minutes(minutes: int, *, step: int) -> None:
        for _ in range(0, minutes, step):
            clock.advance(timedelta(minutes=step))
            await platform.keeper.settle()

    await pass_minutes(29, step=29)
    assert weixin.sandbox.calls(START_PUSH) == 0
    await pass_minutes(62, step=2)
    view = await platform.view()

    assert weixin.sandbox.calls(START_PUSH) == 3
    assert view["answer"] == "ok"
    assert view["advice"].startswith("no ticket has come for 91 minutes: asked to push again")
    assert "授权事件接收URL" in view["advice"]
    weixin.sandbox.script(START_PUSH, errcode=40125)
    await pass_minutes(30, step=30)
    refused = await platform.view()
    assert "40125" in refused["answer"]
    assert "AppSecret" in refused["advice"]
    await platform.pushed()
    again = await platform.view()
    assert (again["advice"], again["answer"]) == ("", "")


async def test_the_key_can_be_changed_without_losing_a_push_and_one_former_key_is_accepted(
    platform: Platform, clock: FakeClock
) -> None:
    accepted = [(await platform.expect(key=OTHER_KEY)) and await platform.pushed()]

    clock.advance(timedelta(minutes=10))
    platform.tell_wechat(key=OTHER_KEY)
    accepted.append(await platform.pushed())
    accepts_former = (await platform.view())["accepts_former"]

    clock.advance(timedelta(minutes=10))
    await platform.expect(key=OTHER_KEY)  # the same again changes nothing
    platform.tell_wechat(key=KEY)
    accepted.append(await platform.pushed())

    clock.advance(timedelta(minutes=10))
    await platform.expect(key=OTHER_KEY[::-1])
    accepted.append(await platform.pushed())

    assert accepts_former is True
    assert accepted == [1, 1, 1, 0]


async def test_a_listing_shows_no_secret_and_nothing_that_wechats_console_would_not_take(
    platform: Platform,
) -> None:
    cases: list[tuple[dict[str, object], str]] = [
        ({"token": "testtoken", "encoding_aes_key": "short"}, "encoding_aes_key"),
        ({"token": "t", "encoding_aes_key": KEY}, "token"),
        ({"token": "testtoken", "encoding_aes_key": KEY + "="}, "encoding_aes_key"),
        ({"token": "testtoken", "encoding_aes_key": KEY, "x": 1}, ""),
    ]

    for body, field in cases:
        refused = await platform.keeper.call("PUT", f"/callbacks/{OTHER}", body=body)
        assert refused.status == 400
        assert refused.json["message"].startswith(field), field
    answer = await platform.keeper.call("GET", "/callbacks")

    assert [view["path"] for view in answer.result] == [f"/wechat/callback/{COMPONENT}"]
    assert KEY not in str(answer.json)
    assert "testtoken" not in str(answer.json)


async def test_a_platform_that_is_removed_is_forgotten(platform: Platform) -> None:
    await platform.pushed()

    removed = await platform.keeper.call("DELETE", f"/callbacks/{COMPONENT}")
    again = await platform.keeper.call("DELETE", f"/callbacks/{COMPONENT}")

    assert (removed.status, again.status) == (200, 404)
    assert (await platform.register()).status == 400


async def test_an_app_is_told_that_its_account_has_to_authorise_the_platform_again(
    platform: Platform,
) -> None:
    await platform.authorise()
    await platform.keeper.register({"type": 1, "authorizer_appid": AUTHORIZER}, appid=COMPONENT)
    platform.weixin.sandbox.revoke_authorizer(COMPONENT, AUTHORIZER)
    await platform.pushed()

    body = {"name": "shop", "appid": AUTHORIZER}
    made = await platform.keeper.call("POST", "/v1/apps", body=body)
    pages = await allow(platform.keeper, "https://shop.example", appid=AUTHORIZER)
    async with browser(platform.keeper) as admin:
        await admin.sign_in(platform.keeper.daemon.admin_key)
        page = await admin.open(f"/console/apps/{made.result['id']}")
        write = await admin.open("/console/reminders/write")
        planned = await admin.submit(
            write, "/console/reminders/write", topics=["*"], when="明天下午3点开会"
        )

    told = (
        f"account {AUTHORIZER} has to authorise the platform {COMPONENT} again: until it does, the platform cannot act "
        "for it"
    )
    assert made.json["message"] == pages.json["message"] == f"the {told}"
    assert f"The {told}." in page.text
    assert planned.text.count(f"The {told}.") == 1
    assert planned.root.one("section", id="understood")
    assert "/console/credentials/register?appid" not in page.html
