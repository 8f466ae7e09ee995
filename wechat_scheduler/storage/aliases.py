"""Other names of subscribers within an app."""

from collections.abc import Mapping
from datetime import datetime

from wechat_scheduler.audience.model import Alias, App, Subscription
from wechat_scheduler.storage.database import Script, Statement
from wechat_scheduler.storage.rows import micros, micros_or_none
from wechat_scheduler.storage.subscriptions import subscribe

ONE = "SELECT * FROM aliases WHERE app_id = $1 AND name = $2"
OF = "SELECT * FROM aliases WHERE uid = $2 AND app_id = $1"
PUT = """
    INSERT INTO aliases (app_id, name, uid, openkey_hash, openkey_until, consented)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (app_id, name) DO UPDATE
    SET uid = excluded.uid, openkey_hash = excluded.openkey_hash,
        openkey_until = excluded.openkey_until, consented = excluded.consented
"""
# Whoever the name stood for before, their openkey and their consent are not the new one's.
BIND = """
    INSERT INTO aliases (app_id, name, uid) VALUES ($1, $2, $3)
    ON CONFLICT (app_id, name) DO UPDATE
    SET uid = excluded.uid, openkey_hash = '', openkey_until = NULL, consented = 0
    WHERE aliases.uid <> excluded.uid
"""
# Whether one who is known follows is better known to us; the update is there for what it returns.
KNOWN = """
    INSERT INTO subscribers (uid, appid, openid, follows, created_at) VALUES ($1, $2, $3, 1, $4)
    ON CONFLICT (appid, openid) DO UPDATE SET openid = excluded.openid RETURNING uid
"""
REMOVE = "DELETE FROM aliases WHERE app_id = $1 AND name = $2 RETURNING name"


def bind(
    app: App, names: Mapping[str, tuple[str, str, int]], now: datetime
) -> Script[Mapping[str, str]]:
    """In one order, whoever asks: two that bind the same users do not wait for one another."""
    bound: dict[str, str] = {}
    for name, (openid, uid, subscription_id) in sorted(names.items(), key=lambda item: item[1][0]):
        rows = yield Statement(KNOWN, (uid, app.appid, openid, micros(now)))
        bound[name] = rows[0]["uid"]
        wanted = Subscription(
            id=subscription_id, app_id=app.id, topic_id=0, uid=bound[name], created_at=now
        )
        yield from subscribe(wanted)
        yield Statement(BIND, (app.id, name, bound[name]))
    return bound


def put(alias: Alias) -> Statement:
    until = micros_or_none(alias.openkey_until)
    key = (alias.app_id, alias.name, alias.uid)
    return Statement(PUT, (*key, alias.openkey_hash, until, int(alias.consented)))
