"""The reminders of Tencent's OpenAPI V3: set_reminder and is_reminder_set.

    POST /v3/spread/set_reminder        begin0=…&key0=…&type0=…&title0=… (0 to 2)
    GET|POST /v3/spread/is_reminder_set cmd=0|1|2

with `openid`, `openkey`, `appid`, `pf` and `sig` as a form or in the query. Responses are
`{"ret": 0, "is_lost": 0, …}` or `{"ret": CODE, "msg": …}`, or the same as XML; their status is 200.

A report replaces the app's former report for the user; a refused report replaces nothing. `appid` is
the id of an app of this daemon, and `sig` is made with its app key. The daemon issues the openids and
openkeys.
"""

import enum
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Final

import msgspec
import structlog
from aiohttp import hdrs, web

from wechat_scheduler.audience.model import Found
from wechat_scheduler.config.settings import Config
from wechat_scheduler.delivery.refused_receivers import Refusal, refusal_of
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.reminders.model import Reminder
from wechat_scheduler.reminders.refused_reminders import PastError, ReminderError
from wechat_scheduler.web.compat.api import Api
from wechat_scheduler.web.compat.tencent.calls import (
    FORMAT,
    Ret,
    SignedCall,
    TencentError,
    admitted,
    known,
    refused,
    respond,
)
from wechat_scheduler.web.compat.tencent.slots import Slot, read_slots
from wechat_scheduler.web.kit.room_states import STATES, RoomStates
from wechat_scheduler.web.kit.route import Proof, Route
from wechat_scheduler.web.kit.services import SERVICES, Services

# Marks the reminders that this API made.
SOURCE: Final = "tencent"
# Words that must not occur in the title of a reported reminder.
WORDS: Final = web.AppKey("tencent", Sequence[str])

log = structlog.get_logger(__name__)

SET: Final = "/v3/spread/set_reminder"
IS_SET: Final = "/v3/spread/is_reminder_set"
# The paths of all other APIs of V3.
ANY: Final = "/v3/{area}/{api}"

# A reminder may be reported this long after it began.
FORGIVING: Final = timedelta(hours=24)

# The parameter of a slot, by the field of a draft.
_PARAMETERS: Final[Mapping[str, str]] = MappingProxyType({"time": "begin", "title": "title"})

# The fields of the response, by `cmd`: does the user follow the account (`setup`), may the app remind
# (`reg`)?
_ASKED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"0": ("setup",), "1": ("reg",), "2": ("setup", "reg")}
)


class Reg(enum.IntEnum):
    """Whether the app may remind the user: never allowed, by the user or at all, turned off, or allowed."""

    NEVER = -1
    OFF = 0
    ON = 1


async def set_reminder(request: web.Request) -> web.Response:
    """`POST /v3/spread/set_reminder`. A report without slots removes all reminders."""
    services, call = request.app[SERVICES], await admitted(request)
    await _require_right(services, call)
    report = read_slots(call.params, request.app[STATES][WORDS])
    reminders = list(_planned(services, call, report.slots))
    is_lost = report.is_partial or len(reminders) < len(report.slots)
    await services.reminders.replace_slots(call.app.id, call.alias.uid, SOURCE, reminders)
    log.info("reminder.reported", app=call.app.id, count=len(reminders), is_lost=is_lost)
    return respond(request, {"ret": Ret.OK.value, "is_lost": int(is_lost), "msg": ""})


async def is_reminder_set(request: web.Request) -> web.Response:
    """`GET` and `POST /v3/spread/is_reminder_set`."""
    services, call = request.app[SERVICES], await admitted(request)
    asked = _ASKED.get(call.params.get("cmd", ""))
    if asked is None:
        raise TencentError(Ret.INVALID, "must be 0, 1 or 2", field="cmd")
    found = await _found(services, call)
    follows = found is not None and found.subscriber.follows
    reg = _reg(call, found, is_kept=await services.accounts.keeps(call.app.appid))
    said = {"setup": int(follows), "reg": reg.value}
    return respond(
        request, {"ret": Ret.OK.value, "is_lost": 0} | {name: said[name] for name in asked}
    )


def unrouted(request: web.Request, error: web.HTTPException) -> web.Response:
    """The response to a path or a method that no route has."""
    request[FORMAT] = request.query.get("format", "")
    return refused(request, _no_api())


async def not_served(request: web.Request) -> web.Response:
    """Any other API of V3: the app is checked first."""
    await known(request)
    raise _no_api()


def _no_api() -> TencentError:
    return TencentError(Ret.NO_API, "this API is not served here")


def _planned(services: Services, call: SignedCall, slots: Iterable[Slot]) -> Iterator[Reminder]:
    """The reminders; those that began longer than FORGIVING ago are left out."""
    alike: Counter[tuple[object, ...]] = Counter()
    for slot in slots:
        told = (slot.begin, slot.key, slot.sort, slot.title)
        alike[told] += 1
        reminder = Reminder(
            id=_id(call, told, alike[told]),
            app_id=call.app.id,
            source=SOURCE,
            owner=call.alias.uid,
            title=slot.title,
            detail=f"来自「{call.app.name}」",
            start=slot.begin,
            zone=call.app.zone,
            slot=slot.number,
            mark=slot.key,
            created_at=services.clock.now(),
        )
        try:
            yield services.reminders.plan(reminder, forgiving=FORGIVING)
        except PastError:
            continue
        except ReminderError as error:
            field = f"{_PARAMETERS.get(error.field, 'key')}{slot.number}"
            raise TencentError(Ret.INVALID, error.sentence, field=field) from error


def _id(call: SignedCall, told: tuple[object, ...], time: int) -> str:
    """The same id for a slot that is reported again, so that the user is not reminded twice; alike
    slots of one report have different ids."""
    parts = (call.app.id, call.alias.uid, *told, time)
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]


async def _require_right(services: Services, call: SignedCall) -> None:
    """Raises TencentError if the app may not remind this user, or may remind no user."""
    if not await services.accounts.keeps(call.app.appid):
        message = f"the app may not remind: its account {call.app.appid} is not authorised here"
        raise TencentError(Ret.NO_RIGHT, message)
    if not call.alias.consented:
        raise TencentError(Ret.NO_CONSENT, "the user has not authorised reminders of this app")
    if refused_by := refusal_of(await _found(services, call)):
        ret = Ret.FROZEN if refused_by.refusal is Refusal.BLOCKED else Ret.NO_CONSENT
        raise TencentError(ret, refused_by.sentence)


async def _found(services: Services, call: SignedCall) -> Found | None:
    return (await services.audience.find(call.app, [call.alias.uid])).get(call.alias.uid)


def _reg(call: SignedCall, found: Found | None, *, is_kept: bool) -> Reg:
    if not (call.alias.consented and is_kept):
        return Reg.NEVER
    return Reg.OFF if refusal_of(found) else Reg.ON


def _setup(states: RoomStates, config: Config, clock: Clock) -> None:
    states[WORDS] = config.compat.tencent_words


ROUTES = (
    Route(hdrs.METH_POST, SET, set_reminder, Proof.SIGNATURE),
    Route(hdrs.METH_GET, IS_SET, is_reminder_set, Proof.SIGNATURE),
    Route(hdrs.METH_POST, IS_SET, is_reminder_set, Proof.SIGNATURE),
    Route(hdrs.METH_GET, ANY, not_served, Proof.SIGNATURE),
    Route(hdrs.METH_POST, ANY, not_served, Proof.SIGNATURE),
)

API = Api(prefixes=("/v3/",), routes=ROUTES, refused=refused, unrouted=unrouted, setup=_setup)
