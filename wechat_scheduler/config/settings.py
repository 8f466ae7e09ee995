"""Every setting of the daemon: its name, its notation, its default.

A setting is one field of one section here and one entry of `config.example.toml`, which says why it
exists and when to change it. Its other names derive from its path: `server.body_limit` is
`WECHAT_SCHEDULER_SERVER_BODY_LIMIT` in the environment and `--body-limit` on the command line.
"""

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, TypeAlias

import msgspec

from wechat_scheduler.config import notation
from wechat_scheduler.config.alerts import AlertSettings
from wechat_scheduler.config.database_urls import DATABASE, LISTEN_DATABASE
from wechat_scheduler.config.gateway import GatewaySettings
from wechat_scheduler.config.notation import Notation, one_of, whole
from wechat_scheduler.config.section import Count, Duration, Networks, Section, Size, notation_of

PREFIX = "WECHAT_SCHEDULER_"

AccessTokenEndpoint: TypeAlias = Literal["stable_token", "token"]
LogLevel: TypeAlias = Literal["debug", "info", "warning", "error"]
BotMode: TypeAlias = Literal["off", "asked", "on"]
LogFormat: TypeAlias = Literal["auto", "text", "json"]


class ServerSettings(Section, frozen=True, kw_only=True):
    """The daemon's HTTP server. Port 0 takes a free port; `body_limit` is in bytes."""

    host: Annotated[str, notation.HOST] = "127.0.0.1"
    port: Annotated[int, whole(0, 65535)] = 9001
    public_url: Annotated[str, notation.PUBLIC_URL] = ""
    console: Annotated[bool, notation.SWITCH] = True
    body_limit: Size = 1 << 20
    fetch_deadline: Duration = timedelta(seconds=10)
    insecure_no_auth: Annotated[bool, notation.SWITCH] = False
    trusted_proxies: Networks = ()
    shutdown_grace: Duration = timedelta(seconds=10)


class StateSettings(Section, frozen=True, kw_only=True):
    """The state. A field without a default derives from the surroundings."""

    dir: Annotated[Path, notation.PATH]
    database: Annotated[str, DATABASE]
    database_file: Annotated[Path | None, notation.PATH] = None
    listen_database: Annotated[str, LISTEN_DATABASE] = ""
    connections: Count = 10
    sealing_key_file: Annotated[Path, notation.PATH]
    audit_retention: Duration = timedelta(days=90)


class WechatSettings(Section, frozen=True, kw_only=True):
    """Calls to WeChat. `timeout` is for one call."""

    api: Annotated[str, notation.BASE_URL] = "https://api.weixin.qq.com"
    access_token_endpoint: Annotated[AccessTokenEndpoint, one_of(AccessTokenEndpoint)] = (
        "stable_token"  # noqa: S105 - the name of an endpoint
    )
    timeout: Duration = timedelta(seconds=10)
    connections: Count = 128


class RefreshSettings(Section, frozen=True, kw_only=True):
    """Refreshes. `daily_calls` limits the calls of a job in a day of Asia/Shanghai; `quota_share`
    limits them to a share of the calls that WeChat documents for the endpoint."""

    slots: Count = 64
    lease: Duration = timedelta(seconds=60)
    retry_cap: Duration = timedelta(minutes=15)
    daily_calls: Annotated[int, whole(1, 500_000)] = 1000
    quota_share: Annotated[float, notation.SHARE] = 0.5


# Link-local networks contain the metadata services of most clouds (169.254.169.254; Tencent's
# 169.254.0.23). The others, in order: Alibaba's, Azure's and Oracle's older one, those of AWS and
# Google by IPv6, and the two networks of "this host", which a check for loopback would miss.
DENIED = (
    "169.254.0.0/16",
    "fe80::/10",
    "100.100.100.200/32",
    "168.63.129.16/32",
    "192.0.0.192/32",
    "fd00:ec2::254/128",
    "fd20:ce::254/128",
    "0.0.0.0/8",
    "::/128",
)


class CallbackSettings(Section, frozen=True, kw_only=True):
    """Calls to business systems. An empty `allow` allows every address that is not denied."""

    timeout: Duration = timedelta(seconds=10)
    connections: Count = 128
    slots: Count = 128
    answer_limit: Size = 64 << 10
    retry_cap: Duration = timedelta(minutes=15)
    allow: Networks = ()
    deny: Networks = tuple(map(ip_network, DENIED))


class DeliverySettings(Section, frozen=True, kw_only=True):
    """Messages to people. A message is tried for `give_up`, and can be looked up for `retention` after
    that."""

    give_up: Duration = timedelta(hours=24)
    retention: Duration = timedelta(days=30)


class ReminderSettings(Section, frozen=True, kw_only=True):
    """Reminders. `shortest` is the shortest time between two occurrences; one that ended is kept for
    `retention`; `font` is the font of posters, looked up if it is not given; `bot` says from which
    messages of people it makes reminders."""

    slots: Count = 64
    shortest: Duration = timedelta(minutes=1)
    retention: Duration = timedelta(days=180)
    font: Annotated[Path | None, notation.PATH] = None
    bot: Annotated[BotMode, one_of(BotMode)] = "on"


class CompatSettings(Section, frozen=True, kw_only=True):
    """Compatible APIs. With `original_answers` the paths of the original wechat-scheduler have its
    responses. A title of Tencent's API may contain none of `tencent_words`.

    `wecron_created` is the HTTP status of a new reminder. The others are limits, 0 for none:
    `wecron_creates` per user and hour, `wecron_calls` per user and day, `wecron_pictures` per address
    and minute, `wxpusher_calls` per app and ten seconds, `wxpusher_queries` per address and ten
    seconds.
    """

    original_answers: Annotated[bool, notation.SWITCH] = False
    tencent_words: Annotated[tuple[str, ...], notation.WORDS] = ()
    wecron_created: Annotated[int, whole(200, 201)] = 200
    wecron_creates: Annotated[int, whole(0, 1_000_000)] = 0
    wecron_calls: Annotated[int, whole(0, 1_000_000)] = 0
    wecron_pictures: Annotated[int, whole(0, 1_000_000)] = 30
    wxpusher_calls: Annotated[int, whole(0, 1_000_000)] = 0
    wxpusher_queries: Annotated[int, whole(0, 1_000_000)] = 100


class LogSettings(Section, frozen=True, kw_only=True):
    """The log on standard error."""

    level: Annotated[LogLevel, one_of(LogLevel)] = "info"
    format: Annotated[LogFormat, one_of(LogFormat)] = "auto"


class SystemdSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The variables that systemd sets; empty without systemd.

    The descriptors 3 … 3 + `listen_fds` - 1 are ours only if `listen_pid` is our process id, because
    children inherit the variables (sd_listen_fds(3)).
    """

    notify_socket: str | None = None
    watchdog: timedelta | None = None
    listen_pid: int | None = None
    listen_fds: int = 0
    listen_fdnames: tuple[str, ...] = ()


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The whole configuration, checked."""

    server: ServerSettings
    state: StateSettings
    wechat: WechatSettings
    refresh: RefreshSettings
    callbacks: CallbackSettings
    delivery: DeliverySettings
    reminders: ReminderSettings
    compat: CompatSettings
    gateway: GatewaySettings
    alerts: AlertSettings
    log: LogSettings
    systemd: SystemdSettings


SECTIONS: dict[str, type[Section]] = {
    field.name: field.type
    for field in msgspec.structs.fields(Config)
    if issubclass(field.type, Section)
}

SHORT_FLAGS = {"state.dir": "--state", "state.database": "--database"}


class Setting(NamedTuple):
    """One setting. `default` is `msgspec.NODEFAULT` if it depends on the surroundings."""

    section: str
    name: str
    notation: Notation
    default: object

    @property
    def path(self) -> str:
        return f"{self.section}.{self.name}"

    @property
    def variable(self) -> str:
        return f"{PREFIX}{self.section}_{self.name}".upper()

    @property
    def flag(self) -> str:
        if self.path in SHORT_FLAGS:
            return SHORT_FLAGS[self.path]
        words = self.name if self.section == "server" else f"{self.section}_{self.name}"
        return f"--{words.replace('_', '-')}"


def shown(config: Config) -> dict[str, str]:
    """Each setting by its path, as `config show` prints it: without secrets."""
    return {
        path: setting.notation.show(getattr(getattr(config, setting.section), setting.name))
        for path, setting in SETTINGS.items()
    }


def _settings() -> Iterator[Setting]:
    for section, fields in SECTIONS.items():
        for field in msgspec.structs.fields(fields):
            yield Setting(section, field.name, notation_of(field), field.default)


SETTINGS = {setting.path: setting for setting in _settings()}
