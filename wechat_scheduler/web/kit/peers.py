"""Finds the client's address of a request: the peer, or the one that a trusted proxy names."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Address, Network
from wechat_scheduler.engine.patterns import pattern

# `for=192.0.2.60;proto=http`, `For="[2001:db8::17]:4711"` (RFC 7239 4).
_FOR = pattern(r'(?:^|;)\s*for\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s"]*)\s*(?=;|$)', re.IGNORECASE)
_PROTO = pattern(r'(?:^|;)\s*proto\s*=\s*"?https"?\s*(?=;|$)', re.IGNORECASE)
# An element of a list: text between commas, in which a quoted string may contain commas.
_ELEMENT = pattern(r'(?:[^,"]|"(?:[^"\\]|\\.)*(?:"|\\?\Z))+')
_WITH_PORT = pattern(r"\[([^\]]*)\](?::\w+)?|([0-9.]+)(?::\w+)?")


def client_address(request: web.BaseRequest, trusted: Sequence[Network]) -> Address | None:
    """The client's address; None if it is unknown.

    Only peers in `trusted` may name another client, in X-Forwarded-For or Forwarded: it is the last
    address of that chain which is not itself trusted. A proxy sets one of the two headers and passes
    the other on as the client wrote it; if they disagree, the client is unknown.
    """
    peer, headers = address_of(request.remote or ""), request.headers
    if hdrs.X_FORWARDED_FOR not in headers and hdrs.FORWARDED not in headers:
        return peer
    if peer is None or not _is_in(peer, trusted):
        return peer
    chains = [
        chain
        for name, read in ((hdrs.X_FORWARDED_FOR, _plain), (hdrs.FORWARDED, _elements))
        if (chain := list(read(",".join(request.headers.getall(name, ())))))
    ]
    clients = {_last_stranger(chain, trusted, peer) for chain in chains}
    return clients.pop() if len(clients) == 1 else (None if clients else peer)


def is_https(request: web.BaseRequest, trusted: Sequence[Network]) -> bool:
    """Whether a peer in `trusted` says that its client came by https, in X-Forwarded-Proto or Forwarded."""
    peer, headers = address_of(request.remote or ""), request.headers
    if peer is None or not _is_in(peer, trusted):
        return False
    named = ",".join(headers.getall(hdrs.X_FORWARDED_PROTO, ())).rpartition(",")[2]
    elements = _ELEMENT.findall(",".join(headers.getall(hdrs.FORWARDED, ())))
    return named.strip().lower() == "https" or any(map(_PROTO.search, elements[-1:]))


def _last_stranger(
    chain: Sequence[str], trusted: Sequence[Network], peer: Address
) -> Address | None:
    """The first address, from the nearest on, that is not trusted; None if one is illegible."""
    named: Address | None = peer
    for text in reversed(chain):
        named = address_of(text)
        if named is None or not _is_in(named, trusted):
            return named
    return named


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _plain(header: str) -> Iterator[str]:
    """The addresses of an X-Forwarded-For."""
    if header:
        yield from (part.strip() for part in header.split(","))


def _elements(header: str) -> Iterator[str]:
    """The `for` of each element of a Forwarded; empty where it has none."""
    for element in _ELEMENT.findall(header):
        found = _FOR.search(element)
        yield found[1].strip('"') if found else ""


@lru_cache(maxsize=4096)
def address_of(text: str) -> Address | None:
    """An address with or without brackets and port; an IPv4 address on an IPv6 socket becomes IPv4."""
    found = _WITH_PORT.fullmatch(text)
    try:
        address = ip_address((found[1] or found[2]) if found else text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
