"""The sandbox's controls over HTTP, which `front_page.txt` explains. They need no key.

An error is status 400 with `{"error": "field: what to do"}`.
"""

from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any, TypeAlias

import msgspec
from aiohttp import hdrs, web
from msgspec.json import Decoder

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.sandbox.control_bodies import (
    CONSENT,
    Accepted,
    AccountAddress,
    AuthorizerConsent,
    Body,
    Clicked,
    Declined,
    FaultScript,
    KilledToken,
    PlatformAddress,
    ReceiptScript,
    SandboxTemplateBody,
    Scanned,
    Spoken,
    UserConsent,
    WhitelistBody,
    Written,
    read,
)
from wechat_scheduler.sandbox.handlers import on_its_sandbox
from wechat_scheduler.sandbox.options import AccountReceiver, PlatformReceiver
from wechat_scheduler.sandbox.sandbox import Sandbox
from wechat_scheduler.sandbox.templates import SandboxTemplate
from wechat_scheduler.sandbox.user_actions import UserActions

Control: TypeAlias = Callable[[Sandbox, web.Request], Awaitable[Any]]

NEW = "new"  # in place of an openid: a new user


ACTIONS: dict[str, tuple[Callable[..., str | int | None], type[Body]]] = {
    "follow": (UserActions.follow, Body),
    "scan": (UserActions.scan, Scanned),
    "unfollow": (UserActions.unfollow, Body),
    "write": (UserActions.write, Written),
    "voice": (UserActions.voice, Spoken),
    "click": (UserActions.click, Clicked),
    "block": (UserActions.block, Body),
    "unblock": (UserActions.unblock, Body),
    "accept": (UserActions.accept, Accepted),
    "decline": (UserActions.decline, Declined),
    "refuse": (UserActions.refuse, Declined),
}


def add_control(router: web.UrlDispatcher) -> None:
    """Serves `/` and the paths below `/_sandbox`."""
    router.add_get("/", _show_front_page)
    for method, path, control in ROUTES:
        router.add_route(method, path, on_its_sandbox(_answer, control))


async def add_script(sandbox: Sandbox, request: web.Request) -> Any:
    script = await read(request, Decoder(FaultScript))
    sandbox.script(**msgspec.structs.asdict(script))
    return {"scripted": script.endpoint}


async def clear_scripts(sandbox: Sandbox, request: web.Request) -> Any:
    return {"cleared": sandbox.clear_scripts()}


async def grant(sandbox: Sandbox, request: web.Request) -> Any:
    body = await read(request, CONSENT)
    if isinstance(body, UserConsent):
        user = sandbox.grant_user(body.appid, body.openid, component_appid=body.component_appid)
        return user._asdict()
    return sandbox.grant_authorizer(body.component_appid, body.authorizer_appid)._asdict()


async def revoke(sandbox: Sandbox, request: web.Request) -> Any:
    body = await read(request, CONSENT)
    if isinstance(body, AuthorizerConsent):
        sandbox.revoke_authorizer(body.component_appid, body.authorizer_appid)
        return {"revoked": body.authorizer_appid}
    if body.openid is None:
        raise InvalidRequestError("is required", field="openid")
    sandbox.revoke_user(body.appid, body.openid, component_appid=body.component_appid)
    return {"revoked": body.openid}


async def show_ticket(sandbox: Sandbox, request: web.Request) -> Any:
    ticket = sandbox.ticket(request.match_info["component_appid"])
    expires_in = ticket.expires_in(sandbox.now())
    return {"component_verify_ticket": ticket.value, "expires_in": expires_in}


async def kill(sandbox: Sandbox, request: web.Request) -> Any:
    """Returns whether the token was known, or how many tokens were ended at random."""
    body = await read(request, Decoder(KilledToken))
    if body.share is not None:
        return {"killed": sandbox.kill_share(body.share)}
    if body.value is None:
        raise InvalidRequestError("is required, or share", field="value")
    return {"killed": sandbox.kill(body.value)}


async def whitelist(sandbox: Sandbox, request: web.Request) -> Any:
    body = await read(request, Decoder(WhitelistBody))
    sandbox.whitelist(body.appid, body.addresses)
    return {"whitelist": body.addresses}


async def show_calls(sandbox: Sandbox, request: web.Request) -> Any:
    return {"calls": sandbox.call_counts()}


async def add_platform(sandbox: Sandbox, request: web.Request) -> Any:
    """Sends all pushes that are due, to other receivers too; returns how many were accepted."""
    body = await read(request, Decoder(PlatformAddress))
    sandbox.register_platform(PlatformReceiver(**msgspec.structs.asdict(body)))
    return {"accepted": await sandbox.push_once()}


async def add_account(sandbox: Sandbox, request: web.Request) -> Any:
    body = await read(request, Decoder(AccountAddress))
    await sandbox.register_account(AccountReceiver(**msgspec.structs.asdict(body)))
    return {"registered": body.appid}


async def put_template(sandbox: Sandbox, request: web.Request) -> Any:
    """Returns the template's keywords."""
    body = msgspec.structs.asdict(await read(request, Decoder(SandboxTemplateBody)))
    template = SandboxTemplate(is_notice=body.pop("notice"), **body)
    sandbox.put_template(template)
    return {"keywords": template.keywords}


async def script_receipts(sandbox: Sandbox, request: web.Request) -> Any:
    body = await read(request, Decoder(ReceiptScript))
    sandbox.script_receipts(body.appid, body.status, times=body.times)
    return {"scripted": body.times}


async def act(sandbox: Sandbox, request: web.Request) -> Any:
    """Returns the openid, and the MsgId of a message that the user wrote or spoke."""
    appid, openid, name = (request.match_info[it] for it in ("appid", "openid", "action"))
    if name not in ACTIONS:
        raise InvalidRequestError(f"must be one of {', '.join(ACTIONS)}", field="action")
    action, form = ACTIONS[name]
    fields = msgspec.structs.asdict(await read(request, Decoder(form)))
    result = action(sandbox.people, appid, None if openid == NEW else openid, **fields)
    if isinstance(result, int):
        return {"openid": openid, "msgid": result}
    return {"openid": result or openid}


async def show_phones(sandbox: Sandbox, request: web.Request) -> Any:
    accounts: dict[str, list[Any]] = {}
    for person in sandbox.people.all():
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


ROUTES: tuple[tuple[str, str, Control], ...] = (
    ("POST", "/_sandbox/script", add_script),
    ("DELETE", "/_sandbox/script", clear_scripts),
    ("POST", "/_sandbox/grants", grant),
    ("POST", "/_sandbox/revoke", revoke),
    ("GET", "/_sandbox/tickets/{component_appid}", show_ticket),
    ("POST", "/_sandbox/kill", kill),
    ("POST", "/_sandbox/whitelist", whitelist),
    ("GET", "/_sandbox/calls", show_calls),
    ("POST", "/_sandbox/pushes", add_platform),
    ("POST", "/_sandbox/callbacks", add_account),
    ("POST", "/_sandbox/templates", put_template),
    ("POST", "/_sandbox/receipts", script_receipts),
    ("POST", "/_sandbox/users/{appid}/{openid}/{action}", act),
    ("GET", "/_sandbox/phones", show_phones),
    ("GET", "/_sandbox/phones/{appid}/{openid}", show_phone),
    ("GET", "/_sandbox/received/{appid}", show_received),
)


async def _show_front_page(request: web.Request) -> web.Response:
    page = (files(__package__) / "front_page.txt").read_text("utf-8")
    return web.Response(text=page, content_type="text/plain")


async def _answer(sandbox: Sandbox, control: Control, request: web.Request) -> web.Response:
    if request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
        return _respond({"error": "the body is compressed; send it as it is"}, status=415)
    try:
        return _respond(await control(sandbox, request))
    except InvalidRequestError as error:
        return _respond({"error": str(error)}, status=error.status)


def _respond(result: Any, status: int = 200) -> web.Response:
    body = msgspec.json.encode(result) + b"\n"  # people read it with curl, above their next prompt
    return web.Response(body=body, status=status, content_type="application/json")
