"""Every path that the sandbox answers. A new family is a file here and a line in the table."""

from wechat_scheduler.sandbox.call import Endpoint
from wechat_scheduler.sandbox.endpoints import (
    component,
    helpers,
    oauth,
    subscribers,
    tickets,
    tokens,
)

FAMILIES = (tokens, tickets, oauth, component, helpers, subscribers)
ENDPOINTS: tuple[Endpoint, ...] = tuple(it for family in FAMILIES for it in family.ENDPOINTS)
