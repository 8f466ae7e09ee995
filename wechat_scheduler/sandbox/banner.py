"""The lines that `wechat-scheduler sandbox` prints when it starts."""

from collections.abc import Iterator
from ipaddress import ip_address

from yarl import URL

from wechat_scheduler.config.notation import DURATION
from wechat_scheduler.sandbox.options import SECRET, SandboxOptions
from wechat_scheduler.sandbox.server import LOOPBACK


def banner(url: str, options: SandboxOptions) -> Iterator[str]:
    """Line by line. `url` is where the sandbox listens. Secrets of accounts are not in it."""
    here = _reachable(url)
    yield f"A WeChat that runs on this machine: {here}"
    yield f"Every appid that begins with wx is an account; its secret is {SECRET}."
    if options.accounts:
        yield f"Accounts with another secret: {', '.join(options.accounts)}."
    yield f"Tokens live {DURATION.show(options.token_lifetime)}."
    for receiver in options.platform_receivers:
        url_shown = URL(receiver.url).with_query(None)
        yield f"Events of {receiver.component_appid} are pushed to {url_shown}."
    if here != url:
        yield "It needs no key: everyone who can reach this machine can use it."
    yield ""
    yield "Fetch a token, make the next call fail, and see the number of calls:"
    query = f"grant_type=client_credential&appid=wx_mine&secret={SECRET}"
    yield f"  curl '{here}/cgi-bin/token?{query}'"
    fault = '{"endpoint": "/cgi-bin/token", "errcode": 45009}'
    yield f"  curl -d '{fault}' {here}/_sandbox/script"
    yield f"  curl {here}/_sandbox/calls"
    yield ""
    yield f"The phones of its users, live: {here}/_sandbox/phone"
    yield ""
    yield "Start a daemon that uses it:"
    yield f"  wechat-scheduler --wechat-api {here}"
    yield ""
    yield f"{here} explains all its controls. Ctrl-C ends it."


def _reachable(url: str) -> str:
    """`url`, or loopback in place of `0.0.0.0` and `::`, to which no client can connect."""
    parsed = URL(url)
    wildcard = parsed.host is not None and ip_address(parsed.host).is_unspecified
    return str(parsed.with_host(LOOPBACK).origin()) if wildcard else url
