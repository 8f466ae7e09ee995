"""Decides which requests without a key come from this machine: programs are accepted, pages in a browser are
not."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final

_PAGES_OF_OURS: Final = {"same-origin", "none"}
_JSON: Final = "application/json"


def is_loopback(host: str) -> bool:
    """Whether the name or address of a host is this machine's own."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def why_foreign(headers: Mapping[str, str], *, has_body: bool) -> str:
    """Why a request comes from a page of another origin, as a sentence; empty if it does not.

    A browser sends some requests of any page to any address, JSON as `text/plain` among them. It asks
    before it sends `application/json`, and gets no permission.
    """
    fields = [(name.lower(), value.strip().lower()) for name, value in headers.items()]
    host = next((value for name, value in fields if name == "host"), "")
    own = {f"http://{host}", f"https://{host}"}
    if any(name == "origin" and value not in own for name, value in fields):
        return "pages of other origins may not send requests: Origin is not this address"
    if any(name == "sec-fetch-site" and value not in _PAGES_OF_OURS for name, value in fields):
        return "pages of other origins may not send requests: Sec-Fetch-Site names one"
    types = {value.partition(";")[0].strip() for name, value in fields if name == "content-type"}
    if has_body and types != {_JSON} and any(_is_of_browser(*field) for field in fields):
        return f"a browser must send a body as Content-Type: {_JSON}"
    return ""


def _is_of_browser(name: str, value: str) -> bool:
    is_browser = name == "user-agent" and value.startswith("mozilla/")
    return name == "origin" or name.startswith("sec-fetch-") or is_browser
