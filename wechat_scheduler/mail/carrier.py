"""Carries alerts as e-mail, by the operator's own mail server."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

import structlog

from wechat_scheduler.access.local import is_loopback
from wechat_scheduler.config.alert_targets import AlertTarget, mail_server
from wechat_scheduler.delivery.model import Content
from wechat_scheduler.engine.sentences import Sentence
from wechat_scheduler.errors import CallError, LastingError

log = structlog.get_logger(__name__)

# It is loaded with the first mail: most daemons send none.
if TYPE_CHECKING:
    import aiosmtplib

# A conversation lasts at most as long as so many steps: less than the claim of its delivery.
STEPS: Final = 3
# Replies of 5xx are for good (RFC 5321, 4.2.1).
FOR_GOOD: Final = 500
REFUSES_LOGIN: Final = Sentence(
    "{place}: the mail server refuses user and password ({code:d})",
    "{place}：邮件服务器不接受用户名和密码（{code}）",
)
TIMEOUT: Final = Sentence(
    "{place}: the mail server did not answer in time", "{place}：邮件服务器没有及时回答"
)
LACKING: Final = Sentence(
    "{place}: the mail server has no STARTTLS or no login: give smtps:// and its port",
    "{place}：邮件服务器没有 STARTTLS，或不能登录：请填写 smtps:// 和它的端口",
)
UNTRUSTED: Final = Sentence(
    "{place}: the mail server's certificate is not trusted", "{place}：邮件服务器的证书不受信任"
)
ANSWERED: Final = Sentence(
    "{place}: the mail server answered {code:d} {words}",
    "{place}：邮件服务器回答了 {code}：{words}",
)
UNREACHABLE: Final = Sentence(
    "{place}: the mail server cannot be reached", "{place}：连接不上邮件服务器"
)
# Characters of a server's own words that an error repeats.
LONGEST_WORDS: Final = 120


class MailCarrier:
    """`timeout` is for each step of a conversation; `trust` makes the context that certificates are checked
    with."""

    def __init__(
        self,
        *,
        timeout: timedelta,
        trust: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._timeout = timeout
        self._trust = trust

    async def carry(
        self, target: AlertTarget, content: Content, *, message: str, at: datetime
    ) -> None:
        """A mailbox that is refused, where another one is not, is logged. Raises CallError; LastingError if a person
        has to change something."""
        import aiosmtplib

        try:
            async with (
                asyncio.timeout(STEPS * self._timeout.total_seconds()),
                self._server(target) as server,
            ):
                made = mail(target, content, message=message, at=at)
                refused, _ = await server.send_message(made)
        except aiosmtplib.SMTPAuthenticationError as error:
            raise LastingError(REFUSES_LOGIN.fill(place=target.place, code=error.code)) from error
        except aiosmtplib.SMTPNotSupported as error:
            raise _lacking(target) from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refused(target, error.recipients[0]) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _refused(target, error) from error
        except TimeoutError as error:  # that of aiosmtplib is one
            raise CallError(TIMEOUT.fill(place=target.place)) from error
        except ssl.SSLError as error:
            raise _untrusted(target) from error
        except (OSError, ValueError) as error:
            raise _unreachable(target, error) from error
        except aiosmtplib.SMTPException as error:  # it offers no login
            raise _lacking(target) from error
        if refused:
            log.error("alert.mailboxes_refused", target=target.name, mailboxes=sorted(refused))

    def _server(self, target: AlertTarget) -> "aiosmtplib.SMTP":
        import aiosmtplib

        host, port, is_tls = mail_server(target)
        return aiosmtplib.SMTP(
            hostname=host,
            port=port,
            username=target.user or None,
            password=target.password or None,
            timeout=self._timeout.total_seconds(),
            use_tls=is_tls,
            # A relay on this machine has no certificate for its name.
            start_tls=not is_tls and not is_loopback(host),
            tls_context=self._trust(),
        )


def mail(target: AlertTarget, content: Content, *, message: str, at: datetime) -> EmailMessage:
    """`message` makes its id, so that a repeat is recognised."""
    made = EmailMessage()
    made["Subject"] = content.title
    made["From"] = target.sender
    made["To"] = ", ".join(target.to)
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{message}@{target.sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(f"{content.text}\n")
    return made


def _lacking(target: AlertTarget) -> LastingError:
    return LastingError(LACKING.fill(place=target.place))


def _untrusted(target: AlertTarget) -> LastingError:
    return LastingError(UNTRUSTED.fill(place=target.place))


def _refused(
    target: AlertTarget, error: "aiosmtplib.SMTPResponseException | aiosmtplib.SMTPRecipientRefused"
) -> CallError:
    said = "".join(each if each.isprintable() else " " for each in error.message[:LONGEST_WORDS])
    kind = LastingError if error.code >= FOR_GOOD else CallError
    return kind(ANSWERED.fill(place=target.place, code=error.code, words=said))


def _unreachable(target: AlertTarget, error: Exception) -> CallError:
    if isinstance(error.__cause__, ssl.SSLError):
        return _untrusted(target)
    return CallError(UNREACHABLE.fill(place=target.place))
