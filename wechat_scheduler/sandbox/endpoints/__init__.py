"""All endpoints. A further family of them is a file here and a line in the table."""

from wechat_scheduler.sandbox.calls import Endpoint
from wechat_scheduler.sandbox.endpoints import (
    component,
    custom,
    diagnostics,
    media,
    menus,
    notices,
    oauth,
    qrcodes,
    staff,
    subscribers,
    tags,
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
    menus,
    media,
    tags,
    staff,
)
ENDPOINTS: tuple[Endpoint, ...] = tuple(it for family in FAMILIES for it in family.ENDPOINTS)
