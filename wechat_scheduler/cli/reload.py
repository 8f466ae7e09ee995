"""SIGHUP: the configuration is read anew."""

import sys

import structlog

from wechat_scheduler.cli.options import Options
from wechat_scheduler.config.changes import change
from wechat_scheduler.config.settings import Config
from wechat_scheduler.daemon.opening import Daemon
from wechat_scheduler.errors import ConfigError
from wechat_scheduler.log import setup as log

logger = structlog.get_logger(__name__)


class Reloader:
    """Takes over what changed in `config`, as far as a daemon that runs can."""

    def __init__(self, options: Options, config: Config, daemon: Daemon) -> None:
        self._options = options
        self._config = config
        self._daemon = daemon

    def reload(self) -> None:
        """A configuration that is wrong changes nothing. The log and systemd are told which holds."""
        self._daemon.notifier.reloading()
        try:
            remark = self._take_over(self._options.load().config)
        except ConfigError as error:
            logger.error("config.refused", problems=str(error).splitlines())
            remark = f"the new configuration is wrong, the old one holds: {error}"
        self._daemon.ready(remark)

    def _take_over(self, wanted: Config) -> str:
        done = change(self._config, wanted)
        self._config = done.config
        log.configure(level=done.config.log.level, format=done.config.log.format, stream=sys.stderr)
        self._daemon.adjust(done.config)
        logger.info("config.reloaded", changed=done.taken)
        if not done.waiting:
            return ""
        logger.warning("config.needs_restart", settings=done.waiting)
        return f"needs a restart: {', '.join(done.waiting)}"
