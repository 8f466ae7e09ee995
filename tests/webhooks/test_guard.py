"""The guarded client calls allowed addresses only, in any spelling."""

import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from ipaddress import ip_address, ip_network

import pytest

from tests.business import Business, status
from tests.webhooks.clients import Names, client_of
from wechat_scheduler.errors import AddressRefusedError, CallError
from wechat_scheduler.webhooks.client import GuardedClient
from wechat_scheduler.webhooks.guard import Guard

LOOPBACK = ("127.0.0.0/8", "::1/128")

# Every way of writing "this machine" that some resolver, parser or kernel understands.
SPELLINGS = [
    "127.0.0.1",
    "127.255.0.7",
    "0.0.0.0",
    "0",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "017700000001",
    "0177.0.0.1",
    "127.0.0.1.",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:0.0.0.0]",
    "loop.test",
]

METADATA = ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32")


@pytest.fixture
async def shy() -> AsyncIterator[GuardedClient]:
    names = Names(loop=[["127.0.0.1", "::1"]])
    async with client_of(deny=LOOPBACK, resolver=names) as client:
        yield client


@pytest.mark.parametrize("host", SPELLINGS[:-1])
async def test_a_denied_machine_is_not_reached_under_any_spelling(
    business: Business, host: str
) -> None:
    async with client_of(deny=LOOPBACK) as client:
        with pytest.raises(AddressRefusedError, match=r"^params of http://.* "):
            await client.fetch(business.url(host=host), what="params")

    assert business.calls == []


@pytest.mark.parametrize("host", SPELLINGS)
async def test_nor_under_any_name(business: Business, shy: GuardedClient, host: str) -> None:
    with pytest.raises(CallError):
        await shy.push(business.url(host=host), b"{}", headers={}, what="notify")

    assert business.calls == []


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "100.100.100.200",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::169.254.169.254]",
        "[2002:a9fe:a9fe::1]",
        "metadata.test",
    ],
)
async def test_metadata_services_are_refused_before_anything_is_sent(host: str) -> None:
    names = Names(metadata=[["169.254.169.254", "fd00:ec2::254"]])
    async with client_of(deny=METADATA, resolver=names) as client:
        with pytest.raises(AddressRefusedError, match="is in a denied network"):
            await client.fetch(f"http://{host}/latest/meta-data", what="params")


async def test_the_refusal_says_what_led_where() -> None:
    names = Names(shop=[["169.254.169.254"]])
    async with client_of(deny=METADATA, resolver=names) as client:
        with pytest.raises(AddressRefusedError) as caught:
            await client.fetch("http://u:hunter2@shop.test/a?key=hunter2", what="params")

    assert str(caught.value) == (
        "params of http://shop.test/a must not be called: 169.254.169.254 is in a denied network"
    )


async def test_a_name_that_is_bound_anew_is_checked_anew(business: Business) -> None:
    names = Names(shop=[["127.0.0.1"], ["127.0.0.2"]])
    business.script(status(200, b"first", Connection="close"))
    async with client_of(deny=("127.0.0.2/32",), resolver=names) as client:
        first = await client.fetch(business.url(host="shop.test"), what="params")
        with pytest.raises(AddressRefusedError, match=r"127\.0\.0\.2 is in a denied network"):
            await client.fetch(business.url(host="shop.test"), what="params")

    assert first == b"first"
    assert len(business.calls) == 1


async def test_of_several_addresses_only_the_permitted_ones_are_tried() -> None:
    names = Names(shop=[["127.0.0.2", "127.0.0.1", "::1"]])
    async with Business(host="0.0.0.0") as business:
        async with client_of(deny=("127.0.0.2/32", "::1/128"), resolver=names) as client:
            await client.push(business.url(host="shop.test"), b"{}", headers={}, what="notify")

        assert [call.headers["Host"] for call in business.calls] == [f"shop.test:{business.port}"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.9", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "localhost"]
)
async def test_the_ports_of_the_daemon_itself_are_refused(
    business: Business, client: GuardedClient, host: str
) -> None:
    client.refuse_ports({business.port})

    with pytest.raises(AddressRefusedError, match="is this daemon itself"):
        await client.fetch(business.url(host=host), what="params")

    assert business.calls == []


async def test_other_ports_of_this_machine_are_open(
    business: Business, client: GuardedClient
) -> None:
    client.refuse_ports({business.port + 1})

    await client.fetch(business.url(), what="params")

    assert len(business.calls) == 1


async def test_an_allow_list_lets_nothing_else_through(business: Business) -> None:
    async with client_of(allow=("127.0.0.2/32",)) as client:
        with pytest.raises(AddressRefusedError, match="is not in an allowed network"):
            await client.fetch(business.url(), what="params")
    async with client_of(allow=("127.0.0.2/32", "127.0.0.1/32")) as client:
        await client.fetch(business.url(), what="params")

    assert len(business.calls) == 1


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("2001:db8::1", True),
        ("::ffff:192.0.2.1", False),
        ("192.0.2.1", False),
        ("::", True),
        ("0.0.0.0", False),
    ],
)
def test_allowing_ipv6_does_not_allow_ipv4_in_its_clothes(address: str, allowed: bool) -> None:
    guard = Guard(allow=(ip_network("::/0"),), deny=())

    refusal = guard.refusal(ip_address(address), 80)

    assert (refusal == "") is allowed


@pytest.mark.parametrize("address", ["192.0.2.1", "10.1.2.3", "127.0.0.1", "::1", "2001:db8::1"])
def test_by_default_public_private_and_loopback_addresses_are_open(address: str) -> None:
    guard = Guard(allow=(), deny=tuple(map(ip_network, (*METADATA, "0.0.0.0/8", "::/128"))))

    assert guard.refusal(ip_address(address), 9001) == ""


def test_our_ports_are_ours_under_every_address_of_this_machine() -> None:
    guard = Guard(allow=(), deny=())
    guard.refuse_ports({9001})

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        with suppress(OSError):  # without a network, loopback is all there is
            probe.connect(("203.0.113.5", 9))
        own = ip_address(probe.getsockname()[0])

    assert guard.refusal(own, 9001) == "is this daemon itself"
    assert guard.refusal(own, 9002) == ""


def test_a_port_of_ours_on_another_machine_is_not_ours() -> None:
    guard = Guard(allow=(), deny=())
    guard.refuse_ports({9001})

    assert guard.refusal(ip_address("203.0.113.5"), 9001) == ""
    assert guard.refusal(ip_address("127.0.0.1"), 9001) == "is this daemon itself"
