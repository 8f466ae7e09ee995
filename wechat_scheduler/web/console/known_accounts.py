"""The accounts that are kept here, offered where an appid is typed."""

from collections.abc import Sequence
from typing import Final

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.kit.query import PAGE
from wechat_scheduler.web.native.jobs import JobResult
from wechat_scheduler.web.pages.markup import Html, fill

# The `list` of a field for an appid.
ACCOUNTS: Final = "accounts"


async def known_accounts(visit: Visit) -> Html:
    """The list for the fields; of very many accounts a part, and none for a key that may not list them."""
    options = [
        fill('<option value="{appid}"></option>', appid=appid) for appid in await kept_here(visit)
    ]
    return fill('<datalist id="{id}">{options}</datalist>', id=ACCOUNTS, options=options)


async def kept_here(visit: Visit) -> Sequence[str]:
    """Appids in order; of very many a part, and none for a key that may not list them."""
    if not visit.sees(Scope.READ):
        return ()
    found = await visit.api.page("/tasks", JobResult, own=True, limit=PAGE)
    return list(dict.fromkeys(job.appid for job in found.rows))
