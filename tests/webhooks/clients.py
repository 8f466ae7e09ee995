"""Guarded clients for tests, and the names that they look up."""

import socket
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from wechat_scheduler.engine.bulkhead import Bulkhead
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.wechat.last_used_first import connector


class Names(AbstractResolver):
    """A resolver that knows a few names: each look-up of one takes the next of its answers, and the
    last one stays."""

    def __init__(self, **names: list[list[str]]) -> None:
        self.names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        answers = self.names.get(host.removesuffix(".test"))
        if not answers:
            raise OSError(socket.EAI_NONAME, "name not known")
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [_resolved(host, port, address) for address in addresses]

    async def close(self) -> None:
        pass


def _resolved(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
    )


def client_of(
    *,
    allow: tuple[str, ...] = (),
    deny: tuple[str, ...] = (),
    connections: int = 8,
    **settings: Any,
) -> GuardedClient:
    """A client with everything chosen but what the test is about."""
    return GuardedClient(
        **{
            "allow": tuple(map(ip_network, allow)),
            "deny": tuple(map(ip_network, deny)),
            "resolver": None,
            "connector": connector,
            "bulkhead": Bulkhead(places=connections, clock=SystemClock()),
            "timeout": timedelta(seconds=30),
            "answer_limit": 10_000,
            **settings,
        }
    )


async def push(client: GuardedClient, url: str) -> None:
    await client.push(url, b'{"a":1}', headers={}, what="notify")
