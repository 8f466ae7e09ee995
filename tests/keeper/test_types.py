"""The five types, from registration to rotation, against the sandbox."""

from datetime import timedelta
from functools import partial

from tests.business import Business
from tests.clock import FakeClock
from tests.house import APPID, AUTHORIZER, COMPONENT, Caller, WeChat

LIST = "/cgi-bin/component/api_get_authorizer_list"


async def turn(keeper: Caller, clock: FakeClock, hours: float) -> None:
    """Let that much time pass, doing what falls due when it does."""
    end = clock.now() + timedelta(hours=hours)
    while True:
        await keeper.settle()
        due = [job["next_attempt_at"] for job in await keeper.jobs()]
        instant = min(map(clock.now().fromisoformat, due))
        if instant > end:
            break
        clock.advance_to(instant)
    clock.advance_to(end)


async def test_an_access_token_is_fetched_handed_out_and_rotated(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    first = await keeper.value(f"{APPID}/0")

    await turn(keeper, clock, 2.5)

    second = await keeper.value(f"{APPID}/access_token")
    assert second != first
    assert weixin.sandbox.calls("/cgi-bin/stable_token", APPID) == 2


async def test_an_account_can_ask_for_the_plain_token_endpoint(
    keeper: Caller, weixin: WeChat
) -> None:
    await keeper.register({"type": 0}, access_token_endpoint="token")

    await keeper.settle()

    assert await keeper.value(f"{APPID}/0")
    assert weixin.sandbox.calls("/cgi-bin/token", APPID) == 1
    assert weixin.sandbox.calls("/cgi-bin/stable_token", APPID) == 0


async def test_tickets_take_the_token_of_their_sibling(keeper: Caller, weixin: WeChat) -> None:
    await keeper.register({"type": 1}, {"type": "wx_card_ticket"}, {"type": 0})

    await keeper.settle()

    jsapi, card = await keeper.value(f"{APPID}/1"), await keeper.value(f"{APPID}/wx_card_ticket")
    assert jsapi != card
    assert weixin.sandbox.calls("/cgi-bin/stable_token", APPID) == 1


async def test_a_ticket_outlives_many_tokens_and_is_asked_for_sparingly(
    keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    await keeper.register({"type": 0}, {"type": 1})
    await keeper.settle()
    first = await keeper.value(f"{APPID}/1")

    await turn(keeper, clock, 5)

    assert await keeper.value(f"{APPID}/1") != first
    assert weixin.sandbox.calls("/cgi-bin/ticket/getticket", APPID) < 20


async def test_a_ticket_without_a_sibling_takes_the_token_from_params(
    keeper: Caller, weixin: WeChat, business: Business
) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    business.params = {"access_token": await keeper.value(f"{APPID}/0")}
    await keeper.call("DELETE", f"/task/{APPID}/0")

    await keeper.register({"type": 1, "params": business.url("/params?tenant=7")})
    await keeper.settle()

    assert await keeper.value(f"{APPID}/1")
    assert business.calls[0].target == f"/params?tenant=7&appid={APPID}&type=1"


async def test_an_oauth2_token_is_kept_per_user(
    keeper: Caller, weixin: WeChat, business: Business
) -> None:
    alice, bob = weixin.sandbox.grant_user(APPID), weixin.sandbox.grant_user(APPID)
    for user in (alice, bob):
        business.params = {"refresh_token": user.refresh_token}
        await keeper.register({"type": 2, "openid": user.openid, "params": business.url("/p")})
        await keeper.settle()

    of_alice = await keeper.value(f"{APPID}/2/{alice.openid}")
    of_bob = await keeper.value(f"{APPID}/2/{bob.openid}")

    assert of_alice != of_bob
    ambiguous = await keeper.fetch(f"{APPID}/2")
    assert ambiguous.status == 409
    assert alice.openid in ambiguous.json["message"] or bob.openid in ambiguous.json["message"]


async def test_an_oauth2_task_without_openid_is_bound_to_the_one_wechat_names(
    keeper: Caller, weixin: WeChat, business: Business
) -> None:
    user = weixin.sandbox.grant_user(APPID)
    business.params = {"refresh_token": user.refresh_token}

    await keeper.register({"type": 2, "params": business.url("/p"), "notify": business.url("/n")})
    await keeper.settle()

    value = await keeper.value(f"{APPID}/2")
    assert await keeper.value(f"{APPID}/2/{user.openid}") == value
    (notified,) = [call for call in business.calls if call.method == "POST"]
    assert ("openid", user.openid) in notified.pairs


async def test_new_params_that_lead_to_another_user_change_whose_token_the_url_serves(
    keeper: Caller, weixin: WeChat, business: Business
) -> None:
    alice, bob = weixin.sandbox.grant_user(APPID), weixin.sandbox.grant_user(APPID)
    for name, user in (("/a", alice), ("/b", bob)):
        business.answers[name] = partial(dict, refresh_token=user.refresh_token)
        await keeper.register({"type": 2, "params": business.url(name)})
        await keeper.settle()

    assert await keeper.value(f"{APPID}/2") == await keeper.value(f"{APPID}/2/{bob.openid}")
    assert (await keeper.fetch(f"{APPID}/2/{alice.openid}")).status == 404


async def test_two_registrations_of_one_user_share_a_job(
    keeper: Caller, weixin: WeChat, business: Business, clock: FakeClock
) -> None:
    user = weixin.sandbox.grant_user(APPID)
    business.params = {"refresh_token": user.refresh_token}
    await keeper.register({"type": 2, "openid": user.openid, "params": business.url("/p")})
    await keeper.settle()

    await keeper.register({"type": 2, "params": business.url("/p")})
    await keeper.settle()

    (job,) = await keeper.jobs("?type=2")
    assert job["subject"] == user.openid
    assert await keeper.value(f"{APPID}/2") == await keeper.value(f"{APPID}/2/{user.openid}")
    await turn(keeper, clock, 5)
    assert (await keeper.job("type=2"))["state"] == "fresh"

    # `params` may be left out now that a refresh token is kept.
    answer = await keeper.register({"type": 2})

    assert answer.result == "success"


async def test_an_oauth2_token_rotates_by_its_own_refresh_token(
    keeper: Caller, weixin: WeChat, business: Business, clock: FakeClock
) -> None:
    user = weixin.sandbox.grant_user(APPID)
    business.params = {"refresh_token": user.refresh_token}
    await keeper.register({"type": 2, "params": business.url("/p")})
    await keeper.settle()
    asked = len(business.calls)

    await turn(keeper, clock, 8)

    assert (await keeper.job("type=2"))["version"] >= 4
    assert len(business.calls) == asked


async def test_a_platform_keeps_its_own_token_and_those_of_its_authorizers(
    keeper: Caller, weixin: WeChat, business: Business, clock: FakeClock
) -> None:
    others = [AUTHORIZER, "wx4444444444444444"]
    business.params = {"component_verify_ticket": weixin.sandbox.ticket(COMPONENT).value}
    await keeper.register({"type": 3, "params": business.url("/t")}, appid=COMPONENT)
    for appid in others:
        grant = weixin.sandbox.grant_authorizer(COMPONENT, appid)
        business.params |= {"authorizer_refresh_token": grant.authorizer_refresh_token}
        await keeper.register(
            {"type": 4, "authorizer_appid": appid, "params": business.url("/a")},
            {"type": 1, "authorizer_appid": appid},
            appid=COMPONENT,
        )
        await keeper.settle()
    values = {await keeper.value(f"{COMPONENT}/4/{appid}") for appid in others}
    tickets = {await keeper.value(f"{COMPONENT}/1/{appid}") for appid in others}

    business.params = {"component_verify_ticket": weixin.sandbox.ticket(COMPONENT).value}
    await turn(keeper, clock, 2.5)

    assert len(values) == len(tickets) == 2
    later = {await keeper.value(f"{COMPONENT}/4/{appid}") for appid in others}
    assert not later & values


async def test_an_authorizer_without_a_name_gets_it_from_params(
    keeper: Caller, weixin: WeChat, business: Business
) -> None:
    grant = weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    business.params = {
        "component_verify_ticket": weixin.sandbox.ticket(COMPONENT).value,
        "authorizer_refresh_token": grant.authorizer_refresh_token,
        "authorizer_appid": AUTHORIZER,
    }

    await keeper.register(
        {"type": 3, "params": business.url("/t")},
        {"type": 4, "params": business.url("/a")},
        appid=COMPONENT,
    )
    await keeper.settle()

    assert await keeper.value(f"{COMPONENT}/4") == await keeper.value(f"{COMPONENT}/4/{AUTHORIZER}")


async def test_an_authorizer_is_found_by_the_refresh_token_that_params_answers_alone(
    keeper: Caller, weixin: WeChat, business: Business, clock: FakeClock
) -> None:
    weixin.sandbox.grant_authorizer(COMPONENT, "wx4444444444444444")
    grant = weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    business.params = {
        "component_verify_ticket": weixin.sandbox.ticket(COMPONENT).value,
        "authorizer_refresh_token": grant.authorizer_refresh_token,
    }

    await keeper.register(
        {"type": 4, "params": business.url("/a")},
        {"type": 3, "params": business.url("/t")},
        appid=COMPONENT,
    )
    await keeper.settle()
    value = await keeper.value(f"{COMPONENT}/4")
    clock.advance(timedelta(hours=2))
    await keeper.settle()

    assert value != await keeper.value(f"{COMPONENT}/4/{AUTHORIZER}")
    assert weixin.sandbox.calls(LIST, COMPONENT) == 1


async def test_a_refresh_token_that_no_account_has_is_told_in_a_sentence_until_it_is_corrected(
    keeper: Caller, weixin: WeChat, business: Business, clock: FakeClock
) -> None:
    business.params = {
        "component_verify_ticket": weixin.sandbox.ticket(COMPONENT).value,
        "authorizer_refresh_token": "of nobody",
    }
    await keeper.register(
        {"type": 3, "params": business.url("/t")},
        {"type": 4, "params": business.url("/a")},
        appid=COMPONENT,
    )
    await keeper.settle()

    refused = await keeper.fetch(f"{COMPONENT}/4")
    grant = weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    business.params |= {"authorizer_refresh_token": grant.authorizer_refresh_token}
    clock.advance(timedelta(minutes=1))
    await keeper.settle()

    assert refused.status == 503
    assert refused.json["message"].endswith(
        "no authorizer_appid: params returned an authorizer_refresh_token only, and no account that "
        f"authorised {COMPONENT} has it; let params return the authorizer_appid too"
    )
    assert await keeper.value(f"{COMPONENT}/4/{AUTHORIZER}")


NEEDS: list[tuple[dict[str, object], str]] = [
    ({"type": 1}, "access_token"),
    ({"type": 2}, "refresh_token"),
    ({"type": 3}, "component_verify_ticket"),
    ({"type": 4, "authorizer_appid": AUTHORIZER}, "component_access_token"),
]


async def test_params_must_be_given_where_nothing_else_brings_the_input(keeper: Caller) -> None:
    for task, need in NEEDS:
        answer = await keeper.register(
            {"type": "wx_card_ticket", "params": "http://127.0.0.1:1/"}, task
        )

        assert answer.status == 400, need
        assert answer.json["message"].startswith("tasks[1].params: ")
        assert need in answer.json["message"]
        assert await keeper.jobs() == [], need
