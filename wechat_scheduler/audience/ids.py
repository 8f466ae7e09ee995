"""Makes new ids, names and secrets. The long ones cannot be guessed."""

import secrets
import string
from datetime import datetime
from typing import Final

from wechat_scheduler.audience.model import Subscription, TokenKind
from wechat_scheduler.engine.places import BEHIND, IdPlaces
from wechat_scheduler.engine.random_bytes import random_bytes
from wechat_scheduler.errors import ConflictError
from wechat_scheduler.reasons import Reason

LETTERS: Final = string.ascii_letters + string.digits
UID_PREFIX: Final = "UID_"
# Stands for all subscribers of an app among the receivers of a message.
EVERYONE: Final = "*"
# A regular expression for the ids of apps and topics, as users write them.
ID: Final = "[0-9]{1,16}"

_places = IdPlaces()


def taken_for(alias: str) -> str:
    """What else an alias could be mistaken for; empty if an app may use it."""
    if alias.startswith(UID_PREFIX):
        return "a uid of ours"
    return f"{EVERYONE}, which stands for all subscribers" if alias == EVERYONE else ""


def new_id() -> int:
    """52 random bits, which clients that read ids as floats keep exact. Never 0, which means none."""
    while not (found := int.from_bytes(random_bytes(7)) >> 4):
        pass
    return found


def new_delivery_id() -> int:
    """52 bits, never 0: a place, and 36 random bits. Deliveries that are made together are sent together, and then lie on
    the same pages of indexes: one commit writes several."""
    return _places.next() << BEHIND | new_id() >> 52 - BEHIND


def new_uid() -> str:
    return f"{UID_PREFIX}{_letters(28)}"


def new_token(kind: TokenKind) -> str:
    return f"{kind.value}{_letters(32)}"


def new_app_key() -> str:
    """Letters and digits only: PHP SDKs sign wrongly if a key contains `-` or `_`."""
    return _letters(32)


def new_scene_id() -> str:
    """A secret: a caller that has it may ask who scanned the code. WeChat takes 64 characters."""
    return _letters(32)


def new_openid() -> str:
    """The openid of signed calls: 32 hex digits, which their SDKs require and WeChat's openids are not."""
    return secrets.token_hex(16)


def new_openkey() -> str:
    return secrets.token_hex(24)


def new_subscription(app_id: int, uid: str, *, topic_id: int = 0, at: datetime) -> Subscription:
    return Subscription(id=new_id(), app_id=app_id, topic_id=topic_id, uid=uid, created_at=at)


def _letters(size: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(size))


def name_taken(name: str, uid: str) -> ConflictError:
    """The refusal to give a user the name of the user `uid`."""
    return ConflictError(
        f"the name {name!r} is that of another user, {uid}: choose another, or let it move",
        reason=Reason.SUBSCRIBER_NAME_TAKEN,
    )
