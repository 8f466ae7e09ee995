"""`audience.ports.Apps` on a database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from ipaddress import ip_network
from typing import Any

import msgspec

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.model import (
    SHANGHAI,
    AccountTemplate,
    App,
    Template,
    Token,
    TokenKind,
)
from wechat_scheduler.engine.clock import EPOCH
from wechat_scheduler.storage.audience.adopting import adopted, waiting
from wechat_scheduler.storage.audience.removals import app_removed
from wechat_scheduler.storage.database import (
    Database,
    Row,
    Script,
    Statement,
    call_on,
    each,
    rows_of,
)
from wechat_scheduler.storage.locking import lock_app, lock_person
from wechat_scheduler.storage.rows import Vault, micros, record, stored
from wechat_scheduler.storage.stored_responses import put_response
from wechat_scheduler.storage.unreadable import UNREADABLE, readable, report, why

COLUMNS = "id, name, appid, settings, callback, app_key, signing_secret, created_at"
ALL = f"SELECT {COLUMNS} FROM apps ORDER BY created_at, id"  # noqa: S608 - our own names
# Changes nothing, but locks the row: changes of one app are made one after the other.
LOCK = f"UPDATE apps SET name = name WHERE id = $1 RETURNING {COLUMNS}"  # noqa: S608 - our own names
PUT = """
    INSERT INTO apps (id, name, appid, settings, callback, app_key, signing_secret, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
CHANGE = """
    UPDATE apps SET name = $2, appid = $3, settings = $4, callback = $5, app_key = $6,
        signing_secret = $7
    WHERE id = $1 RETURNING id
"""
REMOVE = "DELETE FROM apps WHERE id = $1 RETURNING id"
TOKEN = ("hash", "kind", "app_id", "uid", "created_at")
TOKENS = f"SELECT {', '.join(TOKEN)} FROM tokens"  # noqa: S608 - our own names
GRANT = f"INSERT INTO tokens ({', '.join(TOKEN)}) VALUES ($1, $2, $3, $4, $5)"  # noqa: S608 - our own names
REVOKE = "DELETE FROM tokens WHERE app_id = $1 AND uid = $2 AND kind = $3 RETURNING hash"
TEMPLATES = "SELECT appid, templates FROM account_templates"
TEMPLATES_OF = f"{TEMPLATES} WHERE appid = $1"
PUT_TEMPLATES = """
    INSERT INTO account_templates (appid, templates) VALUES ($1, $2)
    ON CONFLICT (appid) DO UPDATE SET templates = excluded.templates RETURNING appid
"""
FORGET_TEMPLATES = "DELETE FROM account_templates WHERE appid NOT IN (SELECT appid FROM apps)"
HAS_APP = "SELECT id FROM apps WHERE id = $1"
GRANTED = "SELECT app_id FROM tokens WHERE hash = $1"
# The signal to other processes.
CHANGED = "apps"


class StoredSettings(msgspec.Struct, omit_defaults=True):
    """The fields of an app that are neither secret nor queried in SQL, as they are stored."""

    zone: str = SHANGHAI
    templates: dict[str, Template] = {}
    at_most_once: bool = False
    per_minute: int = 0
    recipient_per_minute: int = 0
    networks: tuple[str, ...] = ()
    mini_program: bool = False
    home: str = ""
    contact: str = ""
    welcome: str = ""
    description: str = ""
    link_generation: int = 0


_settings_json = msgspec.json.Decoder(StoredSettings)
_templates_json = msgspec.json.Decoder(dict[str, AccountTemplate])


class SqlApps:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def all_apps(self) -> Sequence[App]:
        rows = await self._database.read(TEMPLATES)
        templates = dict(readable(rows, _templates_of, table="account_templates", key="appid"))
        apps = await self._database.read(ALL)
        return [self._app(row, templates.get(row["appid"], {})) for row in apps]

    async def all_tokens(self) -> Sequence[Token]:
        """All readable rows. Unreadable ones are skipped, so they grant no access."""
        rows = await self._database.read(TOKENS)
        return readable(rows, lambda row: record(Token, row), table="tokens", key="app_id")

    async def has_app(self, app_id: int) -> bool:
        return bool(await self._database.read(HAS_APP, app_id))

    async def has_token(self, digest: str) -> bool:
        return bool(await self._database.read(GRANTED, digest))

    async def add_app(self, app: App, tokens: Sequence[Token], *, once: Once | None) -> None:
        reminders = await waiting(self._database, app.appid)
        await self._database.write(lambda: self._add_app(app, tokens, once, reminders))

    async def change_app(self, app_id: int, edit: Callable[[App], App]) -> App | None:
        return await self._database.write(lambda: self._change_app(app_id, edit))

    async def put_templates(self, appid: str, templates: Sequence[AccountTemplate]) -> None:
        stored = msgspec.json.encode({one.template_id: one for one in templates}).decode()
        await self._database.write(lambda: self._told(Statement(PUT_TEMPLATES, (appid, stored))))

    async def remove_app(self, app_id: int, *, now: datetime) -> bool:
        return await self._database.write(lambda: self._remove_app(app_id, now))

    async def replace_token(self, token: Token, *, once: Once | None = None) -> None:
        await self._database.write(lambda: self._replace_token(token, once))

    async def revoke_tokens(self, app_id: int, kind: TokenKind, *, uid: str) -> bool:
        revoked = Statement(REVOKE, (app_id, uid, kind.value))
        return await self._database.write(lambda: self._told(revoked))

    def on_change(self, listener: Callable[[], object]) -> None:
        """Calls `listener` also after a gap in which signals may have been lost."""
        call_on(self._database, CHANGED, listener)

    def _app(self, row: Row, templates: Mapping[str, AccountTemplate]) -> App:
        try:
            return _app_of(self._vault, row, templates)
        except UNREADABLE as error:
            report("apps", row["id"], error)
            name, appid = str(row["name"]), str(row["appid"])
            return App(
                id=row["id"], name=name, appid=appid, unreadable=why(error), created_at=EPOCH
            )

    def _add_app(
        self, app: App, tokens: Sequence[Token], once: Once | None, reminders: Sequence[str]
    ) -> Script[None]:
        yield from put_response(self._vault, once, app.created_at)
        yield Statement(PUT, _app_values(self._vault, app))
        yield from each(Statement(GRANT, stored(token, TOKEN)) for token in tokens)
        yield from adopted(app.id, reminders)
        yield from self._database.dialect.signal(CHANGED)

    def _change_app(self, app_id: int, edit: Callable[[App], App]) -> Script[App | None]:
        rows = yield Statement(LOCK, (app_id,))
        if not rows:
            return None
        listed = yield Statement(TEMPLATES_OF, (rows[0]["appid"],))
        templates = dict(readable(listed, _templates_of, table="account_templates", key="appid"))
        app = self._app(rows[0], templates.get(rows[0]["appid"], {}))
        if app.unreadable:
            return None
        changed = edit(app)
        yield from self._told(Statement(CHANGE, _app_values(self._vault, changed)[:-1]))
        return changed

    def _remove_app(self, app_id: int, now: datetime) -> Script[bool]:
        if not (yield from self._told(Statement(REMOVE, (app_id,)))):
            return False
        yield from app_removed(app_id, now)
        yield Statement(FORGET_TEMPLATES)
        return True

    def _replace_token(self, token: Token, once: Once | None) -> Script[None]:
        yield from put_response(self._vault, once, token.created_at)
        yield lock_app(token.app_id)
        yield lock_person(token.uid)
        yield Statement(REVOKE, (token.app_id, token.uid, token.kind.value))
        yield from self._told(Statement(GRANT, stored(token, TOKEN)))

    def _told(self, statement: Statement) -> Script[bool]:
        """Run a change and signal it to other processes. Returns whether a row changed."""
        changed = yield from rows_of(statement)
        yield from self._database.dialect.signal(CHANGED)
        return bool(changed)


def app_place(app_id: int, column: str) -> str:
    """The context that the column is sealed with."""
    return f"app:{app_id}/{column}"


def _app_values(vault: Vault, app: App) -> tuple[object, ...]:
    """In the order of the table's columns."""
    sealed = (
        vault.seal(text, app_place(app.id, column))
        for column, text in (
            ("callback", app.callback),
            ("app_key", app.app_key),
            ("signing_secret", app.signing_secret),
        )
    )
    return (app.id, app.name, app.appid, _settings(app), *sealed, micros(app.created_at))


def _templates_of(row: Row) -> tuple[str, Mapping[str, AccountTemplate]]:
    return row["appid"], _templates_json.decode(row["templates"])


def _app_of(vault: Vault, row: Row, templates: Mapping[str, AccountTemplate]) -> App:
    settings = _settings_json.decode(row["settings"])
    known: dict[str, Any] = {
        field: getattr(settings, field)
        for field in StoredSettings.__struct_fields__
        if field != "networks"
    }
    sealed: dict[str, Any] = {
        column: vault.open(row[column], app_place(row["id"], column))
        for column in ("callback", "app_key", "signing_secret")
    }
    networks = tuple(map(ip_network, settings.networks))
    return record(
        App,
        row,
        networks=networks,
        account_templates=templates,
        unreadable="",
        **known,
        **sealed,
    )


def _settings(app: App) -> str:
    given: dict[str, Any] = {name: getattr(app, name) for name in StoredSettings.__struct_fields__}
    given["networks"] = tuple(map(str, app.networks))
    return msgspec.json.encode(StoredSettings(**given)).decode()
