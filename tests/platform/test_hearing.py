"""The door itself: what users did is told in time, once, and again only if that failed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.house import COMPONENT
from tests.platform.sealing import PLAIN, Sender, said
from wechat_scheduler.audience.user_acts import UserAct
from wechat_scheduler.credentials.inputs import Sibling
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import RefusedPushError, StorageError, UnavailableError
from wechat_scheduler.pushes.intake import PATIENCE, Intake
from wechat_scheduler.pushes.model import Mending, PushedMessage, Secrets
from wechat_scheduler.wechat.decoding import PushDecoder

HELLO = said(Content="你好", MsgId="7")


class Listener:
    """An account in 明文模式, and a listener to its users."""

    def __init__(self) -> None:
        self.heard: list[UserAct] = []
        self.trouble: list[Exception] = []
        self.mendings: list[Mending] = []
        self.unread_ones = 0
        self.received_of: list[str] = []
        self.reply = ""
        self.open = asyncio.Event()
        self.open.set()

    async def secrets(self, appid: str) -> Secrets | None:
        return PLAIN if appid == COMPONENT else None

    async def platforms(self) -> Sequence[tuple[str, Secrets]]:
        return ()

    async def verified(self, *_: Any, **__: Any) -> None:
        pass

    async def put_ticket(self, *_: Any, **__: Any) -> bool:
        raise AssertionError("no ticket comes in the clear")

    async def sibling(self, key: JobKey) -> Sibling | None:
        raise AssertionError("no platform passes a push on")

    def received(self, appid: str) -> None:
        self.received_of.append(appid)

    def mended(self, message: PushedMessage) -> None:
        self.mendings += message.mended

    def unread(self, message: PushedMessage) -> None:
        self.unread_ones += 1

    async def note(self, *_: Any, **__: Any) -> None:
        """What is refused is stored elsewhere."""

    async def hear(self, heard: UserAct) -> str:
        await self.open.wait()
        if self.trouble:
            raise self.trouble.pop()
        self.heard.append(heard)
        return self.reply


class NoEvents:
    """A store that no platform's event may reach."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
async def intake(listener: Listener, clock: FakeClock) -> AsyncIterator[Intake]:
    async def changed(_: object) -> None:
        raise AssertionError("no job is concerned")

    async with Supervisor() as supervisor:
        yield Intake(
            listener,
            NoEvents(),
            listener,
            PushDecoder(),
            supervisor,
            history=listener,
            observer=listener,
            clock=clock,
            changed=changed,
            wake=lambda at=None: None,
            hear=listener.hear,
        )


async def test_a_repeat_is_acknowledged_and_told_once(intake: Intake, listener: Listener) -> None:
    push = Sender().plain(HELLO)

    for _ in range(3):
        await intake.receive(COMPONENT, push)

    assert [heard.text for heard in listener.heard] == ["你好"]
    assert listener.received_of == [COMPONENT]
    assert intake.last_refusal(COMPONENT) is None


async def test_a_repeat_gets_the_reply_once_more(intake: Intake, listener: Listener) -> None:
    sender, listener.reply = Sender(), "好的"
    push = sender.plain(HELLO)

    replies = [await intake.receive(COMPONENT, push) for _ in range(2)]
    listener.reply = ""  # the act is done
    replies.append(await intake.receive(COMPONENT, sender.plain(HELLO)))
    other = await intake.receive(COMPONENT, sender.plain(said(Content="你好", MsgId="8")))

    assert [b"<![CDATA[\xe5\xa5\xbd\xe7\x9a\x84]]>" in reply for reply in replies] == [True] * 3
    assert other == b""


async def test_a_mended_push_is_handled_and_counted_once(
    intake: Intake, listener: Listener
) -> None:
    push = Sender().open(HELLO.encode().replace("好".encode(), b"\xe5\xa5\x10"))

    for _ in range(2):
        await intake.receive(COMPONENT, push)

    assert [heard.text for heard in listener.heard] == ["你\ufffd"]
    assert sorted(listener.mendings) == [Mending.CHARACTERS, Mending.ENCODING]


async def test_a_plain_signature_serves_one_body(intake: Intake, listener: Listener) -> None:
    push = Sender().plain(HELLO)
    await intake.receive(COMPONENT, push)

    with pytest.raises(RefusedPushError):
        await intake.receive(COMPONENT, replace(push, body=said(Content="给钱").encode()))

    assert len(listener.heard) == 1


async def test_what_could_not_be_kept_is_told_again(intake: Intake, listener: Listener) -> None:
    push = Sender().plain(HELLO)
    listener.trouble = [StorageError("the store does not answer")]
    with pytest.raises(StorageError):
        await intake.receive(COMPONENT, push)

    await intake.receive(COMPONENT, push)

    assert len(listener.heard) == 1


async def test_a_repeat_that_overtakes_is_told_to_come_again(
    intake: Intake, listener: Listener, clock: FakeClock
) -> None:
    push = Sender().plain(HELLO)
    listener.open.clear()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(intake.receive(COMPONENT, push))
        await clock.asleep()
        with pytest.raises(UnavailableError):
            await intake.receive(COMPONENT, push)
        listener.open.set()
        await first

    await intake.receive(COMPONENT, push)

    assert len(listener.heard) == 1


async def test_a_listener_that_hangs_is_given_up_before_wechat_hangs_up(
    intake: Intake, listener: Listener, clock: FakeClock
) -> None:
    push = Sender().plain(HELLO)
    listener.open.clear()
    async with asyncio.TaskGroup() as group:
        receiving = group.create_task(_outcome(intake, push))
        await clock.asleep()
        clock.advance(PATIENCE)
    listener.open.set()

    await intake.receive(COMPONENT, push)

    assert isinstance(receiving.result(), UnavailableError)
    assert len(listener.heard) == 1


async def _outcome(intake: Intake, push: Any) -> Exception | None:
    try:
        await intake.receive(COMPONENT, push)
    except UnavailableError as error:
        return error
    return None
