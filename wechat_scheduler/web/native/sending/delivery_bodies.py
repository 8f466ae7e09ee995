"""The filters and results of deliveries."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.interceptions import Interception
from wechat_scheduler.delivery.model import Attempt, DeliveryState
from wechat_scheduler.delivery.views import DeliveryFilter, DeliveryView
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.envelope import result_of
from wechat_scheduler.web.kit.ids import Id, ReminderId
from wechat_scheduler.web.kit.texts import read_text
from wechat_scheduler.web.native.sending.message_requests import Instant

LONGEST_UID: Final = 128
# One transaction changes them, and other writers wait for it.
MOST_AT_ONCE: Final = 1000

Errcode = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]


Ids = Annotated[list[Id], Meta(max_length=MOST_AT_ONCE)]


class FilterBody(msgspec.Struct, forbid_unknown_fields=True):
    """Deliveries that match all given fields; `since` and `until` are times of their creation. Those that were
    `settled_by` a time have not been sent again since. With `dry_run` nothing is changed: the answer has the `ids` of
    those that would be."""

    ids: Ids | None = None
    state: DeliveryState | None = None
    app: Id | None = None
    message: Id | None = None
    reminder: ReminderId | None = None
    uid: str | None = None
    errcode: Errcode | None = None
    since: Instant | None = None
    until: Instant | None = None
    settled_by: Instant | None = None
    dry_run: bool = False


class ReplayBody(msgspec.Struct, forbid_unknown_fields=True):
    """With the `settled_at` that was seen as `settled_by`, a delivery that was sent again since is left as it is."""

    settled_by: Instant | None = None


class ChangedResult(msgspec.Struct):
    """`count` deliveries were changed, or would be after a `dry_run`: those of the `ids`. If `more` is true
    there may be others: repeat the request. A replay of all that match leaves out those that were `corrected` in
    another message: a `dry_run` counts them."""

    count: int
    more: bool
    ids: Sequence[int] = ()
    corrected: int = 0


class AttemptResult(msgspec.Struct, kw_only=True):
    """One attempt. `error` is empty if the receiver took the message; `errcode` and `rid` are WeChat's."""

    at: datetime
    duration_ms: int
    way: str
    errcode: int | None
    rid: str
    error: str


class DeliveryResult(msgspec.Struct, kw_only=True):
    """One message to one receiver. `channel` says what `to` is: a person's uid, a topic's id, or the app's webhook.
    `person` is the app's own name for the user, or the nickname; empty if neither is known. `topic` is the name of a
    topic, empty for others. `title` is the message's, its template, or the beginning of its text. `due_at` is the time
    of the next attempt; `reason` explains `state`. `openid` is that of a person, empty for others. If
    `possibly_duplicate` is true, the receiver may have seen the message twice. If `corrected` is true, the receiver
    was sent another message that corrects it."""

    id: int
    message: int
    app: int
    app_name: str
    title: str
    channel: str
    to: str
    openid: str
    person: str
    topic: str
    state: str
    way: str
    errcode: int | None
    reason: str
    reference: str
    notes: Sequence[str]
    possibly_duplicate: bool
    corrected: bool
    attempts: int
    created_at: datetime
    due_at: datetime | None
    settled_at: datetime | None


class DeliveryDetails(DeliveryResult, kw_only=True):
    """A delivery with every attempt, the oldest first. `appid` is that of a person's account. It is not
    sent after `expires`, and not tried again after `gives_up_at` if it failed before."""

    appid: str
    expires: datetime | None
    gives_up_at: datetime | None
    history: list[AttemptResult]


class InterceptionResult(msgspec.Struct, kw_only=True):
    """What WeChat lists of the messages of this template that it intercepted. If `intercepted`, `title`,
    `content` and `at` are as WeChat tells them. If it is not, and not `complete`, WeChat's list is longer
    than was read."""

    template_id: str
    intercepted: bool
    title: str
    content: str
    at: datetime | None
    complete: bool


def interception_result(asked: Interception) -> InterceptionResult:
    found = asked.found
    return InterceptionResult(
        template_id=asked.template_id,
        intercepted=found is not None,
        title=found.title if found else "",
        content=found.content if found else "",
        at=found.at if found else None,
        complete=asked.is_whole,
    )


def read_filter(body: bytes) -> tuple[DeliveryFilter, bool]:
    """The filter, and whether it is a dry run. Raises InvalidRequestError, also for a filter without any field."""
    parsed = decode(body, FilterBody)
    if parsed == FilterBody(dry_run=parsed.dry_run):
        raise InvalidRequestError("give at least one filter: state, app, message, uid …")
    if parsed.ids == []:
        raise InvalidRequestError("name at least one delivery", field="ids")
    wanted = DeliveryFilter(
        ids=tuple(parsed.ids or ()),
        state=parsed.state,
        app_id=parsed.app or 0,
        message_id=parsed.message or 0,
        reminder=parsed.reminder or "",
        uid=read_text(parsed.uid or "", "uid", longest=LONGEST_UID),
        errcode=parsed.errcode,
        since=parsed.since,
        until=parsed.until,
        settled_by=parsed.settled_by,
    )
    return wanted, parsed.dry_run


def delivery_result(view: DeliveryView, app: App | None) -> DeliveryResult:
    return result_of(DeliveryResult, view, **_renamed(view, app))


def delivery_details(
    view: DeliveryView, app: App | None, gives_up_at: datetime | None
) -> DeliveryDetails:
    return result_of(
        DeliveryDetails,
        view,
        **_renamed(view, app),
        expires=view.expires_at,
        gives_up_at=gives_up_at,
        history=[_attempt(one) for one in view.attempts],
    )


def _renamed(view: DeliveryView, app: App | None) -> dict[str, Any]:
    return {
        "app_name": app.name if app else "",
        "title": _titled(view.title, app),
        "message": view.message_id,
        "app": view.app_id,
        "to": view.target,
        "possibly_duplicate": view.duplicate,
        "attempts": view.tries,
    }


def _titled(title: str, app: App | None) -> str:
    """The title of the account's template, for a message that is called by its template."""
    if app is None:
        return title
    mapped = app.templates.get(title)
    known = app.account_templates.get(mapped.template_id if mapped else title)
    return known.title if known and known.title else title


def _attempt(attempt: Attempt) -> AttemptResult:
    duration_ms = attempt.duration // timedelta(milliseconds=1)
    return result_of(AttemptResult, attempt, duration_ms=duration_ms)
