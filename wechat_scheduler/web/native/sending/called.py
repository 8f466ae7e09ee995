"""The query parameter that finds users by what they are called."""

from typing import Final

from aiohttp import web

from wechat_scheduler.web.kit.texts import read_text
from wechat_scheduler.web.native.route import query
from wechat_scheduler.web.native.sending.subscriber_bodies import LONGEST_EXTERNAL_ID

CALLED: Final = query(
    "called",
    "Only those with this in their nickname or in a name of the app's own, or with this uid or openid.",
    {"maxLength": LONGEST_EXTERNAL_ID},
)


def called_of(request: web.Request) -> str:
    """Empty if it is missing. Raises InvalidRequestError."""
    text = request.query.get("called", "").strip()
    return read_text(text, "called", longest=LONGEST_EXTERNAL_ID)
