"""The tickets that web pages are signed with: `jsapi_ticket` (JS-SDK), `wx_card_ticket` (卡券).

JS-SDK说明文档, 附录1. Calls are few a day; until it expires, a ticket is returned again and again, as some
report with a full lifetime each time.
"""

from wechat_scheduler.credentials.model import Issued, JobKey, Renewal
from wechat_scheduler.credentials.ports import IssueRequest, Need
from wechat_scheduler.wechat.tokens.base import TokenIssuer


def _access_token(ticket: JobKey) -> JobKey:
    """With a subject, it is the ticket of an account that authorised the platform `appid`."""
    kind = "authorizer_access_token" if ticket.subject else "access_token"
    return JobKey(ticket.appid, kind, ticket.subject)


class _Ticket(TokenIssuer):
    needs = (Need(name="access_token", parent=_access_token),)
    subject_field = "authorizer_appid"
    ticket_type: str

    async def issue(self, request: IssueRequest) -> Issued:
        answer = await self._client.get(
            "/cgi-bin/ticket/getticket",
            {"access_token": request.inputs["access_token"], "type": self.ticket_type},
        )
        return Issued(
            value=answer.text("ticket"),
            answer=answer.json,
            lifetime=answer.lifetime(),
            calls=answer.calls,
            renewal=Renewal.FIXED,
        )


class JsapiTicket(_Ticket):
    kind = "jsapi_ticket"
    number = 1
    ticket_type = "jsapi"


class WxCardTicket(_Ticket):
    kind = "wx_card_ticket"
    ticket_type = "wx_card"
