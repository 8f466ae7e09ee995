"""Every error code that WeChat documents for the calls made here, and what each must lead to."""

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import product
from typing import TypeVar

import pytest

from tests.clock import FakeClock
from tests.house import wechat
from tests.wechat.sending import APPID, OPENID, Purse
from wechat_scheduler.errors import SendError
from wechat_scheduler.reasons import Reaction, Verdict
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.errcode_lookup import Errcodes, slower
from wechat_scheduler.wechat.errcodes import ERRCODES
from wechat_scheduler.wechat.messenger import WeChatMessenger
from wechat_scheduler.wechat.session import client_session

T = TypeVar("T")
TOKEN = "/cgi-bin/token"
STABLE = "/cgi-bin/stable_token"
TICKET = "/cgi-bin/ticket/getticket"
CODE = "/sns/oauth2/access_token"
REFRESH = "/sns/oauth2/refresh_token"
PLATFORM_REFRESH = "/sns/oauth2/component/refresh_token"
COMPONENT = "/cgi-bin/component/api_component_token"
START_PUSH = "/cgi-bin/component/api_start_push_ticket"
AUTHORIZER = "/cgi-bin/component/api_authorizer_token"
PREAUTH = "/cgi-bin/component/api_create_preauthcode"
QUERY_AUTH = "/cgi-bin/component/api_query_auth"
LIST = "/cgi-bin/component/api_get_authorizer_list"
SEND = "/cgi-bin/message/template/send"
TEXT = "/cgi-bin/message/custom/send"
NOTICE = "/cgi-bin/message/subscribe/bizsend"

ISSUING = (TOKEN, STABLE, TICKET, REFRESH, COMPONENT, AUTHORIZER)

TRANSIENT = {
    TOKEN: (-1, 45011),
    STABLE: (-1, 45011),
    TICKET: (-1, 45011),
    REFRESH: (-1, 45011),
    COMPONENT: (-1, 45011),
    AUTHORIZER: (-1, 45011),
    PREAUTH: (-1, 45011),
    SEND: (-1,),
}

OPERATOR = {
    TOKEN: (40001, 40002, 40013, 40125, 40164, 40243, 41002, 41004, 50004, 50007, 61024),
    STABLE: (40001, 40002, 40013, 40125, 40164, 41002, 41004, 43002),
    REFRESH: (40013, 41002),
    COMPONENT: (40001, 40013, 40094, 40125, 41004, 47001, 48001, 61004, 61011),
    START_PUSH: (40013, 40125),
    AUTHORIZER: (40013, 61004, 61007),
    PREAUTH: (40013, 40125, 41001, 41004, 47001, 48001, 61004, 61011),
    QUERY_AUTH: (40013, 61004),
    LIST: (40170,),
    TICKET: (41001, 43001, 43009, 48001, 48004, 50001, 50002, 61028),
    # Of an account that authorised a platform.
    **dict.fromkeys((SEND, TEXT, NOTICE), (61004, 61007)),
}

NEEDS_INPUT = {
    ("component_verify_ticket", COMPONENT): (61005, 61006, 61058, 40091),
    ("component_verify_ticket", PREAUTH): (61005, 61006),
    ("authorization", AUTHORIZER): (61003,),
    ("authorizer_refresh_token", AUTHORIZER): (61023,),
    ("authorization_code", QUERY_AUTH): (61009, 61010),
    ("refresh_token", REFRESH): (40029, 40030, 41003, 42002, 42007),
    ("refresh_token", PLATFORM_REFRESH): (40029, 40030, 41003, 42002, 42007),
    ("code", CODE): (40029, 40163, 41008, 42003),
}

PARENT_INVALID = {
    ("access_token", TICKET): (40001, 40014, 42001),
    ("access_token", SEND): (40001, 40014, 42001),
    ("component_access_token", AUTHORIZER): (40001, 41021, 42001, 42006, 61014),
    ("component_access_token", PREAUTH): (40001, 42001),
    ("component_access_token", QUERY_AUTH): (40001,),
    ("component_access_token", PLATFORM_REFRESH): (40001, 42001),
}

CONFIRM = timedelta(minutes=10)
WAIT_UNTIL = {
    45009: None,
    89501: CONFIRM,
    89502: CONFIRM,
    89503: CONFIRM,
    89504: CONFIRM,
    89505: CONFIRM,
    89506: timedelta(hours=24),
    89507: timedelta(hours=1),
}


def test_what_may_pass_by_itself_is_transient() -> None:
    for endpoint, errcode in _each(TRANSIENT):
        reading = ERRCODES.read(endpoint, errcode, "")

        assert reading.reaction is Reaction.TRANSIENT, (endpoint, errcode)
        assert reading.advice, (endpoint, errcode)


def test_what_a_person_must_mend_is_for_the_operator() -> None:
    for endpoint, errcode in _each(OPERATOR):
        reading = ERRCODES.read(endpoint, errcode, "")

        assert reading.reaction is Reaction.OPERATOR, (endpoint, errcode)
        assert reading.refused == "", (endpoint, errcode)
        assert reading.advice, (endpoint, errcode)


def test_what_only_the_outside_can_give_is_named() -> None:
    for (refused, endpoint), errcode in _each(NEEDS_INPUT):
        reading = ERRCODES.read(endpoint, errcode, "")

        assert reading.reaction is Reaction.NEEDS_INPUT, (endpoint, errcode)
        assert reading.refused == refused, (endpoint, errcode)
        assert reading.advice, (endpoint, errcode)


def test_a_bad_token_is_blamed_on_the_one_that_was_used() -> None:
    for (refused, endpoint), errcode in _each(PARENT_INVALID):
        reading = ERRCODES.read(endpoint, errcode, "")

        assert reading.reaction is Reaction.PARENT_INVALID, (endpoint, errcode)
        assert reading.refused == refused, (endpoint, errcode)
        assert refused in reading.advice, (endpoint, errcode)


def test_what_passes_at_a_known_time_is_waited_for() -> None:
    for endpoint, (errcode, retry_after) in product(ISSUING, WAIT_UNTIL.items()):
        reading = ERRCODES.read(endpoint, errcode, "")

        assert reading.reaction is Reaction.WAIT_UNTIL, (endpoint, errcode)
        assert reading.retry_after == retry_after, (endpoint, errcode)
        assert reading.advice, (endpoint, errcode)


def _each(table: Mapping[T, Iterable[int]]) -> Iterator[tuple[T, int]]:
    """Each errcode with what it is listed under."""
    return ((key, code) for key, codes in table.items() for code in codes)


def test_an_unknown_code_is_transient_and_named() -> None:
    cases = [1, 9001001, 40098, 99999, -7, 10**20]

    for errcode in cases:
        reading = ERRCODES.read(TOKEN, errcode, "any words")

        assert reading.reaction is Reaction.TRANSIENT, errcode
        assert str(errcode) in reading.advice


def test_the_advice_names_the_address_to_whitelist() -> None:
    cases = [
        (40164, "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist", "1.2.3.4"),
        (40164, "invalid ip 2408:8406::1a2b, not in whitelist", "2408:8406::1a2b"),
        (40164, "invalid ip, not in whitelist", "of this machine"),
        (61004, "access clientip is not registered requestIP: 203.0.113.9 rid: a-b", "203.0.113.9"),
        (61004, "access clientip is not registered requestIP:203.0.113.9", "203.0.113.9"),
    ]

    for errcode, errmsg, address in cases:
        reading = ERRCODES.read(TOKEN, errcode, errmsg)

        assert reading.advice.startswith(f"add the IP {address} to the "), errmsg


async def test_a_further_code_is_one_line(clock: FakeClock) -> None:
    line = {
        99001: slower(
            timedelta(minutes=3), "a code of tomorrow: nothing to do", "明天的错误码：不需要处理"
        )
    }
    async with wechat(clock) as weixin, client_session() as session:
        weixin.sandbox.script(SEND, errcode=99001)
        errcodes = Errcodes((SEND, (line,)), ("", ({},)))
        client = WeChatClient(
            session=session,
            base=weixin.url,
            timeout=timedelta(seconds=10),
            clock=clock,
            rng=random.Random(1),
            errcodes=errcodes,
        )
        with pytest.raises(SendError) as caught:
            await WeChatMessenger(client, Purse(), clock).template(
                APPID,
                OPENID,
                template_id="T",
                data={},
                colors={},
                url="",
                page=None,
                client_msg_id="7",
            )

    error = caught.value
    assert (error.errcode, error.verdict) == (99001, Verdict.SLOWER)
    assert (error.advice, error.retry_after) == (line[99001].advice, timedelta(minutes=3))
    assert "unknown error" in str(error)
    assert errcodes.read(TICKET, 99001, "") == ERRCODES.read(TICKET, 99001, "")


def test_the_advice_is_a_sentence_in_the_house_style() -> None:
    codes = {code for codes in (*TRANSIENT.values(), *OPERATOR.values()) for code in codes}

    advice = [ERRCODES.read(TOKEN, code, "").advice for code in codes | WAIT_UNTIL.keys()]

    assert not [line for line in advice if line.endswith(".") or "{" in line]
