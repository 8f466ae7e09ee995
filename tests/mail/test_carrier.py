"""Alerts as e-mail: what is sent, and what each failure says."""

import ssl
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.alerts.samples import NOW
from tests.certificates import self_signed
from tests.mail.server import PASSWORD, USER, MailServer, mail_server
from wechat_scheduler.config.alert_targets import AlertForm, AlertTarget
from wechat_scheduler.delivery.model import Content
from wechat_scheduler.engine.records import replace
from wechat_scheduler.errors import CallError, LastingError
from wechat_scheduler.mail.carrier import MailCarrier

CONTENT = Content(title="wechat-scheduler: 1 alert", text="[critical] 凭据 wx1. To do: …")


def target(server: MailServer, *, tls: bool = False, **wish: Any) -> AlertTarget:
    scheme = "smtps" if tls else "smtp"
    values = {
        "name": "mail",
        "kind": AlertForm.EMAIL,
        "server": f"{scheme}://127.0.0.1:{server.port}",
        "sender": "wechat@example.com",
        "to": ("ops@example.com", "boss@example.com"),
    }
    return AlertTarget(**values | wish)


def elsewhere(server: MailServer) -> AlertTarget:
    """An address that Linux leads here, and that is not loopback."""
    return replace(target(server), server=f"smtp://0.0.0.0:{server.port}")


async def carry(
    where: AlertTarget, *, timeout: float = 5, trust: Any = ssl.create_default_context
) -> None:
    carrier = MailCarrier(timeout=timedelta(seconds=timeout), trust=trust)
    await carrier.carry(where, CONTENT, message="msg_7", at=NOW)


async def test_a_mail_has_a_subject_a_text_and_an_id_that_stays_the_same() -> None:
    async with mail_server() as server:
        await carry(target(server))
        await carry(target(server))

    first, second = server.mails
    assert first["Subject"] == CONTENT.title
    assert (first["From"], first["To"]) == (
        "wechat@example.com",
        "ops@example.com, boss@example.com",
    )
    assert first["Date"] == "Sun, 29 Nov 2026 12:00:00 +0000"
    assert first.get_content().strip() == CONTENT.text
    assert first["Message-ID"] == second["Message-ID"] == "<msg_7@example.com>"


async def test_tls_from_the_start_with_a_login(tmp_path: Path) -> None:
    tls = self_signed(tmp_path / "server.pem")
    trust = partial(ssl.create_default_context, cafile=str(tmp_path / "server.pem"))
    async with mail_server(tls=tls, implicit=True, login=True) as server:
        await carry(target(server, tls=True, user=USER, password=PASSWORD), trust=trust)

    assert len(server.mails) == 1


async def test_a_server_whose_certificate_is_not_trusted_gets_neither_password_nor_mail(
    tmp_path: Path,
) -> None:
    tls = self_signed(tmp_path / "server.pem")
    async with mail_server(tls=tls, implicit=True, login=True) as server:
        with pytest.raises(LastingError, match="certificate is not trusted"):
            await carry(target(server, tls=True, user=USER, password=PASSWORD))

    assert server.commands == []


async def test_a_wrong_password_is_said_without_the_password(tmp_path: Path) -> None:
    tls = self_signed(tmp_path / "server.pem")
    trust = partial(ssl.create_default_context, cafile=str(tmp_path / "server.pem"))
    async with mail_server(tls=tls, implicit=True, login=True) as server:
        with pytest.raises(LastingError) as refused:
            await carry(target(server, tls=True, user=USER, password="not-that-one"), trust=trust)

    assert str(refused.value) == (
        "the alert target mail: the mail server refuses user and password (535)"
    )


async def test_on_another_machine_a_server_without_starttls_gets_nothing() -> None:
    async with mail_server() as server:
        with pytest.raises(LastingError, match="has no STARTTLS or no login"):
            await carry(elsewhere(server))

    assert server.mails == []


async def test_on_another_machine_a_mail_goes_through_starttls(tmp_path: Path) -> None:
    tls = self_signed(tmp_path / "server.pem")

    def trust() -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(tmp_path / "server.pem"))
        context.check_hostname = False  # its name is 127.0.0.1
        return context

    async with mail_server(tls=tls, login=True) as server:
        where = replace(elsewhere(server), user=USER, password=PASSWORD)
        await carry(where, trust=trust)
        with pytest.raises(LastingError, match="certificate is not trusted"):
            await carry(where)

    assert len(server.mails) == 1
    assert server.commands[:2] == ["EHLO " + server.commands[0].partition(" ")[2], "STARTTLS"]


@pytest.mark.parametrize(
    ("verb", "reply", "kind", "says"),
    [
        ("RCPT", b"550 no such user", LastingError, "the mail server answered 550 no such user"),
        ("MAIL", b"451 try later", CallError, "the mail server answered 451 try later"),
        ("DATA", b"554 spam", LastingError, "the mail server answered 554 spam"),
        ("EHLO", None, CallError, "the mail server did not answer in time"),
    ],
)
async def test_what_the_server_refuses_is_said_and_tried_again_if_that_may_help(
    verb: str, reply: bytes | None, kind: type[Exception], says: str
) -> None:
    async with mail_server(replies={verb: reply}) as server:
        with pytest.raises(CallError) as refused:
            await carry(target(server), timeout=0.2 if reply is None else 5)

    assert type(refused.value) is kind
    assert says in str(refused.value)


async def test_a_server_that_is_away_is_said_to_be() -> None:
    async with mail_server() as server:
        where = target(server)

    with pytest.raises(CallError, match="cannot be reached"):
        await carry(where)


async def test_of_several_mailboxes_those_that_are_refused_are_logged_and_the_others_get_the_mail() -> (
    None
):
    refuses = {"RCPT TO:<boss@example.com>": b"550 no such user"}
    async with mail_server(replies=refuses) as server:
        with capture_logs() as logs:
            await carry(target(server))

    assert len(server.mails) == 1
    (entry,) = logs
    assert entry["event"] == "alert.mailboxes_refused"
    assert (entry["target"], entry["mailboxes"]) == ("mail", ["boss@example.com"])
