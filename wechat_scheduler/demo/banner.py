"""What somebody who starts a sandbox is told, to read and to paste."""

from collections.abc import Iterator
from ipaddress import ip_address

from yarl import URL

from wechat_scheduler.config.notation import DURATION
from wechat_scheduler.demo.serving import LOOPBACK
from wechat_scheduler.sandbox.options import SECRET, SandboxOptions


def banner(url: str, options: SandboxOptions) -> Iterator[str]:
    """Line by line. `url` is where the sandbox listens. Tells no secret but the one all know."""
    here = _from_here(url)
    yield f"A WeChat that runs on this machine: {here}"
    yield f"Any appid that begins with wx is an account; its secret is {SECRET}."
    if options.accounts:
        yield f"With a secret of its own: {', '.join(options.accounts)}."
    yield f"Tokens live {DURATION.show(options.token_lifetime)}."
    for push in options.platform_receivers:
        yield f"Events of {push.component_appid} are pushed to {URL(push.url).with_query(None)}."
    if here != url:
        yield "It asks nobody for a key, and whoever can reach this machine can use it."
    yield ""
    yield "Ask it for a token, let the next call fail, see who called what:"
    query = f"grant_type=client_credential&appid=wx_mine&secret={SECRET}"
    yield f"  curl '{here}/cgi-bin/token?{query}'"
    fault = '{"endpoint": "/cgi-bin/token", "errcode": 45009}'
    yield f"  curl -d '{fault}' {here}/_sandbox/script"
    yield f"  curl {here}/_sandbox/calls"
    yield ""
    yield f"Phones of its users, live: {here}/_sandbox/phone"
    yield ""
    yield "Let a daemon use it:"
    yield f"  wechat-scheduler --wechat-api {here}"
    yield ""
    yield f"All else it can do is at {here}. Ctrl-C ends it."


def _from_here(url: str) -> str:
    """Somewhere to connect to; `0.0.0.0` and `::` are only somewhere to listen."""
    parsed = URL(url)
    wildcard = parsed.host is not None and ip_address(parsed.host).is_unspecified
    return str(parsed.with_host(LOOPBACK).origin()) if wildcard else url
