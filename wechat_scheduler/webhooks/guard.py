"""Decides while connecting whether an address may be called.

The owner of a name decides what it resolves to, and may answer differently each time; IP addresses
have many spellings. So the guard does not judge the URL. It opens the sockets and sees the address
that each one is about to connect to.
"""

import socket
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp.connector import AddrInfoType

from wechat_scheduler.access.model import Address, Network
from wechat_scheduler.webhooks import sentences

# IPv6 networks whose addresses a NAT64 gateway translates: the last 32 bits are the IPv4 address
# (RFC 6052, RFC 8215).
_NAT64 = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48")))


class AddressDeniedError(OSError):
    """The address must not be connected to.

    It is an OSError, so that aiohttp tries the next address of the same name. All have the same
    message: aiohttp merges errors with different messages into one that loses the type.
    """

    def __init__(self, address: str, reason: str) -> None:
        super().__init__("refused")
        self.address = address
        self.reason = reason


class Guard:
    """Opens sockets to the networks in `allow` (to all, if empty) that are not in `deny`."""

    def __init__(self, *, allow: tuple[Network, ...], deny: tuple[Network, ...]) -> None:
        self._allow = allow
        self._deny = deny
        self._own_ports: frozenset[int] = frozenset()

    def refuse_ports(self, ports: Iterable[int]) -> None:
        """Refuse these ports of this machine from now on."""
        self._own_ports = frozenset(ports)

    def open_socket(self, info: AddrInfoType) -> socket.socket:
        """The socket factory of aiohttp. Raises AddressDeniedError."""
        family, kind, protocol, _, sockaddr = info
        host, port = str(sockaddr[0]), int(sockaddr[1])
        if reason := self.refusal(ip_address(host), port):
            raise AddressDeniedError(host, reason)
        return socket.socket(family, kind, protocol)

    def refusal(self, address: Address, port: int) -> str:
        """The reason why the address must not be called; empty if it may be."""
        end = _end(address)
        if port in self._own_ports and _is_here(end):
            return sentences.ITSELF.en
        if any(_within(it, self._deny) for it in (address, end, *_carried(address))):
            return sentences.DENIED.en
        if self._allow and not _within(end, self._allow):
            return sentences.NOT_ALLOWED.en
        return ""


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)


def _end(address: Address) -> Address:
    """The address that the kernel connects to."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_unspecified:
        return ip_address("127.0.0.1" if address.version == 4 else "::1")
    return address


def _carried(address: Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses that a gateway may translate the address to."""
    if isinstance(address, IPv4Address):
        return
    if address.sixtofour:
        yield address.sixtofour
    if _within(address, _NAT64):
        yield IPv4Address(int(address) & 0xFFFF_FFFF)


def _is_here(address: Address) -> bool:
    """Whether the address belongs to this machine.

    Connecting a datagram socket sends nothing, but the kernel looks up the route. On a route to an
    address of this machine, the local end is the same address.
    """
    if address.is_loopback:
        return True
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((str(address), 9))
        except OSError:
            return False
        return bool(probe.getsockname()[0] == str(address))
