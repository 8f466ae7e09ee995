"""Examines the connection to WeChat: name, TLS and clock."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
from yarl import URL

from wechat_scheduler.doctor.finding import Finding, fail, ok, warn
from wechat_scheduler.engine.clock import SET_CLOCK, Clock
from wechat_scheduler.wechat.dates import clock_offset
from wechat_scheduler.wechat.session import client_session

PATIENCE = aiohttp.ClientTimeout(total=10)
# A larger difference spoils lifetimes, which each side counts by its own clock. From five minutes on
# the daemon refuses WeChat's pushes.
TOLERANCE = timedelta(seconds=5)

FIREWALL = "check resolv.conf, routes and firewall of this machine"


async def wechat(api: str, *, clock: Clock) -> AsyncIterator[Finding]:
    """Fetches the front page of WeChat's API, which counts for no quota."""
    url = URL(api)
    addresses = await _resolved(url)
    if not addresses:
        yield fail("dns", f"{url.host} has no address", FIREWALL)
        return
    yield ok("dns", f"{url.host} is {', '.join(addresses)}")
    async with client_session() as session:
        asked = clock.now()
        try:
            async with session.get(url, timeout=PATIENCE, allow_redirects=False) as response:
                date = response.headers.get("Date", "")
        except aiohttp.ClientSSLError as error:
            yield _no_tls(url, error)
            return
        except (aiohttp.ClientError, TimeoutError) as error:
            says = f"no answer from {url.host}:{url.port}: {_reason(error)}"
            yield fail("wechat", says, FIREWALL)
            return
    how = "with TLS" if url.scheme == "https" else "without TLS"
    yield ok("wechat", f"{url.host}:{url.port} answers, {how}")
    yield _clock(clock_offset(date, asked, clock.now()))


async def _resolved(url: URL) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(url.host or "", url.port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(address[0]) for *_, address in found))[:4]


def _no_tls(url: URL, error: aiohttp.ClientSSLError) -> Finding:
    reason = getattr(error, "certificate_error", None) or error.os_error
    return fail(
        "wechat",
        f"no TLS with {url.host}: {getattr(reason, 'verify_message', '') or reason}",
        "update this machine's CA certificates (apt install ca-certificates) and set its clock; if that "
        "does not help, another server answers in WeChat's place",
    )


def _reason(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):
        return os.strerror(error.os_error.errno or 0).lower()
    return "it took over 10 s" if isinstance(error, TimeoutError) else "it does not speak HTTP"


def _clock(offset: timedelta | None) -> Finding:
    if offset is None:
        return warn(
            "clock", "WeChat's answer has no date to compare with", "compare it with another clock"
        )
    if abs(offset) > TOLERANCE:
        how = "ahead of" if offset > timedelta(0) else "behind"
        says = f"it is {abs(offset).total_seconds():.0f} s {how} WeChat's"
        return warn("clock", says, SET_CLOCK)
    return ok("clock", "it agrees with WeChat's")
