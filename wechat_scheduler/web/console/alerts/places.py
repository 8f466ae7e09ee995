"""The page of the console where a person sees and mends what an alert is about."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote, urlencode

from wechat_scheduler.alerts.model import Alert
from wechat_scheduler.config.alerts import AlertRule

ALERTS: Final = "/console/alerts"
_OF_APP: Final = "app/"


def place_of(rule: str, *, subject: str, appid: str) -> str:
    """Its path, with the query; the page of alerts for a rule that this version does not know."""
    place = _PLACES.get(rule)
    return place(subject, appid) if place else ALERTS


def list_of(rule: str) -> str:
    """The page where all that alerts of a rule are about is seen."""
    return _LISTS.get(rule, ALERTS)


def address_of(console: str, alert: Alert) -> str:
    """The same with the address of the console in front; empty if that is."""
    place = place_of(alert.rule.value, subject=alert.subject, appid=alert.appid)
    return f"{console}{place}" if console else ""


def _account(_: str, appid: str) -> str:
    return f"/console/credentials/{quote(appid, safe='')}"


def _credential(subject: str, appid: str) -> str:
    """The subject is the job, or a path of the account."""
    parts = subject.split("/")
    if parts[0] != appid or len(parts) == 1:
        return _account(subject, appid)
    return "/".join(("/console/credentials", *(quote(part, safe="") for part in parts)))


def _dead_letters(subject: str, _: str) -> str:
    app = subject.removeprefix(_OF_APP)
    of_app = {"app": app} if app.isdecimal() and app != "0" else {}
    return f"/console/messages?{urlencode({'state': 'dead', **of_app})}"


def _refused(subject: str, _: str) -> str:
    errcode = subject.rpartition("/")[2]
    return f"/console/messages?{urlencode({'state': 'pending', 'errcode': errcode})}"


def _pushes(_: str, appid: str) -> str:
    return f"/console/pushes?{urlencode({'account': appid})}"


def _daemon(_: str, __: str) -> str:
    return "/#daemon"


_LISTS: Final[Mapping[str, str]] = {
    AlertRule.CREDENTIAL_EXPIRES: "/console/credentials?error=any",
    AlertRule.CREDENTIAL_CONTESTED: "/console/credentials?contested=true",
    AlertRule.QUOTA_NEARLY_SPENT: "/console/credentials",
    AlertRule.DEAD_LETTERS: "/console/messages?state=dead",
    AlertRule.TICKET_MISSING: "/console/pushes",
    AlertRule.STORE_SLOW: "/#daemon",
    AlertRule.SENDS_REFUSED: "/console/messages?state=pending",
    AlertRule.PUSHES_REFUSED: "/console/pushes",
}
_PLACES: Final[Mapping[str, Callable[[str, str], str]]] = {
    AlertRule.CREDENTIAL_EXPIRES: _account,
    AlertRule.CREDENTIAL_CONTESTED: _credential,
    AlertRule.QUOTA_NEARLY_SPENT: _credential,
    AlertRule.DEAD_LETTERS: _dead_letters,
    AlertRule.TICKET_MISSING: _pushes,
    AlertRule.STORE_SLOW: _daemon,
    AlertRule.SENDS_REFUSED: _refused,
    AlertRule.PUSHES_REFUSED: _pushes,
}
