"""`/docs`: the reference of our API, from `/openapi.json`. It tries a request with the key of the session."""

import asyncio
import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from aiohttp import hdrs, web

from wechat_scheduler.errors import NotFoundError
from wechat_scheduler.reasons import Reason
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.docs.operation_page import operation_page
from wechat_scheduler.web.console.docs.operations import (
    ApiReference,
    Operation,
)
from wechat_scheduler.web.console.docs.rooms import ROOMS
from wechat_scheduler.web.console.docs.trying import try_out
from wechat_scheduler.web.console.fields import text_field
from wechat_scheduler.web.console.layout import layout
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import (
    code,
    joined,
    search,
    section,
    table,
    with_code,
)
from wechat_scheduler.web.console.route import ConsoleRoute
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Language, Words
from wechat_scheduler.web.kit.room_states import STATES
from wechat_scheduler.web.native.openapi import DOCUMENT
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

TITLE = W("API reference", "API 文档")
FIND = W("Path or words", "路径或关键词")
NONE = W(
    "No route matches. Search for a part of its path.", "没有匹配的接口，请用路径的一部分查找。"
)
ABOUT = W("How it answers", "约定")
MACHINE = W("For programs: {file}", "供程序读取：{file}")
METHOD, DOES = W("Method", "方法"), W("What it does", "用途")


async def listed(visit: Visit) -> web.Response:
    reference, wanted = await _reference(visit), visit.request.query.get("q", "").strip()
    found = [one for one in reference.operations.values() if _fits(visit, one, wanted)]
    found.sort(key=lambda one: (_order(visit, one.tag), one.tag))
    groups = itertools.groupby(found, key=lambda one: one.tag)
    tables = [_group(visit, tag, list(ones)) for tag, ones in groups]
    nothing = fill('<section><p class="empty">{none}</p></section>', none=visit.say(NONE))
    body = joined([_search(visit, wanted), _about(visit, reference), *(tables or [nothing])])
    return layout(visit, TITLE, body)


async def shown(visit: Visit) -> web.Response:
    return await operation_page(visit, await _operation(visit), None)


async def tried(visit: Visit) -> web.Response:
    operation = await _operation(visit)
    if not operation.can_be_tried:
        raise NotFoundError("this route cannot be tried here", reason=Reason.ROUTE_UNKNOWN)
    return await operation_page(visit, operation, await try_out(visit, operation))


async def _reference(visit: Visit) -> ApiReference:
    """The first time takes 50 ms."""
    document = visit.request.app[STATES][DOCUMENT]
    return await asyncio.to_thread(lambda: _read(document(), visit.language))


@lru_cache(maxsize=len(Language))
def _read(document: bytes, language: Language) -> ApiReference:
    return ApiReference(document, language)


async def _operation(visit: Visit) -> Operation:
    reference = await _reference(visit)
    found = reference.operations.get(visit.request.match_info["operation"])
    if found is None:
        raise NotFoundError("the API has no route with this name", reason=Reason.ROUTE_UNKNOWN)
    return found


def _fits(visit: Visit, operation: Operation, wanted: str) -> bool:
    words = (operation.method, operation.path, operation.summary, operation.tag)
    told = (visit.told(operation.summary), visit.say(_room(operation.tag)))
    text = " ".join((*words, *told)).lower()
    return all(word in text for word in wanted.lower().split())


def _order(visit: Visit, tag: str) -> bytes:
    """By the heading; the encoding has the usual Chinese characters in the order of their Pinyin."""
    return visit.say(_room(tag)).lower().encode("gb18030")


def _room(tag: str) -> Words:
    name = tag.replace("_", " ").capitalize()
    return W(name, ROOMS.get(tag, name))


def _search(visit: Visit, wanted: str) -> Html:
    return fill(
        "<section>{form}</section>",
        form=search(visit, "/docs", text_field(visit, "q", FIND, wanted, type="search")),
    )


def _about(visit: Visit, reference: ApiReference) -> Html:
    file = visit.say(MACHINE, file="GET /openapi.json")
    text = fill(
        '<p>{about}</p><p class="faint">{file}</p>',
        about=with_code(visit.sentence(reference.about)),
        file=file,
    )
    return section(visit, ABOUT, text)


def _group(visit: Visit, tag: str, operations: Sequence[Operation]) -> Html:
    rows = [
        (
            code(one.method),
            link(f"/docs/{one.id}", code(one.path)),
            with_code(visit.told(one.summary)),
        )
        for one in operations
    ]
    heading = _room(tag)
    return section(
        visit,
        heading,
        table(visit, heading, (METHOD, terms.PATH, DOES), rows, empty=NONE),
        id=f"tag-{tag}",
    )


ROUTES: Final = (
    ConsoleRoute(hdrs.METH_GET, "/docs", listed),
    ConsoleRoute(hdrs.METH_GET, "/docs/{operation}", shown),
    ConsoleRoute(hdrs.METH_POST, "/docs/{operation}", tried),
)
