"""Shows tokens and secrets, which are shown only once."""

from wechat_scheduler.web.console.parts import facts
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import MadeAppResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

ONCE_ONLY = W("Copy these now: they are shown only this once.", "现在就复制：只显示这一次。")
TOKEN = W("App token", "应用 token")
APP_KEY = W("App key, for signed calls", "app key，用于签名调用")
SIGNING = W("Signing secret of the callback", "回调的签名密钥")
COPY = W("Copy", "复制")


def secret_facts(visit: Visit, made: MadeAppResult) -> Html:
    pairs = ((TOKEN, made.token), (APP_KEY, made.app_key), (SIGNING, made.signing_secret))
    return facts(visit, [(words, secret(visit, text)) for words, text in pairs])


def secret(visit: Visit, text: str) -> Html:
    """A secret that can be selected and copied as a whole."""
    return fill(
        '<code class="secret">{text}</code> <button type="button" data-copy="{text}">{copy}</button>',
        text=text,
        copy=visit.say(COPY),
    )
