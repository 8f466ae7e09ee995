"""API keys: made, listed and revoked."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import ADMIN, KeyState, Scope
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.access.key_form import (
    LISTS,
    SCOPE_WORDS,
    SCOPES,
    key_fields,
    read_key,
)
from wechat_scheduler.web.console.access.tabs import (
    BACK,
    ROOM,
    access_page,
    codes,
    limits,
    lists_in,
)
from wechat_scheduler.web.console.fields import form, select_field
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.links import button, done, link, pager
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import (
    Kind,
    code,
    facts,
    joined,
    search,
    searched,
    secret_section,
    section,
    spaced,
    state,
    table,
)
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.keys import KeyResult, MadeKeyResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

NEW: Final = f"{ROOM}/keys/new"
KEYS = W("Keys", "API key")
MAKE, MAKE_IT = W("Make a key", "创建 key"), W("Make the key", "创建")
MADE = W("The key was made", "key 已创建")
EMPTY = W(
    "No keys in this state. Make one for each system that calls the daemon.",
    "没有这种状态的 key。给每个调用守护进程的系统各创建一个。",
)
REACHES, THE_KEY = W("Reaches", "范围"), W("This key", "这个 key")
HEADS: Final = (
    terms.NAME,
    terms.STATE,
    W("Scopes", "权限"),
    REACHES,
    terms.USED_LAST,
    terms.EXPIRES,
    "",
)
STATES: Final[Mapping[str, tuple[Kind, Words]]] = {
    KeyState.ACTIVE: ("good", terms.ACTIVE),
    KeyState.EXPIRED: ("idle", W("expired", "已过期")),
    KeyState.REVOKED: ("bad", terms.REVOKED),
}
NEVER_USED, ENDS_SOON = W("never used", "从未使用"), W("ends soon", "即将过期")
# A key that ends within this time is marked.
SOON: Final = timedelta(days=14)
REVOKE = W("Revoke", "吊销")
REVOKE_ASK = W(
    "Revoke the key {name} ({id})? Its systems and sessions are out at once, for ever.",
    "吊销 key {name}（{id}）？使用它的系统和会话立即失效，且不能恢复。",
)
KEY_TEXT, SIGNING = "API key", W("Signing secret", "签名密钥")
NOTICES: Final = {"key_revoked": W("The key was revoked.", "key 已吊销。")}


async def listed(visit: Visit) -> web.StreamResponse:
    """`GET /console/access`. A key that is no admin's sees its sessions only."""
    if not visit.may(Scope.ADMIN):
        return web.Response(status=303, headers={hdrs.LOCATION: f"{ROOM}/sessions"})
    wanted = visit.request.query.get("state", KeyState.ACTIVE.value)
    query = {"state": wanted or None, "after": visit.request.query.get("after") or None}
    rows = await visit.api.page("/v1/keys", KeyResult, limit=100, **query)
    options = [("", terms.ALL_STATES), *((name, words) for name, (_, words) in STATES.items())]
    state_words = STATES[wanted][1] if wanted in STATES else ""
    empty = searched(visit, EMPTY, [(terms.STATE, visit.say(state_words))])
    body = joined(
        [
            search(visit, ROOM, select_field(visit, "state", terms.STATE, options, wanted)),
            table(visit, KEYS, HEADS, (_row(visit, key) for key in rows.rows), empty=empty),
            pager(visit, rows),
            button(visit, NEW, MAKE),
        ]
    )
    return access_page(visit, ROOM, section(visit, KEYS, body))


async def new(visit: Visit) -> web.StreamResponse:
    """`GET /console/access/keys/new`."""
    return await _form(visit, {}, Mistakes())


async def make(visit: Visit) -> web.StreamResponse:
    """`POST /console/access/keys/new`. The text of the key is in this response only."""
    try:
        body = read_key(visit)
        made = await visit.api.post("/v1/keys", MadeKeyResult, body, once=visit.once)
    except RequestError as error:
        return await _form(visit, visit.form, Mistakes(error, lists=lists_in(visit.form, LISTS)))
    shown = secret_section(visit, MADE, [(KEY_TEXT, made.key), (SIGNING, made.signing_secret)])
    back = fill("<p>{link}</p>", link=link(ROOM, visit.say(BACK)))
    return access_page(visit, ROOM, joined([shown, _told(visit, made), back]), title=MADE)


async def revoke(visit: Visit) -> web.StreamResponse:
    """`POST /console/access/keys/{id}/revoke`."""
    await visit.api.delete("/v1/keys/{id}", str, id=visit.request.match_info["id"])
    return done(ROOM, "key_revoked")


async def _form(visit: Visit, draft: Mapping[str, str], mistakes: Mistakes) -> web.Response:
    fields = FormFields(visit, draft, mistakes)
    shown = form(visit, NEW, await key_fields(visit, fields), MAKE_IT)
    body = section(visit, MAKE, joined([fields.refusal(), shown]))
    return access_page(visit, ROOM, body, title=MAKE, status=mistakes.status)


def _told(visit: Visit, key: KeyResult) -> Html:
    """What the key is called and what it may do, each scope in words."""
    may = [
        fill("<div>{words}</div>", words=visit.say(SCOPE_WORDS[Scope(one)])) for one in key.scopes
    ]
    told = [
        (terms.NAME, code(key.name)),
        (SCOPES, fill("{may}", may=may)),
        (REACHES, limits(visit, [*key.appids, *key.types, *key.networks])),
        (terms.EXPIRES, visit.time(key.expires_at)),
    ]
    return section(visit, THE_KEY, facts(visit, told))


def _row(visit: Visit, key: KeyResult) -> list[Html | str]:
    kind, words = STATES[key.state]
    is_active = key.state == KeyState.ACTIVE
    action = f"{ROOM}/keys/{key.id}/revoke"
    sure = REVOKE_ASK.filled(name=key.name, id=key.id)
    ends = form(visit, action, Html(), REVOKE, kind="danger", confirm=sure)
    return [
        fill("{name}<div>{id}</div>", name=visit.told(key.name), id=code(key.id)),
        state(visit, kind, words),
        codes(key.scopes),
        limits(visit, [*key.appids, *key.types, *key.networks]),
        _used(visit, key) if is_active else visit.time(key.last_used_at),
        _expires(visit, key) if is_active else visit.time(key.expires_at),
        when(is_active and key.id != ADMIN, ends),
    ]


def _used(visit: Visit, key: KeyResult) -> Html:
    return visit.time(key.last_used_at) if key.last_used_at else state(visit, "warn", NEVER_USED)


def _expires(visit: Visit, key: KeyResult) -> Html:
    """With a mark, while there is time to make another."""
    is_soon = key.expires_at is not None and key.expires_at - visit.now < SOON
    return spaced(visit.time(key.expires_at), when(is_soon, state(visit, "warn", ENDS_SOON)))


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, ROOM, listed),
    ConsoleRoute(hdrs.METH_GET, NEW, new, Scope.ADMIN),
    ConsoleRoute(hdrs.METH_POST, NEW, make, Scope.ADMIN),
    ConsoleRoute(hdrs.METH_POST, f"{ROOM}/keys/{{id}}/revoke", revoke, Scope.ADMIN),
)
