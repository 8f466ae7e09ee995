"""The form by which pushes are accepted, and what has to be right in it."""

from collections.abc import Mapping
from typing import Final

import msgspec
from aiohttp import web

from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.known_accounts import ACCOUNTS
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.questions import question
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.push_endpoints import read_endpoint
from wechat_scheduler.web.pages.markup import Html

W = Words

APPID = W("appid of the account or platform", "账号或平台的 appid")
TOKEN = W("消息校验Token", "消息校验Token")
TOKEN_HINT = W(
    "3 to 32 letters and digits, the same as in WeChat's console.",
    "3 到 32 位字母数字，与微信后台一致。",
)
KEY = W("消息加解密Key (EncodingAESKey)", "消息加解密Key（EncodingAESKey）")
KEY_HINT = W(
    "43 letters and digits; empty for 明文模式, which a platform does not take.",
    "43 位字母数字；明文模式留空，第三方平台不能用明文。",
)
SUBMIT = W("Accept pushes", "接收推送")
PUSHES: Final = "/console/pushes"
SET_UP_PATH: Final = f"{PUSHES}/set-up"
SECRETS: Final = ("token", "encoding_aes_key")
# The field of a question with the id of the secrets that were typed.
KEPT: Final = "kept_secrets"


def set_up_form(visit: Visit, error: RequestError | None) -> Html:
    wrong = Mistakes(error, place=lambda field: "account" if field == "appid" else field)
    account = visit.form.get("account", visit.request.query.get("account", ""))
    fields = FormFields(visit, {**visit.form, "account": account}, wrong)
    body = fields.below_refusal(
        [
            fields.text("account", APPID, required=True, maxlength=128, list=ACCOUNTS),
            fields.secret("token", TOKEN, hint=TOKEN_HINT, required=True, maxlength=32),
            fields.secret("encoding_aes_key", KEY, hint=KEY_HINT, maxlength=43),
        ]
    )
    return form(visit, SET_UP_PATH, body, SUBMIT)


async def secrets_of(visit: Visit) -> dict[str, str]:
    """Those of the form, or behind a question those that were kept with it."""
    key = visit.form.get(KEPT, "")
    if text := await visit.kept(key) if key else None:
        return msgspec.json.decode(text, type=dict[str, str])
    return {name: visit.form.get(name, "").strip() for name in SECRETS}


async def question_about(visit: Visit, text: str, secrets: Mapping[str, str]) -> web.Response:
    """A question before the form is carried out. The secrets are kept for it, and are not in its page. Raises
    StorageError."""
    key = await visit.keep(visit.request.path, msgspec.json.encode(secrets).decode())
    return question(visit, text, without=SECRETS, instead=[(KEPT, key)])


def check_set_up(visit: Visit, appid: str, given: Mapping[str, str]) -> None:
    """Before a question about them. Raises InvalidRequestError, which tells of all fields that are wrong."""
    try:
        read_endpoint(appid, msgspec.json.encode(given))
    except RequestError as error:
        visit.reword(error)
        raise
