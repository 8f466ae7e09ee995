"""API keys: made, listed and revoked."""

from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.access.model import KeyState, Scope
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.access.key_form import (
    LISTS,
    SCOPES,
    key_fields,
    read_key,
)
from wechat_scheduler.web.console.access.key_page import (
    NEW,
    STATES,
    expires,
    keys_of,
    may_do,
    revoking,
    used,
)
from wechat_scheduler.web.console.access.tabs import (
    BACK,
    ROOM,
    access_page,
    accounts,
    codes,
    limits,
    lists_in,
)
from wechat_scheduler.web.console.fields import form, select_field
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.key_names import key_place
from wechat_scheduler.web.console.known_accounts import learn_names
from wechat_scheduler.web.console.links import button, done, link, links, pager
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import (
    code,
    facts,
    joined,
    search,
    searched,
    secret_section,
    section,
    state,
    table,
)
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.keys import KeyResult, MadeKeyResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

KEYS = W("Keys", "API key")
MAKE, MAKE_IT = W("Make a key", "创建 key"), W("Make the key", "创建")
INSTEAD = W("The key that it is like, to revoke", "要吊销的原 key")
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
KEY_TEXT, SIGNING = "API key", W("Signing secret", "签名密钥")
NOTICES: Final = {"key_revoked": W("The key was revoked.", "key 已吊销。")}
# The key that a new one is to be like, in the address of the form and in the form.
LIKE: Final = "like"


async def listed(visit: Visit) -> web.StreamResponse:
    """`GET /console/access`. A key that is no admin's sees its sessions only."""
    if not visit.may(Scope.ADMIN):
        return web.Response(status=303, headers={hdrs.LOCATION: f"{ROOM}/sessions"})
    wanted = visit.request.query.get("state", KeyState.ACTIVE.value)
    query = {"state": wanted or None, "after": visit.request.query.get("after") or None}
    rows = await visit.api.page("/v1/keys", KeyResult, limit=100, **query)
    await learn_names(visit, (appid for key in rows.rows for appid in key.appids))
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
    """`GET /console/access/keys/new`. With `like`, filled in as that key is."""
    like = visit.request.query.get(LIKE, "")
    return await _form(visit, Mistakes(), (await keys_of(visit, like))[-1] if like else None)


async def make(visit: Visit) -> web.StreamResponse:
    """`POST /console/access/keys/new`. The text of the key is in this response only."""
    try:
        body = read_key(visit)
        made = await visit.api.post("/v1/keys", MadeKeyResult, body, once=visit.once)
    except RequestError as error:
        return await _form(visit, Mistakes(error, lists=lists_in(visit.form, LISTS)))
    shown = secret_section(visit, MADE, [(KEY_TEXT, made.key), (SIGNING, made.signing_secret)])
    await learn_names(visit, made.appids)
    ways = [(ROOM, BACK)]
    if former := visit.form.get(LIKE, ""):
        ways.insert(0, (key_place(former), INSTEAD))
    return access_page(
        visit, ROOM, joined([shown, _told(visit, made), links(visit, ways)]), title=MADE
    )


async def revoke(visit: Visit) -> web.StreamResponse:
    """`POST /console/access/keys/{id}/revoke`."""
    await visit.api.delete("/v1/keys/{id}", str, id=visit.request.match_info["id"])
    return done(ROOM, "key_revoked")


async def _form(visit: Visit, mistakes: Mistakes, like: KeyResult | None = None) -> web.Response:
    fields = FormFields(visit, visit.form, mistakes)
    former = like.id if like else visit.form.get(LIKE, "")
    made = await key_fields(visit, fields, like)
    shown = form(visit, NEW, made, MAKE_IT, fields={LIKE: former} if former else None)
    body = section(visit, MAKE, joined([fields.refusal(), shown]))
    return access_page(visit, ROOM, body, title=MAKE, status=mistakes.status)


def _told(visit: Visit, key: KeyResult) -> Html:
    """What the key is called and what it may do, each scope in words."""
    told = [
        (terms.NAME, code(key.name)),
        (SCOPES, may_do(visit, key.scopes)),
        (REACHES, _reaches(visit, key)),
        (terms.EXPIRES, visit.time(key.expires_at)),
    ]
    return section(visit, THE_KEY, facts(visit, told))


def _reaches(visit: Visit, key: KeyResult) -> Html:
    """Accounts with their names, types and networks; or all."""
    others = [*key.types, *key.networks]
    if not key.appids:
        return limits(visit, others)
    return joined([accounts(visit, key.appids), codes(others)])


def _row(visit: Visit, key: KeyResult) -> list[Html | str]:
    kind, words = STATES[key.state]
    is_active = key.state == KeyState.ACTIVE
    name = link(key_place(key.id), visit.told(key.name))
    return [
        fill("{name}<div>{id}</div>", name=name, id=code(key.id)),
        state(visit, kind, words),
        codes(key.scopes),
        _reaches(visit, key),
        used(visit, key) if is_active else visit.time(key.last_used_at),
        expires(visit, key) if is_active else visit.time(key.expires_at),
        revoking(visit, key),
    ]


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, ROOM, listed),
    ConsoleRoute(hdrs.METH_GET, NEW, new, Scope.ADMIN),
    ConsoleRoute(hdrs.METH_POST, NEW, make, Scope.ADMIN),
    ConsoleRoute(hdrs.METH_POST, f"{ROOM}/keys/{{id}}/revoke", revoke, Scope.ADMIN),
)
