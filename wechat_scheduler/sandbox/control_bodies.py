"""The JSON bodies that the controls take."""

import re
from typing import TypeVar

import msgspec
from aiohttp import web
from msgspec.json import Decoder

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.sandbox.options import PushFormat, PushMode

B = TypeVar("B")


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """A body with an unknown field is refused: the field's name is probably misspelt."""


class FaultScript(Body):
    endpoint: str
    errcode: int | None = None
    status: int | None = None
    garbage: bool = False
    hang: bool = False
    drop: bool = False
    lose: bool = False
    times: int | None = 1
    appid: str | None = None
    errmsg: str | None = None


class UserConsent(Body, tag_field="kind", tag="oauth2"):
    appid: str
    openid: str | None = None
    component_appid: str = ""


class AuthorizerConsent(Body, tag_field="kind", tag="authorizer"):
    component_appid: str
    authorizer_appid: str


class KilledToken(Body):
    value: str | None = None
    share: float | None = None


class WhitelistBody(Body):
    appid: str
    addresses: list[str] | None


class PlatformAddress(Body):
    component_appid: str
    url: str
    token: str
    encoding_aes_key: str


class AccountAddress(Body):
    appid: str
    url: str
    token: str
    encoding_aes_key: str = ""
    mode: PushMode = PushMode.PLAIN
    format: PushFormat = PushFormat.XML
    unescaped: bool = False
    component_appid: str = ""


class SandboxTemplateBody(Body):
    template_id: str
    title: str = ""
    content: str = ""
    values: dict[str, list[str]] = {}
    notice: bool | None = None
    lasting: bool = False
    intercepted: bool = False


class ReceiptScript(Body):
    appid: str
    status: str
    times: int = 1


class Scanned(Body):
    ticket: str | None = None
    scene: str | None = None


class Written(Body):
    text: str


class Spoken(Body):
    recognition: str


class Clicked(Body):
    key: str


class Accepted(Body):
    template_id: str
    times: int | None = 1


class Declined(Body):
    template_id: str


CONSENT: Decoder[UserConsent | AuthorizerConsent] = Decoder(UserConsent | AuthorizerConsent)


async def read(request: web.Request, decoder: Decoder[B]) -> B:
    """An empty body is an empty object. Raises InvalidRequestError."""
    try:
        return decoder.decode(await request.read() or b"{}")
    except msgspec.ValidationError as error:
        raise _explain(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequestError("must be a JSON object", field="body") from error


def _explain(message: str) -> InvalidRequestError:
    """msgspec's message with the field's name in front, as the caller wrote it."""
    if named := re.fullmatch(r"Object (missing|contains).* field `(\w+)`", message):
        hint = "is required" if named[1] == "missing" else "is unknown"
        return InvalidRequestError(hint, field=named[2])
    found, _, path = message.partition(" - at `$.")
    return InvalidRequestError(
        found[0].lower() + found[1:].replace("`", ""), field=path.rstrip("`") or "body"
    )
