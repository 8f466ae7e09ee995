"""All endpoints. A further family of them is a file here and a line in the table."""

from wechat_scheduler.sandbox.calls import Endpoint
from wechat_scheduler.sandbox.endpoints import (
    component,
    custom,
    diagnostics,
    notices,
    oauth,
    qrcodes,
    subscribers,
    templates,
    tokens,
)

FAMILIES = (
    tokens,
    oauth,
    component,
    diagnostics,
    subscribers,
    templates,
    custom,
    notices,
    qrcodes,
)
ENDPOINTS: tuple[Endpoint, ...] = tuple(it for family in FAMILIES for it in family.ENDPOINTS)
