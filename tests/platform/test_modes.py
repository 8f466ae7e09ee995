"""Pushes to an account in each of the modes that its owner may choose."""

from dataclasses import replace

import pytest

from tests.clock import START
from tests.house import AUTHORIZER, COMPONENT, Caller, WeChat
from tests.platform.sealing import KEY, OTHER_KEY, PLAIN, SECRETS, TOKEN, Sender, said, ticket
from wechat_scheduler.errors import RefusedPushError
from wechat_scheduler.pushes.model import Secrets
from wechat_scheduler.sandbox.options import AccountReceiver, PushMode
from wechat_scheduler.wechat.decoding import PushDecoder

DECODER = PushDecoder()
SENDER = Sender()
HELLO = said(Content="你好", MsgId="7")
# The key was taken back a moment ago.
WAS_SEALED = Secrets(tokens=(TOKEN,), aes_keys=("", KEY))


def test_a_message_is_read_in_every_mode() -> None:
    cases = [
        (SENDER.push(HELLO), SECRETS),
        (SENDER.compatible(HELLO), SECRETS),
        (SENDER.plain(HELLO), PLAIN),
        (SENDER.compatible(HELLO), PLAIN),
        (SENDER.plain(HELLO), WAS_SEALED),
        (SENDER.compatible(HELLO), WAS_SEALED),
        (SENDER.push(HELLO), WAS_SEALED),
    ]

    for number, (push, secrets) in enumerate(cases):
        opened = DECODER.open(push, secrets, appid=COMPONENT)

        assert opened.message.text("Content") == "你好", number
        assert "Encrypt" not in opened.message.fields, number


def test_what_the_mode_does_not_prove_is_refused() -> None:
    cases = [
        (SENDER.plain(HELLO), SECRETS, "encrypted"),
        (SENDER.push(HELLO), PLAIN, "no plain message"),
        (SENDER.plain(ticket()), PLAIN, "no plain message"),
        (SENDER.plain("<xml/>"), PLAIN, "no plain message"),
        (Sender(token="another").plain(HELLO), PLAIN, "signature"),
        (replace(SENDER.plain(HELLO), signature=""), PLAIN, "not signed"),
        (Sender(key=OTHER_KEY).push(HELLO), WAS_SEALED, "decrypted"),
        (SENDER.plain("<!DOCTYPE xml><xml/>"), PLAIN, "DOCTYPE"),
    ]

    for number, (push, secrets, reason) in enumerate(cases):
        with pytest.raises(RefusedPushError) as refused:
            DECODER.open(push, secrets, appid=COMPONENT)

        assert reason in refused.value.detail, number


def test_with_a_key_the_plain_half_is_not_believed() -> None:
    push = SENDER.compatible(HELLO)
    forged = replace(push, body=push.body.replace("你好".encode(), "给钱".encode()))

    assert DECODER.open(forged, SECRETS, appid=COMPONENT).message.text("Content") == "你好"


async def test_an_account_of_the_sandbox_is_verified_and_heard_in_each_mode(
    keeper: Caller, weixin: WeChat
) -> None:
    for mode in PushMode:
        appid = f"wx{mode.value:>016}"
        key = {} if mode is PushMode.PLAIN else {"encoding_aes_key": KEY}
        answer = await keeper.call("PUT", f"/callbacks/{appid}", body={"token": TOKEN} | key)
        url = f"{keeper.daemon.url}{answer.result['path']}"
        callback = AccountReceiver(
            appid=appid, url=url, token=TOKEN, encoding_aes_key=KEY, mode=mode
        )
        await weixin.sandbox.register_account(callback)
        openid = weixin.sandbox.people.follow(appid)
        weixin.sandbox.people.write(appid, openid, "你好")

        accepted = await weixin.sandbox.push_once()

        assert (mode, accepted) == (mode, 2)
    views = (await keeper.call("GET", "/callbacks")).result
    assert [view["refused"] for view in views] == [None] * len(PushMode)


async def test_a_message_that_wechatpy_sealed_is_acknowledged(keeper: Caller) -> None:
    body = {"token": TOKEN, "encoding_aes_key": KEY}
    path = (await keeper.call("PUT", f"/callbacks/{AUTHORIZER}", body=body)).result["path"]
    push = Sender(appid=AUTHORIZER).push(said(Content="我的包裹到哪了", MsgId="7"), START)
    query = f"timestamp={push.timestamp}&nonce={push.nonce}&msg_signature={push.msg_signature}"

    answer = await keeper.call("POST", f"{path}?{query}", data=push.body, key="")

    assert (answer.status, answer.json) == (200, "success")
