"""Receives pushes from WeChat, which proves itself by the signature of each push instead of a key.

Each appid has its own address, `/wechat/callback/{appid}`. A third-party platform enters it as its
授权事件接收URL and receives tickets and the consent of accounts; an account enters it as its 服务器URL
and receives what users do. WeChat's console verifies both with the same GET.
"""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.errors import RefusedPushError
from wechat_scheduler.pushes.model import Push
from wechat_scheduler.web.kit.ids import WECHAT_ID
from wechat_scheduler.web.kit.route import Proof
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.native.route import NativeRoute, query

PATH = "/wechat/callback/{appid}"
ACCOUNT_PATH = PATH + "/{account}"

# What WeChat's console wants in the path of the 消息与事件接收URL.
APPID_PLACE = "$APPID$"

# A push is under 10 KiB; in 兼容模式 it holds the message twice, plain and encrypted.
BODY_LIMIT = 128 * 1024
ECHO_LIMIT = 256
NO_APPID: Final = Sentence(
    "the last part of its path is not an appid: enter {place} there",
    "路径的最后一段不是 appid：请在那里填写 {place}",
)
NO_ECHO: Final = Sentence("it has no echostr", "没有 echostr")
COMPRESSED: Final = Sentence(
    "it is compressed, which WeChat does not do", "它被压缩了，而微信不压缩"
)
TOO_LARGE: Final = Sentence("its body is larger than {limit:d} bytes", "内容超过 {limit} 字节")


async def receive(request: web.Request) -> web.Response:
    """Answers `success` once the push is stored: a user is answered later, by a message. The user of an account that has
    no token to send one is answered at once, by the response."""
    account = request.match_info.get("account", "")
    if account and not WECHAT_ID.fullmatch(account):
        raise RefusedPushError(NO_APPID.fill(place=APPID_PLACE))
    push = _push(request, await _body(request))
    intake = request.app[SERVICES].intake
    reply = await intake.receive(request.match_info["appid"], push, account=account)
    if reply:
        return web.Response(body=reply, content_type="text/xml", charset="utf-8")
    return web.Response(text="success")


async def verify(request: web.Request) -> web.Response:
    echo = request.query.get("echostr", "")
    if not echo or len(echo) > ECHO_LIMIT or not (echo.isascii() and echo.isprintable()):
        raise RefusedPushError(NO_ECHO.en)
    await request.app[SERVICES].intake.verify(request.match_info["appid"], _push(request, b""))
    return web.Response(text=echo)


def _push(request: web.Request, body: bytes) -> Push:
    query = request.query
    return Push(
        timestamp=query.get("timestamp", ""),
        nonce=query.get("nonce", ""),
        signature=query.get("signature", ""),
        msg_signature=query.get("msg_signature", ""),
        body=body,
    )


async def _body(request: web.Request) -> bytes:
    """Raises RefusedPushError for a body that is larger than any of WeChat's."""
    if hdrs.CONTENT_ENCODING in request.headers:
        raise RefusedPushError(COMPRESSED.en)
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise RefusedPushError(TOO_LARGE.fill(limit=BODY_LIMIT))
    return bytes(body)


_SIGNED: Final = (
    query("timestamp", "WeChat's timestamp, in seconds."),
    query("nonce", "WeChat's."),
    query("signature", "WeChat's signature of token, timestamp and nonce."),
)
_MSG_SIGNATURE: Final = query(
    "msg_signature", "WeChat's signature of token, timestamp, nonce and the encrypted message."
)
_ECHOSTR: Final = query("echostr", "The text to return.")

ROUTES = (
    NativeRoute(
        "GET", PATH, verify, Proof.WECHAT,
        "Answers WeChat's console, which checks that the daemon knows the token.",
        plain="text/plain", takes=(*_SIGNED, _ECHOSTR), errors=(403,),
    ),
    NativeRoute(
        "POST", PATH, receive, Proof.WECHAT,
        "Receives a push from WeChat; the response is `success` once it is stored, or a message to its user.",
        body="text/xml", plain="text/plain", takes=(*_SIGNED, _MSG_SIGNATURE), errors=(403,),
    ),
    NativeRoute(
        "GET", ACCOUNT_PATH, verify, Proof.WECHAT,
        "Answers WeChat's console for the messages of the accounts that authorised a platform.",
        plain="text/plain", takes=(*_SIGNED, _ECHOSTR), errors=(403,),
    ),
    NativeRoute(
        "POST", ACCOUNT_PATH, receive, Proof.WECHAT,
        "Receives a push about a user of an account that authorised the platform.",
        body="text/xml", plain="text/plain", takes=(*_SIGNED, _MSG_SIGNATURE), errors=(403,),
    ),
)  # fmt: skip
