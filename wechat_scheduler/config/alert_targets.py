"""The receivers of alerts."""

import enum
from typing import Final

from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.engine.sentences import Sentence

SERVER: Final = pattern(
    r"(?P<scheme>smtps?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(?P<port>[0-9]{1,5})"
)

PLACE: Final = Sentence("the alert target {name:s}", "告警接收者 {name}")


class AlertForm(enum.StrEnum):
    """What a receiver of alerts is."""

    FOLLOWER = "follower"
    """A subscriber of an app, who gets a message in WeChat."""

    WEBHOOK = "webhook"
    WECOM = "wecom"
    """A robot of a group in 企业微信."""

    DINGTALK = "dingtalk"
    """A robot of a group in 钉钉."""

    FEISHU = "feishu"
    """A robot of a group in 飞书."""

    EMAIL = "email"


class AlertLanguage(enum.StrEnum):
    """In which language a receiver reads."""

    EN = "en"
    ZH = "zh"


# They are read by people in China; a mailbox or a program may be anyone's.
CHINESE: Final = frozenset(
    (AlertForm.FOLLOWER, AlertForm.WECOM, AlertForm.DINGTALK, AlertForm.FEISHU)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTarget:
    """A receiver of alerts. `to` are uids or an app's own names of a follower, or mail addresses. `server` is
    `smtps://HOST:PORT` for TLS from the start, or `smtp://HOST:PORT` for STARTTLS; `sender` is the address that
    a mail is from. Messages are in `language`."""

    name: str
    kind: AlertForm
    language: AlertLanguage = AlertLanguage.EN
    app: int = 0
    to: tuple[str, ...] = ()
    url: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    server: str = ""
    sender: str = ""
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def place(self) -> str:
        """How errors and the log name it, without a secret."""
        return PLACE.fill(name=self.name)


def mail_server(target: AlertTarget) -> tuple[str, int, bool]:
    """The host and the port of its server, and whether TLS begins at once."""
    found = SERVER.fullmatch(target.server)
    if found is None:
        raise ValueError("no mail server")
    return found["host"].strip("[]"), int(found["port"]), found["scheme"] == "smtps"
