"""Reads the files that hold a secret."""

from pathlib import Path

from wechat_scheduler.config.misplaced import check_no_secret
from wechat_scheduler.config.os_errors import reason
from wechat_scheduler.engine.regular_files import read_regular
from wechat_scheduler.errors import ConfigError


def read_secret(file: Path, where: str) -> str:
    """The one line in `file`. Raises ConfigError, whose sentence begins with `where`."""
    try:
        check_no_secret(str(file))
    except ValueError as error:
        raise ConfigError(f"{where}: {error}") from None
    try:
        secret = read_regular(file, "utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{where}: {file}: {reason(error)}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{where}: {file}: not valid UTF-8") from error
    if not secret:
        raise ConfigError(f"{where}: {file}: is empty")
    if not secret.isprintable():
        raise ConfigError(f"{where}: {file}: holds more than one line, or a control character")
    return secret
