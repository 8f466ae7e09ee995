"""The names of API keys, where a page would else show their ids alone."""

from collections.abc import Mapping
from urllib.parse import quote

from wechat_scheduler.access.model import Scope
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import Cell, code
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.kit.query import LARGEST_PAGE
from wechat_scheduler.web.native.keys import KeyResult
from wechat_scheduler.web.pages.markup import fill


async def key_names(visit: Visit) -> Mapping[str, str]:
    """By id; of very many keys a part. A key that may not list them knows its own."""
    own = visit.session.key
    if not visit.may(Scope.ADMIN):
        return {own.id: visit.told(own.name)}
    found = await visit.api.page("/v1/keys", KeyResult, limit=LARGEST_PAGE)
    return {key.id: visit.told(key.name) for key in found.rows}


def named_key(visit: Visit, key: str, names: Mapping[str, str]) -> Cell:
    """The name with the id below it; the id alone where there is no other name. It leads an admin key to the page of the
    key."""
    name = names.get(key, "")
    if not name:
        return code(key)
    shown = code(key) if name == key else fill("{name}", name=name)
    if visit.may(Scope.ADMIN):
        shown = link(key_place(key), shown)
    if name == key:
        return shown
    return fill('{name} <small class="below">{key}</small>', name=shown, key=code(key))


def key_place(key_id: str) -> str:
    """The page of a key."""
    return f"/console/access/keys/of/{quote(key_id, safe='')}"
