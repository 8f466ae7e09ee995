"""Between rows and subscribers, subscriptions, scenes and aliases."""

from datetime import time

from wechat_scheduler.audience.model import Alias, Purpose, Quiet, Scene, Subscriber, Subscription
from wechat_scheduler.storage.database import Row
from wechat_scheduler.storage.rows import instant, instant_or_none


def columns(table: str, names: str, prefix: str = "") -> str:
    """The columns of a table's alias, each known in the answer by a prefix of its own."""
    return ", ".join(f"{table}.{name} AS {prefix}{name}" for name in names.split())


SUBSCRIBER = (
    "uid appid openid follows trouble heard_at zone quiet nickname avatar morning hears_joins"
    " created_at"
)
SUBSCRIPTION = "id app_id topic_id uid blocked muted created_at"


def subscriber_of(row: Row) -> Subscriber:
    return Subscriber(
        uid=row["uid"],
        appid=row["appid"],
        openid=row["openid"],
        follows=bool(row["follows"]),
        created_at=instant(row["created_at"]),
        heard_at=instant_or_none(row["heard_at"]),
        trouble=row["trouble"],
        zone=row["zone"],
        quiet=_quiet(row["quiet"]),
        nickname=row["nickname"],
        avatar=row["avatar"],
        morning=row["morning"],
        hears_joins=bool(row["hears_joins"]),
    )


def subscription_of(row: Row, prefix: str = "") -> Subscription:
    return Subscription(
        id=row[f"{prefix}id"],
        app_id=row[f"{prefix}app_id"],
        topic_id=row[f"{prefix}topic_id"],
        uid=row[f"{prefix}uid"],
        created_at=instant(row[f"{prefix}created_at"]),
        blocked=bool(row[f"{prefix}blocked"]),
        muted=bool(row[f"{prefix}muted"]),
    )


def scene_of(row: Row) -> Scene:
    return Scene(
        id=row["id"],
        app_id=row["app_id"],
        purpose=Purpose(row["purpose"]),
        target=row["target"],
        extra=row["extra"],
        created_at=instant(row["created_at"]),
        expires_at=instant_or_none(row["expires_at"]),
        last_uid=row["last_uid"],
        ticket=row["ticket"],
        url=row["url"],
        ticket_until=instant_or_none(row["ticket_until"]),
    )


def alias_of(row: Row) -> Alias:
    return Alias(
        app_id=row["app_id"],
        name=row["name"],
        uid=row["uid"],
        openkey_hash=row["openkey_hash"],
        openkey_until=instant_or_none(row["openkey_until"]),
        consented=bool(row["consented"]),
    )


def quiet_text(quiet: Quiet) -> str:
    return f"{quiet.begins:%H:%M}-{quiet.ends:%H:%M}"


def _quiet(text: str) -> Quiet | None:
    begins, _, ends = text.partition("-")
    return Quiet(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends)) if ends else None
