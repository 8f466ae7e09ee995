"""A form that was posted after its session had ended: what was typed stays in the browser until the person is
signed in. The daemon stores nothing of it."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from aiohttp import hdrs, web

from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.document import document
from wechat_scheduler.web.console.edits import SHOWN, WAS
from wechat_scheduler.web.console.fields import ASK, ONCE, SURE
from wechat_scheduler.web.console.local_paths import local_path
from wechat_scheduler.web.console.mistakes import LABELS
from wechat_scheduler.web.console.session_cookies import CSRF, is_own
from wechat_scheduler.web.console.words import Language, Phrase, Words, language_of, phrase
from wechat_scheduler.web.pages.forms import URLENCODED
from wechat_scheduler.web.pages.markup import Html, fill
from wechat_scheduler.web.pages.parts import hidden

W = Words

# The field of the page of sign-in that carries the form on.
KEPT: Final = "kept"
# What is carried at most: some long messages. A larger form is lost, as the page of sign-in says.
LARGEST: Final = 65_536
_ROOM: Final = "/console/"
_SIGN_OUT: Final = "/console/sign-out"
_SERVICE: Final = (CSRF, ONCE, ASK, SURE, "settled_by")
# Fields that people do not write, and choices that a form begins with.
_UNSEEN: Final = ("kept_secrets", "previewed", "meant", "app", "alert", "purpose", "as")
_BEGUN: Final = (("priority", "normal"), ("channel", "auto"))
# Of fields that errors of our API do not name.
_LABELS: Final[Mapping[str, Phrase]] = {
    "at": Words("Time", "时间"),
    "not_before": terms.NOT_BEFORE,
    "people": terms.PEOPLE,
    "priority": terms.PRIORITY,
    "template": terms.TEMPLATE,
    "topic": terms.TOPIC,
    "topics": terms.TOPICS,
    "when": Words("When", "时间"),
}
# The fields for secrets, which are in no page, and those for addresses whose query may be one.
_SECRETS: Final = ("appsecret", "token", "encoding_aes_key", "key")
_CALLED: Final = ("callback", "notify", "params")

TITLE = W("You are signed in again", "已重新登录")
NOT_SENT = W(
    "The session had ended, so the form was not sent. This was typed:",
    "之前会话已结束，表单没有提交。填写的内容如下：",
)
NO_SECRETS = W(
    "Secrets are not kept. Open the form and fill it in again.",
    "密钥类内容不会保留。请打开表单重新填写。",
)
SEND = W("Send the form now", "现在提交")
OPEN = W("Open the form, empty", "打开空白表单")
_BODY: Final = """<main id="content" class="door" tabindex="-1"><section><h1>{title}</h1>
<p>{why}</p><dl class="facts">{typed}</dl>{form}</section></main>"""
_FORM: Final = '<form method="post" action="{action}">{fields}<div class="buttons"><button class="main">{send}</button>{open}</div></form>'
_PAIR: Final = '<div><dt>{name}</dt><dd class="text">{value}</dd></div>'


class KeptForm(msgspec.Struct, frozen=True, kw_only=True):
    """Where the form is posted to, and its fields. `lacks` is whether secrets were left out."""

    action: str
    fields: list[tuple[str, str]]
    lacks: bool = False

    @property
    def typed(self) -> Sequence[tuple[str, str]]:
        return [(name, value) for name, value in self.fields if value and name not in _SERVICE]

    @property
    def shown(self) -> Sequence[tuple[str, str]]:
        """What a person wrote or changed: no ids, no digests, and no choice that the form begins with."""
        return [
            one
            for one in self.typed
            if one[0] not in _UNSEEN and not one[0].startswith((SHOWN, WAS)) and one not in _BEGUN
        ]


def kept_form(request: web.Request, fields: Sequence[tuple[str, str]]) -> KeptForm | None:
    """The form of that POST; None if nothing was typed, if it is too large, or if a page of another origin sent it."""
    action = str(request.rel_url)
    kept = [one for one in fields if one[0] not in (CSRF, SURE) and not _is_secret(*one)]
    lacks = any(value and _is_secret(name, value) for name, value in fields)
    form = KeptForm(action=action, fields=kept, lacks=lacks)
    is_ours = is_own(request) and _is_form(action)
    return form if is_ours and form.typed and len(carried(form)) <= LARGEST else None


def may_be_kept(request: web.Request) -> bool:
    """Whether it is worth to read the form of a browser without a session."""
    size = request.content_length
    is_form = request.method == hdrs.METH_POST and request.content_type == URLENCODED
    return is_form and size is not None and size <= LARGEST


def carried(form: KeptForm) -> str:
    """The form as a text, for `KEPT`."""
    return msgspec.json.encode(form).decode()


def brought(text: str) -> KeptForm | None:
    """The form that `carried` made this text of; None for any other text."""
    try:
        form = msgspec.json.decode(text.encode(errors="replace"), type=KeptForm)
    except (msgspec.MsgspecError, RecursionError):
        return None
    return form if _is_form(form.action) and len(text) <= LARGEST else None


def review(request: web.Request, form: KeptForm, *, place: str, proof: str) -> web.Response:
    """The page of who signed in again: what was typed, and a button that sends it as `proof` of the new session.
    `place` is the page of the form."""
    language = language_of(request)
    title = phrase(TITLE, language)
    why = [phrase(NOT_SENT, language), phrase(NO_SECRETS, language) if form.lacks else ""]
    body = fill(
        _BODY,
        title=title,
        why=" ".join(filter(None, why)),
        typed=[_pair(language, *one) for one in form.shown],
        form=_sending(language, form, place=place, proof=proof),
    )
    return document(request, language, title, body)


def _sending(language: Language, form: KeptForm, *, place: str, proof: str) -> Html:
    """Without its secrets a form is not sent: it could mean something else."""
    empty = fill(
        '<a class="button" href="{place}">{open}</a>', place=place, open=phrase(OPEN, language)
    )
    if form.lacks:
        return fill('<div class="buttons">{open}</div>', open=empty)
    return fill(
        _FORM,
        action=form.action,
        fields=hidden([*form.fields, (CSRF, proof)]),
        send=phrase(SEND, language),
        open=empty,
    )


def _pair(language: Language, name: str, value: str) -> Html:
    return fill(
        _PAIR, name=phrase(_LABELS.get(name) or LABELS.get(name, name), language), value=value
    )


def _is_secret(name: str, value: str) -> bool:
    return name in _SECRETS or (name in _CALLED and any(mark in value for mark in "?@"))


def _is_form(action: str) -> bool:
    """Whether it is an address of the console that forms are sent to."""
    is_local = local_path(action) == action and action.startswith(_ROOM)
    return is_local and not action.startswith(_SIGN_OUT)
