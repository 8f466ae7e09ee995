"""The addresses that are shown to people: checked here, where they are written, for every page and
message that shows or opens them."""

from ipaddress import IPv6Address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from wechat_scheduler.engine.patterns import pattern

NO_WEB_ADDRESS: Final = (
    "must begin with http:// or https:// and name a host, without blanks and backslashes"
)

# Browsers read a backslash as a slash, and so find another host than other programs.
_VISIBLE: Final = pattern(r"[^\s\\<>\"]+")
_HOST: Final = pattern(r"(?=.{1,253}\Z)(?:[\w-]{1,63}\.)*[\w-]{1,63}\.?")


def is_web_address(text: str) -> bool:
    """Whether `text`, in any alphabet, is an http(s) address with a host, which every program reads
    alike."""
    if not _VISIBLE.fullmatch(text) or not text.isprintable():
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and parts.port != 0 and _names_host(parts)
    except ValueError:  # brackets, ports
        return False


def _names_host(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    if "[" in parts.netloc or ":" in host:
        return IPv6Address(host).scope_id is None
    return bool(_HOST.fullmatch(host) and host.encode("idna"))
