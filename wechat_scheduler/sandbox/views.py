"""Phones as JSON."""

import msgspec

from wechat_scheduler.sandbox.people import Person
from wechat_scheduler.sandbox.phones import PhoneMessage


class PhoneView(msgspec.Struct, frozen=True, kw_only=True):
    """A phone, and how its owner stands to the account. `count` is of all that ever arrived."""

    appid: str
    openid: str
    subscribed: bool
    blocked: bool
    count: int
    messages: list[PhoneMessage]


def view(person: Person) -> PhoneView:
    return PhoneView(
        appid=person.appid,
        openid=person.openid,
        subscribed=person.followed_at is not None,
        blocked=person.blocked,
        count=person.phone.count,
        messages=list(person.phone.shown),
    )
