"""Shows what needs a person now: each fault once, with its advice, as credentials and alerts tell it."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final

import msgspec

from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.credentials.journal import FOR_A_PERSON
from wechat_scheduler.web.console.key_limits import of_credentials
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.overview.alert_items import item, together
from wechat_scheduler.web.console.overview.faults import CredentialFaults, items
from wechat_scheduler.web.console.overview.idle_apps import idle_items
from wechat_scheduler.web.console.parts import section, state
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.alerts import AlertResult
from wechat_scheduler.web.native.job_counts import JobCountsResult
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

# A person does not act on more at once; the pages of credentials and of alerts have all.
MOST: Final = 8

NEEDS = W("Needs you now", "现在需要处理")
NOTHING = W("Nothing needs a person now.", "现在没有需要人处理的事。")
NOTHING_SEEN = W(
    "Nothing that your key sees needs a person now.",
    "当前 key 可见范围内没有需要处理的事。",
)
ALL = W("All alerts ({number})", "全部告警（{number}）")


def needs(
    visit: Visit,
    alerts: Rows[AlertResult],
    counts: JobCountsResult | None,
    faults: CredentialFaults,
    names: Mapping[str, str],
    idle: Mapping[str, Sequence[AppResult]],
) -> Html:
    """The apps without a credential, the faults of credentials, what else is wrong, the worst first, and the alerts whose cause is gone.
    `names` are those of accounts."""
    fire = [_now(visit, alert, counts) for alert in alerts.rows]
    about, others = _parted(fire, faults)
    groups = together(visit, others)
    lasts = idle or faults or any(group[0].gone_at is None for group in groups)
    made = [
        *islice(idle_items(visit, idle), MOST),
        *items(visit, faults, about, names),
        *(item(visit, group, names) for group in groups),
    ]
    number = f"{len(fire)}{'+' if alerts.after else ''}"
    body = fill(
        "{nothing}{needs}{all}",
        nothing=when(
            not lasts,
            fill(
                "<p>{nothing}</p>",
                nothing=state(visit, "good", of_credentials(visit, NOTHING, NOTHING_SEEN)),
            ),
        ),
        needs=when(made, fill('<ul class="needs">{made}</ul>', made=made[:MOST])),
        all=when(
            fire,
            fill("<p>{all}</p>", all=link("/console/alerts", visit.say(ALL, number=number))),
        ),
    )
    return section(visit, NEEDS, body, id="needs", live=True)


def _parted(
    alerts: Sequence[AlertResult], faults: CredentialFaults
) -> tuple[list[AlertResult], list[AlertResult]]:
    """The alerts about these faults, and the others."""
    about = [
        alert
        for alert in alerts
        if alert.rule == AlertRule.CREDENTIAL_EXPIRES
        and alert.gone_at is None
        and any(one.is_told_by(alert) for one in faults.known)
    ]
    ids = {alert.id for alert in about}
    return about, [alert for alert in alerts if alert.id not in ids]


def _now(visit: Visit, alert: AlertResult, counts: JobCountsResult | None) -> AlertResult:
    """The alert as it is at this moment: the daemon looks for causes once a minute only, and counts at once."""
    lasts = counts is None or any(counts.errors[reaction] for reaction in FOR_A_PERSON)
    if lasts or alert.rule != AlertRule.CREDENTIAL_EXPIRES or alert.gone_at is not None:
        return alert
    return msgspec.structs.replace(alert, gone_at=visit.now)
