"""Shows what needs a person now: credentials by their numbers, and the alerts that fire, each with its advice."""

from typing import Final

import msgspec

from wechat_scheduler.config.alerts import AlertRule
from wechat_scheduler.web.console.alerts.now import changed, mute_of, standing, urgency, what_now
from wechat_scheduler.web.console.alerts.wording import rule_words
from wechat_scheduler.web.console.key_limits import of_credentials
from wechat_scheduler.web.console.links import account_link, link
from wechat_scheduler.web.console.native_api import Rows
from wechat_scheduler.web.console.overview.lost import LOST, lost
from wechat_scheduler.web.console.parts import section, state
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.alerts import AlertResult
from wechat_scheduler.web.native.job_counts import JobCountsResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

# A person does not act on more at once; the page of the alerts has all.
MOST: Final = 8

NEEDS = W("Needs you now", "现在需要处理")
NOTHING = W("Nothing needs a person now.", "现在没有需要人处理的事。")
NOTHING_SEEN = W(
    "Nothing that your key sees needs a person now.",
    "当前 key 可见范围内没有需要处理的事。",
)
ALL = W("All alerts ({number})", "全部告警（{number}）")
_NEED: Final = """<li class="need">
<h3 class="head">{severity} {rule} {subject} <span class="faint">{since}</span></h3>
<p class="text">{text}</p>{changed}{advice}{mute}</li>"""


async def needs(visit: Visit, alerts: Rows[AlertResult], counts: JobCountsResult | None) -> Html:
    """What is wrong, the worst first and of that the newest; then the alerts whose cause is gone."""
    worst = sorted((_now(visit, alert, counts) for alert in alerts.rows), key=urgency)
    lasts = any(alert.gone_at is None for alert in worst)
    failing = await lost(visit, counts)
    number = f"{len(worst)}{'+' if alerts.after else ''}"
    body = fill(
        "{nothing}{needs}{all}",
        nothing=when(
            not lasts and not failing,
            fill(
                "<p>{nothing}</p>",
                nothing=state(visit, "good", of_credentials(visit, NOTHING, NOTHING_SEEN)),
            ),
        ),
        needs=when(
            failing or worst,
            fill(
                '<ul class="needs">{lost}{needs}</ul>',
                lost=failing,
                needs=[_need(visit, alert) for alert in worst[:MOST]],
            ),
        ),
        all=when(
            worst,
            fill("<p>{all}</p>", all=link("/console/alerts", visit.say(ALL, number=number))),
        ),
    )
    return section(visit, NEEDS, body, id="needs", live=True)


def _now(visit: Visit, alert: AlertResult, counts: JobCountsResult | None) -> AlertResult:
    """The alert as it is at this moment: the daemon looks for causes once a minute only, and counts at once."""
    lasts = counts is None or any(counts.errors[reaction] for reaction, _, _ in LOST)
    if lasts or alert.rule != AlertRule.CREDENTIAL_EXPIRES or alert.gone_at is not None:
        return alert
    return msgspec.structs.replace(alert, gone_at=visit.now)


def _need(visit: Visit, alert: AlertResult) -> Html:
    muted = mute_of(visit, alert)
    return fill(
        _NEED,
        severity=standing(visit, alert),
        rule=rule_words(visit, alert.rule),
        subject=_subject(visit, alert),
        since=visit.time(alert.since),
        text=visit.sentence(alert.text),
        changed=changed(visit, alert),
        advice=what_now(visit, alert),
        mute=when(muted, fill('<p class="faint">{muted}</p>', muted=muted)),
    )


def _subject(visit: Visit, alert: AlertResult) -> Html:
    """A link to the account, if it is about one."""
    if not alert.appid:
        return fill("<code>{subject}</code>", subject=alert.subject)
    return account_link(visit, alert.appid)
