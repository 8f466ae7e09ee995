"""What QR codes carry, and what WeChat told of that was seen to."""

from datetime import datetime, timedelta

from wechat_scheduler.access.once import Once
from wechat_scheduler.audience.model import Scene
from wechat_scheduler.storage.answers import answered
from wechat_scheduler.storage.database import Script, Statement
from wechat_scheduler.storage.rows import Vault, micros, micros_or_none

# Who scanned a code may be asked for a while after it ended.
KEPT = timedelta(days=7)
# Longer than WeChat repeats anything.
HEARD_KEPT = timedelta(days=1)

ONE = "SELECT * FROM scenes WHERE id = $1"
LASTING = """
    SELECT * FROM scenes
    WHERE app_id = $1 AND purpose = $2 AND target = $3 AND expires_at IS NULL AND extra = ''
    ORDER BY created_at, id LIMIT 1
"""
PUT = """
    INSERT INTO scenes (id, app_id, purpose, target, extra, ticket, url, ticket_until, expires_at,
        created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
# Each new one takes two old ones along.
FORGET = """
    DELETE FROM scenes WHERE id IN (
        SELECT id FROM scenes WHERE expires_at < $1 ORDER BY expires_at LIMIT 2
    )
"""
SCANNED = "UPDATE scenes SET last_uid = $2 WHERE id = $1"
KEEP_TICKET = "UPDATE scenes SET ticket = $2, url = $3, ticket_until = $4 WHERE id = $1"

HEARD = "SELECT 1 FROM heard WHERE event = $1"
PUT_HEARD = "INSERT INTO heard (event, at) VALUES ($1, $2) ON CONFLICT (event) DO NOTHING"
FORGET_HEARD = "DELETE FROM heard WHERE at < $1"


def add(vault: Vault, scene: Scene, once: Once | None) -> Script[None]:
    yield from answered(vault, once, scene.created_at)
    yield Statement(FORGET, (micros(scene.created_at - KEPT),))
    times = (scene.ticket_until, scene.expires_at, scene.created_at)
    yield Statement(
        PUT,
        (
            *(scene.id, scene.app_id, scene.purpose.value, scene.target, scene.extra),
            *(scene.ticket, scene.url),
            *map(micros_or_none, times),
        ),
    )


def done(event: str, now: datetime) -> Script[None]:
    yield Statement(PUT_HEARD, (event, micros(now)))
    yield Statement(FORGET_HEARD, (micros(now - HEARD_KEPT),))
