"""Lists alerts, mutes one, and sends a test to those who are told of them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
import structlog
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.model import Key, Scope
from wechat_scheduler.alerts.deciding import clears_at
from wechat_scheduler.alerts.model import Alert, AlertState
from wechat_scheduler.alerts.ports import AlertFilter
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.auth import NO_TYPE
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.ids import ID, schema_of
from wechat_scheduler.web.kit.query import id_of, limit_of, next_page, one_of
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.native.audit import noting
from wechat_scheduler.web.native.reach import id_in
from wechat_scheduler.web.native.route import LINK, PAGED, NativeRoute, Parameter, query

log = structlog.get_logger(__name__)

STATES: Final = (AlertState.FIRING.value, AlertState.CLEARED.value)
# Seconds: longer than that, leave the rule out in the settings.
LONGEST_MUTE: Final = 90 * 86_400

NO_TARGETS: Final = "the settings name no alerts.targets: no person is told"


class AlertResult(msgspec.Struct, kw_only=True):
    """`subject` is what the alert is about: a job, an app, a platform, a path. `node` is the machine that alone
    sees it, or empty. `state` is firing or cleared. `since` is when it was first seen, `told_at` the last message
    about it. `name` is what people call the account of `appid`. `changed_at` is when `text` changed last after it fired. `gone_at` is since when its cause is not seen
    any more, and `clears_at` when it is over then, unless the cause comes back. `times` is 2 or more if its cause
    came back within a day. Instants are RFC 3339 in UTC."""

    id: str
    rule: str
    subject: str
    node: str
    appid: str
    name: str
    severity: str
    state: str
    since: datetime
    told_at: datetime | None
    changed_at: datetime | None
    gone_at: datetime | None
    clears_at: datetime | None
    cleared_at: datetime | None
    muted_until: datetime | None
    times: int
    text: str
    advice: str


class MuteBody(msgspec.Struct, forbid_unknown_fields=True):
    """For how many seconds no message about it is sent; 0 ends it."""

    seconds: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_MUTE)]


class AlertTestBody(msgspec.Struct, forbid_unknown_fields=True):
    """`target` is one that the settings name; without it all of them are tested."""

    target: Annotated[str, msgspec.Meta(max_length=32)] = ""


class AlertTestResult(msgspec.Struct, kw_only=True):
    """What became of a test. `answer` says why it was not `accepted`; `delivery` is that of a message in
    WeChat, else empty."""

    target: str
    kind: str
    accepted: bool
    answer: str
    delivery: str


async def listed(request: web.Request) -> web.Response:
    state, key = one_of(request, "state", STATES), request[CALLER]
    wanted = AlertFilter(
        state=AlertState(state) if state else None,
        appids=key.appids,
        kinds=key.kinds,
        after=id_of(request, "after"),
        limit=limit_of(request),
    )
    found = await request.app[SERVICES].alerts.page(wanted)
    headers = next_page(request, found, lambda last: str(last.id))
    return envelope.success(await _results(request, found), headers=headers)


async def shown(request: web.Request) -> web.Response:
    alert_id = id_in(request, "alert", Reason.ALERT_UNKNOWN)
    desk, shows = request.app[SERVICES].alerts, _shown_to(request[CALLER])
    (result,) = await _results(request, [await desk.alert(alert_id, shows=shows)])
    return envelope.success(result)


async def mute(request: web.Request) -> web.Response:
    alert_id = id_in(request, "alert", Reason.ALERT_UNKNOWN)
    lasts = timedelta(seconds=decode(await request.read(), MuteBody).seconds)
    desk, shows = request.app[SERVICES].alerts, _shown_to(request[CALLER])
    with noting(request, Action.ALERT_MUTED, f"alert/{alert_id}"):
        muted = await desk.mute(alert_id, lasts, shows=shows)
    log.info("alert.muted", alert=alert_id, until=str(muted.muted_until), by=request[CALLER].id)
    (result,) = await _results(request, [muted])
    return envelope.success(result)


async def test(request: web.Request) -> web.Response:
    body = decode(await request.read() or b"{}", AlertTestBody)
    answers = await request.app[SERVICES].alert_trials.run(body.target)
    log.info("alert.tested", targets=[each.target for each in answers], by=request[CALLER].id)
    return envelope.success(
        [
            AlertTestResult(
                target=each.target,
                kind=each.kind.value,
                accepted=each.accepted,
                answer=each.answer,
                delivery=str(each.delivery or ""),
            )
            for each in answers
        ],
        note="" if answers else NO_TARGETS,
    )


async def _results(request: web.Request, alerts: Sequence[Alert]) -> list[AlertResult]:
    """With what people call their accounts."""
    appids = {alert.appid for alert in alerts if alert.appid}
    names = await request.app[SERVICES].job_lists.names(appids)
    return [_result(alert, names.get(alert.appid, "")) for alert in alerts]


def _result(alert: Alert, name: str) -> AlertResult:
    return envelope.result_of(
        AlertResult,
        alert,
        id=str(alert.id),
        name=name,
        rule=alert.rule.value,
        severity=alert.severity.value,
        state=alert.state.value,
        clears_at=clears_at(alert),
    )


def _shown_to(key: Key) -> Callable[[Alert], bool]:
    """A key that is limited to accounts or types sees the alerts about these."""

    def shows(alert: Alert) -> bool:
        if not alert.appid:
            return not key.appids and not key.kinds
        return key.reaches(alert.appid, alert.kind or NO_TYPE)

    return shows


_ALERTS: Final = "/v1/alerts"
_ALERT: Final = f"{_ALERTS}/{{alert}}"
_ID: Final = Parameter("path", "alert", "The id of an alert.", schema_of(ID))
ROUTES = (
    NativeRoute(
        "GET", _ALERTS, listed, Scope.READ,
        "Lists what is wrong now, and what was, the newest first.",
        result=list[AlertResult],
        takes=(query("state", "Only those that fire, or are over.", {"enum": [*STATES]}), *PAGED),
        gives=LINK, checks_reach=True,
    ),
    NativeRoute(
        "POST", f"{_ALERTS}/test", test, Scope.ADMIN,
        "Sends a test to one or all of those who are told of alerts, and says what each answered.",
        body=AlertTestBody, result=list[AlertTestResult], errors=(404,),
    ),
    NativeRoute(
        "GET", _ALERT, shown, Scope.READ,
        "Shows an alert.",
        result=AlertResult, takes=(_ID,), errors=(404,), checks_reach=True,
    ),
    NativeRoute(
        "POST", f"{_ALERT}/mute", mute, Scope.ADMIN,
        "Sends no message about an alert for a time.",
        body=MuteBody, result=AlertResult, takes=(_ID,), errors=(404, 409), checks_reach=True,
    ),
)  # fmt: skip
