"""The handles of people, their phones, and the accounts' callbacks over HTTP."""

from typing import Any

import msgspec
from aiohttp import web

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.sandbox.crowd import Crowd
from wechat_scheduler.sandbox.handling import Body, Verb, read
from wechat_scheduler.sandbox.options import AccountReceiver, PushMode
from wechat_scheduler.sandbox.sandbox import Sandbox

NEW = "new"  # in place of an openid: somebody new


class Deed(Body):
    """What somebody does; the fields are the body of the request."""

    def do(self, people: Crowd, appid: str, openid: str) -> Any:
        raise NotImplementedError


class Follow(Deed):
    def do(self, people: Crowd, appid: str, openid: str) -> Any:
        return {"openid": people.follow(appid, None if openid == NEW else openid)}


class Scan(Deed):
    ticket: str | None = None
    scene: str | None = None

    def do(self, people: Crowd, appid: str, openid: str) -> Any:
        who = None if openid == NEW else openid
        return {"openid": people.scan(appid, who, ticket=self.ticket, scene=self.scene)}


class Unfollow(Deed):
    def do(self, people: Crowd, appid: str, openid: str) -> Any:
        return people.unfollow(appid, openid)


class Write(Deed):
    text: str

    def do(self, people: Crowd, appid: str, openid: str) -> Any:
        return {"msgid": people.write(appid, openid, self.text)}


class Voice(Deed):
    recognition: str

    def do(self, people: Crowd, appid: str, openid: str) -> Any:
        return {"msgid": people.voice(appid, openid, self.recognition)}


class Click(Deed):
    key: str

    def do(self, people: Crowd, appid: str, openid: str) -> Any:
        return people.click(appid, openid, self.key)


class Block(Deed):
    def do(self, people: Crowd, appid: str, openid: str) -> Any:
        return people.block(appid, openid)


class Unblock(Deed):
    def do(self, people: Crowd, appid: str, openid: str) -> Any:
        return people.block(appid, openid, blocked=False)


class Accept(Deed):
    template_id: str
    times: int | None = 1

    def do(self, people: Crowd, appid: str, openid: str) -> Any:
        return people.accept(appid, openid, self.template_id, self.times)


class AccountAddress(Body):
    appid: str
    url: str
    token: str
    encoding_aes_key: str = ""
    mode: PushMode = PushMode.PLAIN


class ReceiptScript(Body):
    appid: str
    status: str
    times: int = 1


DEEDS: dict[str, msgspec.json.Decoder[Any]] = {
    deed.__name__.lower(): msgspec.json.Decoder(deed)
    for deed in (Follow, Scan, Unfollow, Write, Voice, Click, Block, Unblock, Accept)
}
CALLBACK = msgspec.json.Decoder(AccountAddress)
RECEIPTS = msgspec.json.Decoder(ReceiptScript)


async def act(sandbox: Sandbox, request: web.Request) -> Any:
    """Answers with the openid, and the MsgId of what was written."""
    where = request.match_info
    decoder = DEEDS.get(where["deed"])
    if decoder is None:
        raise InvalidRequestError(f"must be one of {', '.join(DEEDS)}", field="deed")
    deed: Deed = await read(request, decoder)
    result = deed.do(sandbox.people, where["appid"], where["openid"])
    return {"openid": where["openid"]} | (result or {})


async def show_phones(sandbox: Sandbox, request: web.Request) -> Any:
    accounts: dict[str, list[Any]] = {}
    for person in sandbox.people.everybody():
        entry = {
            "openid": person.openid,
            "subscribed": person.followed_at is not None,
            "blocked": person.blocked,
            "count": person.phone.count,
        }
        accounts.setdefault(person.appid, []).append(entry)
    return {"phones": accounts}


async def show_phone(sandbox: Sandbox, request: web.Request) -> Any:
    return sandbox.people.phone(request.match_info["appid"], request.match_info["openid"])


async def show_received(sandbox: Sandbox, request: web.Request) -> Any:
    arrivals = sandbox.people.received(request.match_info["appid"])
    return {"received": [arrival._asdict() for arrival in arrivals]}


async def add_callback(sandbox: Sandbox, request: web.Request) -> Any:
    """Registers an address that repeats an `echostr`, as WeChat's console does."""
    body = await read(request, CALLBACK)
    await sandbox.register_account(AccountReceiver(**msgspec.structs.asdict(body)))
    return {"registered": body.appid}


async def script_receipts(sandbox: Sandbox, request: web.Request) -> Any:
    body = await read(request, RECEIPTS)
    sandbox.script_receipts(body.appid, body.status, times=body.times)
    return {"scripted": body.times}


PEOPLE_ROUTES: tuple[tuple[str, str, Verb], ...] = (
    ("POST", "/_sandbox/callbacks", add_callback),
    ("POST", "/_sandbox/receipts", script_receipts),
    ("POST", "/_sandbox/users/{appid}/{openid}/{deed}", act),
    ("GET", "/_sandbox/phones", show_phones),
    ("GET", "/_sandbox/phones/{appid}/{openid}", show_phone),
    ("GET", "/_sandbox/received/{appid}", show_received),
)
