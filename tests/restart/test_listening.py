"""Which socket the daemon is called on."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.restart.manager import manager
from wechat_scheduler.daemon.listening import ListeningSocket, listen
from wechat_scheduler.daemon.systemd import Notifier, PassedSocket, passed
from wechat_scheduler.errors import StartError

HERE = "127.0.0.1"
NOBODY = Notifier(None)


@pytest.fixture
def held() -> Iterator[socket.socket]:
    """A socket that listens, as systemd would hand it over."""
    with socket.create_server((HERE, 0)) as open_:
        yield open_


def port_of(listening: socket.socket) -> int:
    return int(listening.getsockname()[1])


def take(
    port: int, *given: PassedSocket, host: str = HERE, notifier: Notifier = NOBODY
) -> ListeningSocket:
    return listen(host, port, passed=given, notifier=notifier)


def test_without_systemd_a_socket_is_bound() -> None:
    listener = take(0)

    with listener.socket:
        assert not listener.kept
        assert listener.url == f"http://127.0.0.1:{listener.port}"
        socket.create_connection((HERE, listener.port)).close()


@pytest.mark.parametrize("name", ["http", "wechat-scheduler.socket", ""])
def test_a_socket_at_the_configured_address_is_taken(name: str, held: socket.socket) -> None:
    listener = take(port_of(held), PassedSocket(name, held))

    assert listener.socket is held
    assert listener.kept


def test_a_free_port_is_any_port_that_was_handed_over(held: socket.socket) -> None:
    assert take(0, PassedSocket("http", held)).socket is held


def test_a_name_is_as_good_as_its_address(held: socket.socket) -> None:
    listener = take(port_of(held), PassedSocket("http", held), host="localhost")

    with listener.socket:
        family = socket.getaddrinfo("localhost", 0, type=socket.SOCK_STREAM)[0][0]
        assert (listener.socket is held) == (family is socket.AF_INET)


async def test_one_for_another_address_is_shut_and_no_longer_kept(
    held: socket.socket, tmp_path: Path
) -> None:
    address = f"{HERE}:{port_of(held)}"
    with manager(tmp_path) as systemd, capture_logs() as log:
        copy = held.dup()
        Notifier(systemd.address).keep("http", held)
        await systemd.hears("FDSTORE=1")

        listener = take(
            0, PassedSocket("http", held), host="127.0.0.2", notifier=Notifier(systemd.address)
        )

        with listener.socket, copy:
            assert not listener.kept
            assert listener.url == f"http://127.0.0.2:{listener.port}"
            assert (await systemd.hears("FDSTOREREMOVE=1"))["FDNAME"] == "http"
            assert systemd.kept == {}
            # Systemd's own copy no longer lets anybody in to wait for nothing.
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(copy.getsockname())
    assert [event["event"] for event in log] == ["listening.not_taken"]
    assert log[0]["address"] == address


async def test_one_of_two_is_taken_and_will_be_kept_anew(
    held: socket.socket, tmp_path: Path
) -> None:
    with manager(tmp_path) as systemd, socket.create_server(("127.0.0.2", 0)) as other:
        listener = take(
            port_of(held),
            PassedSocket("http", other),
            PassedSocket("http", held),
            notifier=Notifier(systemd.address),
        )

        assert listener.socket is held
        assert not listener.kept
        assert await systemd.hears("FDSTOREREMOVE=1")


def test_what_does_not_listen_is_not_taken() -> None:
    with socket.socket() as idle:
        idle.bind((HERE, 0))

        with capture_logs(), take(0, PassedSocket("http", idle)).socket as bound:
            assert bound is not idle


def test_what_was_meant_for_another_process_is_left_alone() -> None:
    assert passed(pid=os.getpid() + 1, count=1, names=["http"]) == []
    assert passed(pid=None, count=1, names=["http"]) == []


def test_an_address_that_is_taken_stops_the_start(held: socket.socket) -> None:
    with pytest.raises(StartError, match="something else listens there"):
        take(port_of(held))


def test_an_address_of_another_machine_stops_the_start() -> None:
    with pytest.raises(
        StartError,
        match=r"203\.0\.113\.7 port 0: this machine has no such address; give .* with --host, or 0",
    ):
        take(0, host="203.0.113.7")
