"""Any text that a person can type, from the sandbox to the one who hears it, over real sockets."""

import random
import re
from collections.abc import AsyncIterator, Sequence
from itertools import product
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiohttp import web

from tests.clock import FakeClock
from tests.house import WeChat, served
from tests.platform.sealing import KEY, PLAIN, SECRETS, TOKEN
from tests.platform.test_dialect import ATTACKS, TEXTS
from wechat_scheduler.audience.user_acts import UserAct, UserActKind
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.pushes.intake import Intake
from wechat_scheduler.pushes.model import PushedMessage, Secrets
from wechat_scheduler.sandbox.options import AccountReceiver, PushFormat, PushMode
from wechat_scheduler.web.kit.services import SERVICES, Services
from wechat_scheduler.web.native import pushes
from wechat_scheduler.wechat.decoding import PushDecoder

OPENID = "o-alice"
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
END, SPLIT_END = "]]>", "]]]]><![CDATA[>"

# Each way in which WeChat may push to an account.
WAYS = {
    f"wx{number:016d}": way
    for number, way in enumerate(
        (mode, format_, unescaped)
        for mode, format_, unescaped in product(PushMode, PushFormat, (False, True))
        if format_ is PushFormat.XML or not unescaped
    )
}

fragments = (
    *ATTACKS,
    *TEXTS,
    END,
    SPLIT_END,
    END + SPLIT_END,
    "<![CDATA[",
    "]]",
    "</Content>",
    "o-bob",
    "\0",
    "\r\n",
)
ODD = "\0\x08\t\n\r\x1b\x7f\x85\xa0\u0664\u200b\u2028\ufeff\ufffe\uffff\U0001f44d\U0010ffff<>&'\"]["


def texts() -> list[str]:
    """Each fragment alone, and mixtures of fragments with characters of all kinds. The same in each run."""
    rng = random.Random(7)

    def piece() -> str:
        if rng.random() < 0.6:
            return rng.choice(fragments)
        return "".join(rng.choice((rng.choice(ODD), chr(rng.randrange(1, 0xD800)))) for _ in "12")

    mixtures = ("".join(piece() for _ in range(1 + number % 5)) for number in range(12))
    return [text for text in (*fragments, *mixtures) if not is_ambiguous(text)]


class Account:
    """Keeps what is heard of users, in the place of the audience."""

    def __init__(self) -> None:
        self.heard: list[UserAct] = []

    async def secrets(self, appid: str) -> Secrets | None:
        return PLAIN if WAYS[appid][0] is PushMode.PLAIN else SECRETS

    async def platforms(self) -> Sequence[tuple[str, Secrets]]:
        return ()

    async def verified(self, *_: Any, **__: Any) -> None:
        pass

    async def put_ticket(self, *_: Any, **__: Any) -> bool:
        raise AssertionError("no ticket comes from a user")

    async def put(self, *_: Any, **__: Any) -> bool:
        raise AssertionError("no event of a platform comes from a user")

    def received(self, appid: str) -> None:
        pass

    def mended(self, message: PushedMessage) -> None:
        pass

    def unread(self, message: PushedMessage) -> None:
        raise AssertionError("what users type lacks nothing")

    async def changed(self, _: object) -> None:
        raise AssertionError("no job is concerned")

    async def hear(self, heard: UserAct) -> str:
        self.heard.append(heard)
        return ""


@pytest.fixture
async def account(weixin: WeChat, clock: FakeClock) -> AsyncIterator[Account]:
    """Every account of WAYS pushes here what its follower does."""
    account = Account()
    async with Supervisor() as supervisor:
        intake = Intake(
            account,
            cast(Any, account),
            cast(Any, account),
            PushDecoder(),
            supervisor,
            history=cast(Any, account),
            observer=account,
            clock=clock,
            changed=account.changed,
            wake=lambda at=None: None,
            hear=account.hear,
        )
        app = web.Application()
        app[SERVICES] = cast(Services, SimpleNamespace(intake=intake))
        app.router.add_get(pushes.PATH, pushes.verify)
        app.router.add_post(pushes.PATH, pushes.receive)
        async with served(app) as url:
            for appid, (mode, format_, unescaped) in WAYS.items():
                await weixin.sandbox.register_account(
                    AccountReceiver(
                        appid=appid,
                        url=f"{url}/wechat/callback/{appid}",
                        token=TOKEN,
                        encoding_aes_key=KEY,
                        mode=mode,
                        format=format_,
                        unescaped=unescaped,
                    )
                )
                weixin.sandbox.people.follow(appid, OPENID)
            await weixin.sandbox.push_once()
            yield account


def is_ambiguous(text: str) -> bool:
    """Whether a typed text looks like another one that was escaped: each end of a section in it is
    split."""
    return END in text and not any(END in part for part in text.split(SPLIT_END))


async def test_any_text_arrives_unchanged_but_for_what_xml_forbids(
    weixin: WeChat, account: Account
) -> None:
    people = weixin.sandbox.people
    acts = (
        (UserActKind.TEXT, people.write),
        (UserActKind.VOICE, people.voice),
        (UserActKind.CLICK, people.click),
    )
    account.heard.clear()
    expected = []

    for number, (text, way) in enumerate(product(texts(), WAYS)):
        kind, act = acts[(number + number // len(WAYS)) % len(acts)]
        act(way, OPENID, text)
        expected.append((way, OPENID, kind, FORBIDDEN.sub("", text)))
    accepted = await weixin.sandbox.push_once()

    heard = [(one.appid, one.openid, one.kind, one.text) for one in account.heard]
    assert accepted == len(expected)
    assert sorted(heard) == sorted(expected)


async def test_half_a_surrogate_pair_becomes_replacement_characters(
    weixin: WeChat, account: Account
) -> None:
    account.heard.clear()

    for appid in WAYS:
        weixin.sandbox.people.write(appid, OPENID, "a\ud83db")
    accepted = await weixin.sandbox.push_once()

    assert accepted == len(WAYS)
    assert {re.sub("\ufffd+", "?", heard.text) for heard in account.heard} == {"a?b"}
