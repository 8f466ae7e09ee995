"""`credentials.registration_checks.SecretCheck`."""

from wechat_scheduler.credentials.model import ACCESS_TOKEN, Account, Fault, JobKey
from wechat_scheduler.credentials.ports import IssueRequest
from wechat_scheduler.credentials.registration_checks import AccountRefusal
from wechat_scheduler.engine.clock import Clock
from wechat_scheduler.errors import WeChatError
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.wechat.client import WeChatClient
from wechat_scheduler.wechat.errcode_lookup import caller_address
from wechat_scheduler.wechat.errcodes import ERRCODES
from wechat_scheduler.wechat.platform import Platform
from wechat_scheduler.wechat.tokens.access_token import AccessToken

STABLE = "stable_token"


class WeChatSecretCheck:
    """Asks for a stable_token without force, which returns the one that there is. A platform has no such call: it
    asks WeChat to push tickets, which WeChat does anyway."""

    def __init__(self, client: WeChatClient, *, clock: Clock) -> None:
        self._access_token = AccessToken(client, default_endpoint=STABLE)
        self._platform = Platform(client)
        self._clock = clock

    async def refusal(self, account: Account, *, is_platform: bool) -> AccountRefusal | None:
        try:
            await (self._push_tickets(account) if is_platform else self._issue(account))
        except WeChatError as error:
            if error.errcode is None or error.reaction is Reaction.TRANSIENT:
                raise
            return self._refusal(error, error.errcode)
        return None

    async def _issue(self, account: Account) -> None:
        stable = Account(appid=account.appid, secret=account.secret, endpoint=STABLE)
        key = JobKey(account.appid, ACCESS_TOKEN)
        await self._access_token.issue(IssueRequest(key=key, account=stable, subject="", inputs={}))

    async def _push_tickets(self, account: Account) -> None:
        await self._platform.restart_tickets(account.appid, secret=account.secret)

    def _refusal(self, error: WeChatError, errcode: int) -> AccountRefusal:
        said = str(error)
        reading = ERRCODES.read(error.endpoint, errcode, said)
        fault = Fault(
            at=self._clock.now(),
            reaction=error.reaction,
            message=said,
            endpoint=error.endpoint,
            errcode=errcode,
            rid=error.rid,
            advice=error.advice,
        )
        address = caller_address(said) if reading.of_address else ""
        return AccountRefusal(fault=fault, field=reading.field, address=address)
