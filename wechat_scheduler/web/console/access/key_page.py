"""The page of one API key: what it may do, how it is used, and what can be done with it."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import quote, urlencode

from aiohttp import hdrs, web

from wechat_scheduler.access.model import ADMIN, KeyState, Scope
from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.access.audit_rows import audit_table
from wechat_scheduler.web.console.access.key_form import SCOPE_WORDS, SCOPES
from wechat_scheduler.web.console.access.tabs import ROOM, access_page, accounts, limits
from wechat_scheduler.web.console.fields import form
from wechat_scheduler.web.console.key_names import key_names
from wechat_scheduler.web.console.known_accounts import learn_names
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import (
    Cell,
    Kind,
    code,
    facts,
    joined,
    section,
    spaced,
    state,
)
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.native.audit import AuditEntryResult
from wechat_scheduler.web.native.keys import KeyResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

NEW: Final = f"{ROOM}/keys/new"
ONE: Final = f"{ROOM}/keys/of/{{id}}"
# Entries of the audit on the page; its own page has all.
MOST_ENTRIES: Final = 20
# A key that ends within this time is marked.
SOON: Final = timedelta(days=14)

STATES: Final[Mapping[str, tuple[Kind, Words]]] = {
    KeyState.ACTIVE: ("good", terms.ACTIVE),
    KeyState.EXPIRED: ("idle", W("expired", "已过期")),
    KeyState.REVOKED: ("bad", terms.REVOKED),
}
NEVER_USED, ENDS_SOON = W("never used", "从未使用"), W("ends soon", "即将过期")
ACCOUNTS, TYPES = W("Accounts", "账号"), W("Types of credentials", "凭据类型")
NETWORKS, REVOKED_AT = W("Networks", "网段"), W("Revoked", "吊销时间")
DID = W("What it did last", "最近的操作")
DID_NOTHING = W("The audit has no entry of this key.", "审计里没有这个 key 的记录。")
ALL_ENTRIES = W("All its entries in the audit", "审计里它的全部记录")
ABOUT_IT = W("What was done with it", "对它的操作")
ROTATE = W("Make another like it", "创建一个同样的 key")
ROTATE_HINT = W(
    "To replace it, make another like it, give that to its systems, let them register, then revoke this one.",
    "要替换它：创建一个同样的 key，交给使用它的系统，等它们登记之后，再吊销这一个。",
)
REVOKE = W("Revoke", "吊销")
REVOKE_ASK = W(
    "Revoke the key {name} ({id})? Its systems and sessions are out at once, for ever.",
    "吊销 key {name}（{id}）？使用它的系统和会话立即失效，且不能恢复。",
)


async def shown(visit: Visit) -> web.StreamResponse:
    """`GET /console/access/keys/of/{id}`. Admin keys share their id, and each has a section."""
    found = await keys_of(visit, visit.request.match_info["id"])
    await learn_names(visit, (appid for key in found for appid in key.appids))
    name = visit.told(found[-1].name)
    parts = [
        *(section(visit, visit.told(key.name), _about(visit, key)) for key in reversed(found)),
        *[one async for one in _audit(visit, found[-1])],
    ]
    return access_page(visit, ROOM, joined(parts), title=name)


async def keys_of(visit: Visit, key_id: str) -> Sequence[KeyResult]:
    """Those with that id, one unless they are admin keys, the oldest first. Raises NotFoundError."""
    found = await visit.api.get("/v1/keys", list[KeyResult])
    those = [key for key in found if key.id == key_id]
    if not those:
        raise NotFoundError(
            f"there is no API key with the id {key_id}: the list of keys has their ids",
            reason=Reason.KEY_UNKNOWN,
        )
    return those


def may_do(visit: Visit, scopes: Sequence[str]) -> Html:
    """Each scope in words."""
    may = [fill("<div>{words}</div>", words=visit.say(SCOPE_WORDS[Scope(one)])) for one in scopes]
    return fill("{may}", may=may)


def used(visit: Visit, key: KeyResult) -> Html:
    return visit.time(key.last_used_at) if key.last_used_at else state(visit, "warn", NEVER_USED)


def expires(visit: Visit, key: KeyResult) -> Html:
    """With a mark, while there is time to make another."""
    is_soon = key.expires_at is not None and key.expires_at - visit.now < SOON
    return spaced(visit.time(key.expires_at), when(is_soon, state(visit, "warn", ENDS_SOON)))


def revoking(visit: Visit, key: KeyResult) -> Html:
    """The button; nothing for a key that cannot be revoked."""
    sure = REVOKE_ASK.filled(name=key.name, id=key.id)
    is_possible = key.state == KeyState.ACTIVE and key.id != ADMIN
    action = f"{ROOM}/keys/{quote(key.id, safe='')}/revoke"
    return when(is_possible, form(visit, action, Html(), REVOKE, kind="danger", confirm=sure))


def _about(visit: Visit, key: KeyResult) -> Html:
    return joined([facts(visit, [*_facts(visit, key)]), _acts(visit, key)])


def _facts(visit: Visit, key: KeyResult) -> Iterator[tuple[Phrase, Cell | None]]:
    kind, words = STATES[key.state]
    yield terms.STATE, state(visit, kind, words)
    yield terms.ID, code(key.id)
    yield SCOPES, may_do(visit, key.scopes)
    yield ACCOUNTS, accounts(visit, key.appids)
    yield TYPES, limits(visit, key.types)
    yield NETWORKS, limits(visit, key.networks)
    yield terms.CREATED, visit.exactly(key.created_at)
    yield terms.USED_LAST, visit.exactly(key.last_used_at) if key.last_used_at else used(visit, key)
    yield terms.EXPIRES, expires(visit, key)
    if key.revoked_at:
        yield REVOKED_AT, visit.exactly(key.revoked_at)


def _acts(visit: Visit, key: KeyResult) -> Html:
    """A key that has ended can be made again."""
    if key.id == ADMIN:
        return Html()
    like = f"{NEW}?{urlencode({'like': key.id})}"
    return fill(
        '<p class="faint">{hint}</p><div class="buttons"><a class="button" href="{like}">{words}</a>{revoke}</div>',
        hint=visit.say(ROTATE_HINT),
        like=like,
        words=visit.say(ROTATE),
        revoke=revoking(visit, key),
    )


async def _audit(visit: Visit, key: KeyResult) -> AsyncIterator[Html]:
    names = await key_names(visit)
    did = await visit.api.page("/v1/audit", AuditEntryResult, key=key.id, limit=MOST_ENTRIES)
    all_of = link(f"{ROOM}/audit?{urlencode({'key': key.id})}", visit.say(ALL_ENTRIES))
    shown = await audit_table(visit, DID, did.rows, names, empty=DID_NOTHING)
    yield section(visit, DID, joined([shown, when(did.after, fill("<p>{all}</p>", all=all_of))]))
    about = await visit.api.page("/v1/audit", AuditEntryResult, object=key.id, limit=MOST_ENTRIES)
    if about.rows:
        table = await audit_table(visit, ABOUT_IT, about.rows, names, empty=DID_NOTHING)
        yield section(visit, ABOUT_IT, table)


ROUTES: Final = (ConsoleRoute(hdrs.METH_GET, ONE, shown, Scope.ADMIN),)
