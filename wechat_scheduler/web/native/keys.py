"""Makes, lists and ends API keys."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
import structlog
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.keyring import KeyDraft, Keyring, MadeKey
from wechat_scheduler.access.model import ADMIN, OTHER_ADMIN, Key, KeyState, Scope
from wechat_scheduler.access.once import Once
from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.idempotency import KeepResult, created
from wechat_scheduler.web.kit.ids import WeChatId, read_appids
from wechat_scheduler.web.kit.kinds import KindTable, Type
from wechat_scheduler.web.kit.query import one_of, page_of
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.kit.texts import (
    KEY_NAMESAKE,
    Name,
    note_on_namesakes,
    read_name,
    read_networks,
)
from wechat_scheduler.web.native.audit import noting
from wechat_scheduler.web.native.route import AFTER, LIMIT, LINK, NativeRoute, Success, query

log = structlog.get_logger(__name__)

# Ten years, in seconds. A key without `expires_in` never expires.
LONGEST_LIFE = 10 * 366 * 86_400
# The scopes that hand out values of credentials; none of them goes with VIEW.
FETCHING: Final = (Scope.READ, Scope.ADMIN)


class KeyBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new key. An empty list does not limit the key; an unknown field is refused, since a misspelt
    limit would not limit it either. `expires_in` is in seconds."""

    name: Name
    scopes: Annotated[list[Scope], msgspec.Meta(extra_json_schema={"minItems": 1})]
    appids: list[WeChatId] = []
    types: list[Type] = []
    networks: list[str] = []
    expires_in: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_LIFE)] | None = None


class KeyResult(msgspec.Struct, kw_only=True):
    """A key without its text. `state` is active, expired or revoked; instants are RFC 3339 in UTC."""

    id: str
    name: str
    scopes: list[str]
    appids: list[str]
    types: list[str]
    networks: list[str]
    state: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class MadeKeyResult(KeyResult, kw_only=True):
    """`key` and `signing_secret` are shown only once."""

    key: str
    signing_secret: str


async def create(request: web.Request) -> web.Response:
    services, body = request.app[SERVICES], await request.read()
    draft = read_key_draft(body, services.kinds)

    async def make(keep: KeepResult) -> None:
        def once(made: MadeKey) -> Once | None:
            return keep(made_result(made, services.clock.now()))

        with noting(request, Action.KEY_CREATED, draft.id):
            made = await services.keyring.make(draft, once=once)
        log.info("key.created", key_id=made.key.id, name=made.key.name, by=request[CALLER].id)

    return await created(request, body, make, note=note_on_keys(services.keyring, draft))


async def listed(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    state = one_of(request, "state", tuple(KeyState))
    await services.auditor.settle_uses()
    found = key_results(await services.keyring.all_keys(), services.clock.now())
    shown = [key for key in found if not state or key.state == state]
    if not {"after", "limit"} & request.query.keys():
        return envelope.success(shown)
    page, headers = page_of(request, shown, _place)
    return envelope.success(page, headers=headers)


async def revoke(request: web.Request) -> web.Response:
    key_id = request.match_info["id"]
    with noting(request, Action.KEY_REVOKED, key_id):
        has_opened = await request.app[SERVICES].keyring.revoke(key_id, by=request[CALLER])
    if has_opened:
        log.info("key.revoked", key_id=key_id, by=request[CALLER].id)
    return envelope.success("success", note="" if has_opened else ended_before(key_id))


def read_key_draft(body: bytes, kinds: KindTable) -> KeyDraft:
    """Raises InvalidRequestError, which tells of all fields that are wrong."""
    parsed, wrong = decode(body, KeyBody), WrongFields()
    with wrong:
        name = read_name(parsed.name, "name")
    with wrong:
        if not parsed.scopes:
            raise InvalidRequestError("name what the key is for", field="scopes")
        _check_that_it_looks_only(parsed.scopes)
    with wrong:
        appids = read_appids(parsed.appids)
    with wrong:
        types = enumerate(parsed.types)
        known = frozenset(kinds.read(one, f"types[{number}]").kind for number, one in types)
    with wrong:
        networks = tuple(dict.fromkeys(read_networks(parsed.networks)))
    wrong.check()
    return KeyDraft(
        name=name,
        scopes=frozenset(parsed.scopes),
        appids=appids,
        kinds=known,
        networks=networks,
        lifetime=None if parsed.expires_in is None else timedelta(seconds=parsed.expires_in),
    )


def note_on_keys(keyring: Keyring, draft: KeyDraft) -> str:
    """A note that an active key has the name of the draft already, or empty."""
    return note_on_namesakes(KEY_NAMESAKE, draft.name, keyring.ids_of(draft.name))


def ended_before(key_id: str) -> str:
    """The note on a revocation that ended nothing."""
    return f"no {'other ' if key_id == ADMIN else ''}key {key_id} was active: nothing has changed"


def key_results(found: Sequence[Key], now: datetime) -> list[KeyResult]:
    """The oldest first. Of the admin keys, which share their id, the newest active one has its name."""
    results = [_result(key, now) for key in found]
    admins = [result for result in results if result.id == ADMIN]
    active = [result for result in admins if result.state == KeyState.ACTIVE]
    for result in admins:
        if result is not (active or admins)[-1]:
            result.name = OTHER_ADMIN.en
    return sorted(results, key=lambda result: (result.created_at, result.id))


def made_result(made: MadeKey, now: datetime) -> MadeKeyResult:
    shown = msgspec.structs.asdict(_result(made.key, now))
    return MadeKeyResult(**shown, key=made.text, signing_secret=made.signing_secret)


def _check_that_it_looks_only(scopes: Sequence[Scope]) -> None:
    """A key that is for looking would otherwise fetch what it must not, unnoticed."""
    fetching = [scope for scope in FETCHING if scope in scopes]
    if Scope.VIEW in scopes and fetching:
        raise InvalidRequestError(
            f"{fetching[0]} fetches values of credentials, and view is for a key that only looks: "
            "leave out one of the two",
            field="scopes",
        )


def _place(key: KeyResult) -> str:
    """Admin keys share their id."""
    return f"{key.id}.{int(key.created_at.timestamp() * 1_000_000)}"


def _result(key: Key, now: datetime) -> KeyResult:
    return envelope.result_of(
        KeyResult,
        key,
        scopes=sorted(key.scopes),
        appids=sorted(key.appids),
        types=sorted(key.kinds),
        networks=[str(network) for network in key.networks],
        state=key.state(now).value,
    )


ROUTES = (
    NativeRoute(
        "POST", "/v1/keys", create, Scope.ADMIN,
        "Makes an API key and its signing secret, which are shown only once.",
        body=KeyBody, result=MadeKeyResult, once=True,
    ),
    NativeRoute(
        "GET", "/v1/keys", listed, Scope.ADMIN,
        "Lists all keys, including revoked and expired ones, without their text.",
        result=list[KeyResult],
        takes=(
            query("state", "Only keys in this state.", {"enum": list(KeyState)}),
            AFTER,
            query("limit", "The size of a page; without `after` and `limit` all keys come at once.", LIMIT.schema),
        ),
        gives=LINK,
    ),
    NativeRoute(
        "DELETE", "/v1/keys/{id}", revoke, Scope.ADMIN,
        "Revokes a key, at once and permanently.",
        result=Success,
    ),
)  # fmt: skip
