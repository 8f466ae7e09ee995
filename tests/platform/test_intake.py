"""Pushes over HTTP: forged ones are refused and leave no trace."""

import asyncio
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.clock import START, FakeClock
from tests.house import AUTHORIZER, COMPONENT, Answer, Caller
from tests.platform.listening import PATH, Platform
from tests.platform.sealing import KEY, OTHER_KEY, TOKEN, Sender, event, said, ticket
from tests.platform.test_decoding import BOMB
from wechat_scheduler.pushes.intake import PATIENCE
from wechat_scheduler.pushes.replays import WINDOW
from wechat_scheduler.sandbox.pushes.codec import encrypt
from wechat_scheduler.wechat.decoding import signature

SECOND = timedelta(seconds=1)
CODE = {"AuthorizationCode": "code", "AuthorizationCodeExpiredTime": "1900000000"}


async def is_empty(platform: Platform) -> bool:
    view = await platform.view()
    return view["ticket_at"] is None and view["events"] == {}


def refused(answer: Answer) -> bool:
    return (answer.status, answer.json) == (
        403,
        {"code": 403, "message": "this is refused", "result": "", "reason": "push.refused"},
    )


async def test_a_push_that_is_wechats_is_answered_with_the_word_it_waits_for(
    platform: Platform,
) -> None:
    answer = await platform.send(Sender().push(ticket()))

    assert (answer.status, answer.json) == (200, "success")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert not await is_empty(platform)


async def test_who_is_not_wechat_is_told_nothing_and_leaves_nothing(
    platform: Platform, clock: FakeClock
) -> None:
    valid, now = Sender().push(ticket()), clock.now()
    hostile = [
        Sender(token="another").push(ticket()),
        Sender(key=OTHER_KEY).push(ticket()),
        Sender(appid=AUTHORIZER).push(ticket()),
        Sender().push(ticket(), now - WINDOW - SECOND),
        Sender().push(ticket(), now + WINDOW + SECOND),
        Sender().push(BOMB),
        Sender().push("<xml>"),
        replace(valid, body=BOMB.encode()),
        replace(valid, body=b""),
        replace(valid, body=valid.body + b" " * 128 * 1024),
        replace(valid, msg_signature=valid.signature),
        replace(valid, timestamp=""),
    ]

    unknown = Sender(appid=AUTHORIZER).push(ticket())

    answers = [await platform.send(push) for push in hostile]
    answers += [
        await platform.send(unknown, path=f"/wechat/callback/{AUTHORIZER}"),
        await platform.keeper.call("POST", PATH, data=b"<xml/>", key=""),
        await platform.keeper.call("POST", PATH, key=""),
    ]
    compressed = await platform.keeper.call(
        "POST", PATH, data=b"\x1f\x8b", key="", headers={"Content-Encoding": "gzip"}
    )

    assert all(map(refused, answers))
    assert compressed.status in (400, 403)
    assert await is_empty(platform)


async def test_a_push_of_wechats_that_lacks_a_field_is_acknowledged_and_counted(
    platform: Platform,
) -> None:
    messages = [
        ticket(""),
        event("unauthorized", AuthorizerAppid="../.."),
        event("unauthorized"),
        event("authorized", AuthorizerAppid="", **CODE),
        "<xml><InfoType>order path</InfoType></xml>",
        said("event", Event="TEMPLATESENDJOBFINISH", Status="success"),
        said("event", Event="subscribe", FromUserName=""),
        "<xml><MsgType>event</MsgType><Event>CLICK</Event></xml>",
    ]
    await platform.register()
    platform.weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    await platform.pushed()
    before = (await platform.view())["events"]
    sender, unread = Sender(), 0

    for message in messages:
        path = PATH if "InfoType" in message else f"{PATH}/{AUTHORIZER}"
        push = sender.push(message)
        with capture_logs() as logs:
            answers = [await platform.send(push, path) for _ in range(2)]

        counted = await counted_unread(platform)
        assert [answer.status for answer in answers] == [200, 200], message
        assert "push.unread" in [line["event"] for line in logs], message
        assert counted > unread, message
        unread = counted
    assert (await platform.view())["events"] == before


async def counted_unread(platform: Platform) -> int:
    metrics = str((await platform.keeper.call("GET", "/metrics")).json)
    return sum(
        map(int, re.findall(r'pushes_unread_total\{sort="(?:Info|Msg)Type"\} (\d+)', metrics))
    )


async def test_the_same_push_is_accepted_once_and_answered_alike(
    platform: Platform, clock: FakeClock
) -> None:
    """WeChat, which did not get the answer, comes again; so may an eavesdropper."""
    push = Sender().push(event("notify_third_fasteregister", status="0"))
    await platform.send(push)

    assert (await platform.send(push)).json == "success"
    clock.advance(WINDOW)
    assert (await platform.send(push)).json == "success"
    clock.advance(SECOND)
    assert refused(await platform.send(push))
    assert (await platform.view())["events"] == {"notify_third_fasteregister": 1}


async def test_a_push_cut_anew_between_timestamp_and_nonce_is_the_same_push(
    platform: Platform,
) -> None:
    """What is signed is the sorted parts run together, so the cut between them is not signed."""
    sealed = encrypt(ticket(), KEY, COMPONENT, salt=bytes(16))
    push = replace(Sender().signed(sealed), nonce="000")
    push = replace(push, msg_signature=signature(TOKEN, push.timestamp, push.nonce, sealed))
    recut = replace(push, timestamp="0" + push.timestamp, nonce="00")
    await platform.send(push)

    with capture_logs() as logs:
        answer = await platform.send(recut)

    assert answer.json == "success"
    assert [log["event"] for log in logs if log["event"].startswith("push.")] == ["push.repeated"]


async def test_an_event_is_accepted_and_done_once_and_an_older_one_that_comes_late_changes_nothing(
    platform: Platform, clock: FakeClock
) -> None:
    sender, earlier = Sender(), clock.now() - timedelta(hours=1)
    message = event("authorized", AuthorizerAppid=AUTHORIZER, **CODE)
    old = event("unauthorized", earlier, AuthorizerAppid=AUTHORIZER)

    answers = [(await platform.send(sender.push(message))).json for _ in range(3)]
    events = (await platform.view())["events"]
    await platform.send(sender.push(old))

    waiting = (await platform.view())["waiting"]
    assert (answers, events) == (["success"] * 3, {"authorized": 1})
    assert [found["info_type"] for found in waiting] == ["authorized"]


async def test_what_nobody_acts_on_is_acknowledged_and_counted(platform: Platform) -> None:
    sender = Sender()
    for at in (START, START, START + SECOND):
        message = event("notify_third_fasteregister", at, status="0")
        assert (await platform.send(sender.push(message))).json == "success"

    view = await platform.view()
    assert view["events"] == {"notify_third_fasteregister": 2}
    assert view["waiting"] == []


@pytest.mark.on_disk
async def test_a_store_that_does_not_commit_makes_wechat_come_again(
    platform: Platform, clock: FakeClock, tmp_path: Path
) -> None:
    push = Sender().push(ticket())
    database = tmp_path / "state" / "wechat-scheduler.db"
    with closing(sqlite3.connect(database)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(platform.send(push))
            await clock.asleep()
            clock.advance(PATIENCE)
        other.rollback()

    again = await platform.send(push)

    assert sending.result().status == 503
    assert sending.result().headers["Retry-After"] == "1"
    assert again.json == "success"


async def test_the_console_is_told_that_we_know_the_token_and_others_are_told_nothing(
    platform: Platform,
) -> None:
    push = Sender().push(ticket())
    query = {
        "signature": push.signature,
        "timestamp": push.timestamp,
        "nonce": push.nonce,
        "echostr": "5927782489",
    }
    others = [
        {"signature": "0" * 40},
        {"timestamp": "1413192605"},
        {"echostr": ""},
        {"echostr": "x" * 257},
        {"echostr": "%7F"},
        {"nonce": ""},
    ]

    answer, *denied = [await verified(platform, query | changes) for changes in ({}, *others)]

    assert (answer.status, answer.json) == (200, "5927782489")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert [
        changes for changes, each in zip(others, denied, strict=True) if not refused(each)
    ] == []


async def verified(platform: Platform, query: dict[str, str]) -> Answer:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    return await platform.keeper.call("GET", f"{PATH}?{text}", key="")


async def test_the_operator_learns_why_pushes_are_refused(
    platform: Platform, clock: FakeClock
) -> None:
    with capture_logs() as logs:
        for _ in range(5):
            await platform.send(Sender(token="another").push(ticket()))
        await platform.send(Sender(key=OTHER_KEY).push(ticket()))
    view = await platform.view()

    assert view["refused"]["count"] == 6
    assert "EncodingAESKey" in view["refused"]["reason"]
    assert view["advice"].startswith("the last push was refused: ")
    assert [log["count"] for log in logs if log["event"] == "push.refused"] == [1, 6]
    clock.advance(SECOND)
    await platform.send(Sender().push(ticket(), clock.now()))
    assert not (await platform.view())["advice"].startswith("the last push was refused")


async def test_a_stranger_fills_neither_log_nor_memory(keeper: Caller) -> None:
    with capture_logs() as logs:
        for number in range(20):
            path = f"/wechat/callback/wx{number:016d}"
            answer = await keeper.call("POST", path, data=b"<xml/>", key="")
            assert answer.status == 403

    assert logs == []


@pytest.mark.on_disk
async def test_three_tickets_are_kept_and_nothing_that_is_pushed_is_logged_or_in_the_clear(
    platform: Platform, clock: FakeClock, tmp_path: Path
) -> None:
    sender = Sender()
    secret: dict[str, Any] = CODE | {"AuthorizationCode": "PLANTED"}
    with capture_logs() as logs:
        for number in (1, 2, 3, 4, 4, 5, 3):
            message = ticket(f"ticket@@@PLANTED{number}", clock.now())
            await platform.send(sender.push(message))
        await platform.send(sender.push(event("authorized", AuthorizerAppid=AUTHORIZER, **secret)))
        await platform.keeper.settle()

    stored = b"".join(
        file.read_bytes() for file in (tmp_path / "state").glob("wechat-scheduler.db*")
    )
    with closing(sqlite3.connect(tmp_path / "state" / "wechat-scheduler.db")) as database:
        ((kept,),) = database.execute("SELECT count(*) FROM pushes").fetchall()
    assert kept == 3
    for planted in ("PLANTED", KEY, TOKEN):
        assert planted not in str(logs)
        assert planted.encode() not in stored
    assert COMPONENT.encode() in stored
