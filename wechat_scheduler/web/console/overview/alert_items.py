"""Shows the alerts that fire: one item for those of a rule that say to do the same."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from wechat_scheduler.web.console.account_names import OF_APP, named
from wechat_scheduler.web.console.alerts.now import (
    WAYS,
    changed,
    mutes_of,
    standing,
    urgency,
    what_now,
)
from wechat_scheduler.web.console.alerts.places import list_of, place_of
from wechat_scheduler.web.console.alerts.wording import rule_words
from wechat_scheduler.web.console.links import account_link, link
from wechat_scheduler.web.console.parts import labelled
from wechat_scheduler.web.console.plots import shown
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.alerts import AlertResult
from wechat_scheduler.web.pages.markup import Html, fill, when

W = Words

# Alerts that are named in one item; the page of the alerts has all.
MOST_NAMED: Final = 3
TOGETHER = W("{number} alerts", "{number} 条告警")
_ITEM: Final = """<li class="need">
<h3 class="head">{severity} {rule} {subject} <span class="faint">{since}</span></h3>
{texts}{changed}{advice}{mute}</li>"""


def together(visit: Visit, alerts: Sequence[AlertResult]) -> list[list[AlertResult]]:
    """The alerts by what is to be done, the worst first."""
    groups: dict[tuple[str, str, bool], list[AlertResult]] = {}
    for alert in sorted(alerts, key=urgency):
        way = WAYS.get(alert.rule)
        says = visit.say(way.words) if way and way.words else alert.advice
        gone = alert.gone_at is not None
        groups.setdefault((alert.rule, "" if gone else says, gone), []).append(alert)
    return [*groups.values()]


def item(visit: Visit, alerts: Sequence[AlertResult], names: Mapping[str, str]) -> Html:
    """An item for alerts that belong together. `names` are those of accounts."""
    worst = alerts[0]
    return fill(
        _ITEM,
        severity=standing(visit, worst),
        rule=rule_words(visit, worst.rule),
        subject=_subject(visit, alerts, names),
        since=visit.time(min(alert.since for alert in alerts)),
        texts=[*_texts(visit, alerts, names)],
        changed=when(len(alerts) == 1, changed(visit, worst)),
        advice=what_now(visit, worst, place=_place(alerts)),
        mute=mutes_of(visit, alerts),
    )


def _subject(visit: Visit, alerts: Sequence[AlertResult], names: Mapping[str, str]) -> Html:
    """How many there are; of one a link to the account, if it is about one."""
    worst = alerts[0]
    if len(alerts) > 1:
        return fill("{words}", words=visit.say(TOGETHER, number=shown(len(alerts))))
    return _about(visit, worst, names)


def _about(visit: Visit, alert: AlertResult, names: Mapping[str, str]) -> Html:
    if not alert.appid:
        return fill("<code>{subject}</code>", subject=alert.subject)
    if alert.subject.startswith(OF_APP) and (app := names.get(alert.subject)):
        return link(f"/console/apps/{alert.subject.removeprefix(OF_APP)}", app)
    shown = account_link(visit, alert.appid)
    return shown if alert.name else named(names, alert.appid, shown)


def _texts(visit: Visit, alerts: Sequence[AlertResult], names: Mapping[str, str]) -> Iterator[Html]:
    """What is wrong; of several as a list."""
    if len(alerts) == 1:
        yield fill('<p class="text">{text}</p>', text=visit.sentence(alerts[0].text))
        return
    made = [
        fill(
            "<li>{text}</li>",
            text=labelled(visit, _about(visit, alert, names), visit.sentence(alert.text)),
        )
        for alert in alerts[:MOST_NAMED]
    ]
    yield fill('<ul class="links">{made}</ul>', made=made)


def _place(alerts: Sequence[AlertResult]) -> str:
    """The page where one or all of them are mended."""
    worst = alerts[0]
    if len(alerts) > 1:
        return list_of(worst.rule)
    return place_of(worst.rule, subject=worst.subject, appid=worst.appid)
