"""The commands with which a person starts, restarts and reads the daemon: the unit's, or others."""

from pathlib import Path
from shlex import quote
from typing import Final, NamedTuple

# Where the unit that we ship keeps the state.
INSTALLED_STATE: Final = Path("/var/lib/wechat-scheduler")
# It exists where systemd runs: sd_booted(3).
SYSTEMD: Final = Path("/run/systemd/system")


class DaemonCommands(NamedTuple):
    """What to do to a daemon, as parts of sentences."""

    start: str
    restart: str
    reload: str
    read_log: str


UNIT: Final = DaemonCommands(
    start="systemctl start wechat-scheduler",
    restart="systemctl restart wechat-scheduler",
    reload="systemctl reload wechat-scheduler",
    read_log="read its log: journalctl -u wechat-scheduler",
)


def daemon_commands(folder: Path) -> DaemonCommands:
    """The commands for the daemon on the folder. In a container, or on a terminal, there is no unit."""
    if folder == INSTALLED_STATE and SYSTEMD.is_dir():
        return UNIT
    return DaemonCommands(
        start=f"start it with wechat-scheduler --state {quote(str(folder))}, or start its container",
        restart="stop the daemon, or its container, and start it again",
        reload="send SIGHUP to the daemon, or to its container",
        read_log="read what it wrote to its terminal, or to its container's log",
    )
