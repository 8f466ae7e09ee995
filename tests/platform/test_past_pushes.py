"""`GET /v1/pushes`: what came, and what became of it."""

from datetime import timedelta
from typing import Any

from tests.clock import FakeClock
from tests.house import APPID, AUTHORIZER, COMPONENT
from tests.platform.listening import Platform
from tests.platform.sealing import Sender, event, said, ticket
from wechat_scheduler.audience.model import SubscriberChange
from wechat_scheduler.pushes.refused_pushes import STORE_PAUSE

MESSAGES = f"/wechat/callback/{COMPONENT}/{AUTHORIZER}"
SECRET_WORDS = "我的密码是 hunter2"
SECOND = timedelta(seconds=1)


async def listed(platform: Platform, query: str = "", key: str | None = None) -> list[Any]:
    found: list[Any] = (await platform.keeper.call("GET", f"/v1/pushes{query}", key=key)).result
    return found


async def test_each_push_is_listed_with_what_became_of_it_without_its_text_and_by_account_and_kind(
    platform: Platform, clock: FakeClock
) -> None:
    await platform.authorise()
    clock.advance(SECOND)
    await platform.send(Sender().push(said(Content=SECRET_WORDS, MsgId="7")), MESSAGES)
    clock.advance(SECOND)
    await platform.send(Sender(token="another").push(ticket()))
    await platform.keeper.settle()

    found = await listed(platform)

    told = [(one["kind"], one["name"], one["state"], one["effect"]) for one in found]
    assert told == [
        ("refused", "", "refused", ""),
        ("act", "text", "handled", "answered"),
        ("ticket", "component_verify_ticket", "handled", ""),
        ("event", "authorized", "handled", ""),
    ]
    assert [one["appid"] for one in found] == [COMPONENT, AUTHORIZER, COMPONENT, COMPONENT]
    assert found[0]["reason"]
    assert found[1]["openid"] == "o-user"
    assert found[3]["authorizer_appid"] == AUTHORIZER
    assert "hunter2" not in str(found)
    of_account = await listed(platform, f"?appid={AUTHORIZER}")
    events = await listed(platform, "?kind=event")
    odd = await platform.keeper.call("GET", "/v1/pushes?kind=odd")
    stores = platform.keeper.daemon.ground.stores
    await stores.subscribers.change(found[1]["uid"], SubscriberChange(nickname="小红"))
    of_user = await listed(platform, f"?appid={AUTHORIZER}&openid=o-user")
    of_no_account = await platform.keeper.call("GET", "/v1/pushes?openid=o-user")
    of_nobody = await listed(platform, f"?appid={AUTHORIZER}&openid=o-nobody")
    of_both = await listed(platform, f"?appid={AUTHORIZER}&openid=o-user&kind=event")
    assert {one["kind"] for one in of_account} == {"act", "event"}
    assert {one["kind"] for one in events} == {"event"}
    assert odd.status == 400
    assert (of_no_account.status, of_no_account.json["message"]) == (
        400,
        "appid: is needed with openid, which is a user's at one account: add appid=",
    )
    assert [(one["kind"], one["openid"], one["nickname"]) for one in of_user] == [
        ("act", "o-user", "小红")
    ]
    assert (of_nobody, of_both, found[0]["uid"], found[1]["nickname"]) == ([], [], "", "")


async def test_pages_follow_one_another_where_many_came_in_one_instant(
    platform: Platform, clock: FakeClock
) -> None:
    await platform.authorise()
    for number in range(5):
        await platform.send(Sender().push(said(Content="x", MsgId=str(number))), MESSAGES)
    clock.advance(SECOND)
    await platform.send(Sender().push(said(Content="x", MsgId="9")), MESSAGES)
    whole = await listed(platform)
    paged, path = [], "/v1/pushes?limit=2"

    while path:
        answer = await platform.keeper.call("GET", path)
        paged += answer.result
        path = answer.headers.get("Link", "").partition(">")[0].lstrip("<")

    assert paged == whole
    assert len(whole) == 8


async def test_a_key_sees_the_pushes_of_its_accounts_and_users_only_with_push(
    platform: Platform,
) -> None:
    await platform.authorise()
    await platform.send(Sender().push(said(Content="x", MsgId="7")), MESSAGES)
    reads = await new_key(platform, "read")
    theirs = await new_key(platform, "read", "push", appids=[AUTHORIZER])
    others = await new_key(platform, "read", "push", appids=[APPID])

    kinds = [
        {one["kind"] for one in await listed(platform, key=key)} for key in (reads, theirs, others)
    ]
    refused = await platform.keeper.call("GET", "/v1/pushes?kind=act", key=reads)
    nosy = await platform.keeper.call("GET", "/v1/pushes?openid=o-user", key=reads)
    beyond = await platform.keeper.call("GET", f"/v1/pushes?appid={COMPONENT}", key=theirs)

    assert kinds == [{"event", "ticket"}, {"act"}, set()]
    assert (refused.status, refused.json["reason"]) == (403, "key.scope")
    assert (nosy.status, nosy.json["reason"]) == (403, "key.scope")
    assert (beyond.status, beyond.json["reason"]) == (403, "key.reach")


async def test_refused_pushes_of_an_hour_are_one_entry_stored_at_most_once_a_minute(
    platform: Platform, clock: FakeClock
) -> None:
    forged = Sender(token="another").push(ticket())
    counts = []
    for pause in (SECOND, SECOND, STORE_PAUSE):
        await platform.send(forged)
        counts.append([one["count"] for one in await listed(platform, "?kind=refused")])
        clock.advance(pause)
    await platform.send(Sender(token="another").push(ticket(), clock.now()))

    counts.append([one["count"] for one in await listed(platform, "?kind=refused")])

    assert counts == [[1], [1], [1], [4]]


async def test_a_push_that_cannot_be_read_is_listed_as_ignored_with_the_reason(
    platform: Platform,
) -> None:
    await platform.send(Sender().push(event("authorized")))

    (found,) = await listed(platform)

    assert (found["kind"], found["state"]) == ("refused", "ignored")
    assert "AuthorizerAppid" in found["reason"]


async def test_a_place_that_no_link_named_is_refused(platform: Platform) -> None:
    for after in ("x", "1", "1-", "-1", "99999999999999999-1"):
        answer = await platform.keeper.call("GET", f"/v1/pushes?after={after}")

        assert (after, answer.status, answer.json["reason"]) == (after, 400, "page.unknown")


async def new_key(platform: Platform, *scopes: str, **limits: Any) -> str:
    body = {"name": "k", "scopes": [*scopes]} | limits
    key: str = (await platform.keeper.call("POST", "/v1/keys", body=body)).result["key"]
    return key


async def test_push_endpoints_are_paged_and_those_of_others_left_out(platform: Platform) -> None:
    await platform.authorise()
    for appid in (APPID, AUTHORIZER):
        body = {"token": "token"}
        await platform.keeper.call("PUT", f"/callbacks/{appid}", body=body)
    theirs = await new_key(platform, "read", appids=[AUTHORIZER])
    paged, path = [], "/callbacks?limit=2"

    while path:
        answer = await platform.keeper.call("GET", path)
        paged.append([(one["appid"], one["events"]) for one in answer.result])
        path = answer.headers.get("Link", "").partition(">")[0].lstrip("<")
    one = (await platform.keeper.call("GET", f"/callbacks?appid={APPID}")).result
    seen = (await platform.keeper.call("GET", "/callbacks", key=theirs)).result

    assert paged == [[(APPID, {}), (COMPONENT, {"authorized": 1})], [(AUTHORIZER, {})]]
    assert [view["appid"] for view in one] == [APPID]
    assert [view["appid"] for view in seen] == [AUTHORIZER]
