"""Between rows and apps, tokens and topics."""

from ipaddress import ip_network
from typing import Any

import msgspec

from wechat_scheduler.audience.model import SHANGHAI, App, Template, Token, TokenKind, Topic
from wechat_scheduler.storage.database import Row
from wechat_scheduler.storage.rows import Vault, instant, micros


class Settings(msgspec.Struct, omit_defaults=True):
    """All of an app that is neither secret nor asked for in SQL, as it is stored."""

    zone: str = SHANGHAI
    templates: dict[str, Template] = {}
    at_most_once: bool = False
    per_minute: int = 0
    recipient_per_minute: int = 0
    networks: tuple[str, ...] = ()
    home: str = ""
    contact: str = ""
    welcome: str = ""
    description: str = ""


_settings_json = msgspec.json.Decoder(Settings)


def app_place(app_id: int, column: str) -> str:
    """What that column of an app is sealed to."""
    return f"app:{app_id}/{column}"


def app_values(vault: Vault, app: App) -> tuple[object, ...]:
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


def app_of(vault: Vault, row: Row) -> App:
    settings = _settings_json.decode(row["settings"])
    known: dict[str, Any] = {
        field: getattr(settings, field)
        for field in Settings.__struct_fields__
        if field != "networks"
    }
    sealed: dict[str, Any] = {
        column: vault.open(row[column], app_place(row["id"], column))
        for column in ("callback", "app_key", "signing_secret")
    }
    return App(
        id=row["id"],
        name=row["name"],
        appid=row["appid"],
        networks=tuple(map(ip_network, settings.networks)),
        created_at=instant(row["created_at"]),
        **known,
        **sealed,
    )


def token_values(token: Token) -> tuple[object, ...]:
    return (token.hash, token.kind.value, token.app_id, token.uid, micros(token.created_at))


def token_of(row: Row) -> Token:
    return Token(
        hash=row["hash"],
        kind=TokenKind(row["kind"]),
        app_id=row["app_id"],
        uid=row["uid"],
        created_at=instant(row["created_at"]),
    )


def topic_of(row: Row) -> Topic:
    return Topic(
        id=row["id"],
        app_id=row["app_id"],
        name=row["name"],
        description=row["description"],
        created_at=instant(row["created_at"]),
    )


def _settings(app: App) -> str:
    settings = Settings(
        zone=app.zone,
        templates=dict(app.templates),
        at_most_once=app.at_most_once,
        per_minute=app.per_minute,
        recipient_per_minute=app.recipient_per_minute,
        networks=tuple(map(str, app.networks)),
        home=app.home,
        contact=app.contact,
        welcome=app.welcome,
        description=app.description,
    )
    return msgspec.json.encode(settings).decode()
