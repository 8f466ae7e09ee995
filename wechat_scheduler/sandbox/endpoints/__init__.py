"""Every path that the sandbox answers. A new family is a file here and a line in the table."""

from wechat_scheduler.sandbox.calls import Endpoint
from wechat_scheduler.sandbox.endpoints import (
    component,
    custom,
    helpers,
    notices,
    oauth,
    qrcodes,
    subscribers,
    templates,
    tickets,
    tokens,
)

FAMILIES = (
    tokens,
    tickets,
    oauth,
    component,
    helpers,
    subscribers,
    templates,
    custom,
    notices,
    qrcodes,
)
ENDPOINTS: tuple[Endpoint, ...] = tuple(it for family in FAMILIES for it in family.ENDPOINTS)
