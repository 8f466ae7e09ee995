"""Imports the templates of an app's account, and shows them."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import structlog
from aiohttp import web

from wechat_scheduler.access.actions import Action
from wechat_scheduler.access.model import Scope
from wechat_scheduler.audience.model import AccountTemplate, App
from wechat_scheduler.delivery.filling import filling
from wechat_scheduler.delivery.mappings import mapping_doubts, mapping_faults
from wechat_scheduler.delivery.model import Content
from wechat_scheduler.engine.records import replace
from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.web.kit import envelope
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.services import CALLER, SERVICES
from wechat_scheduler.web.kit.texts import read_name, read_text
from wechat_scheduler.web.native.audit import noting
from wechat_scheduler.web.native.reach import app_of
from wechat_scheduler.web.native.refused_by_wechat import asking_wechat
from wechat_scheduler.web.native.route import NativeRoute
from wechat_scheduler.web.native.sending.app_bodies import (
    LONGEST_TEXT,
    TemplateBody,
    read_template,
)
from wechat_scheduler.web.native.sending.message_requests import LONGEST_TITLE

log = structlog.get_logger(__name__)


class AccountTemplateResult(msgspec.Struct, kw_only=True):
    """A template of the account. `keywords` has the values that WeChat accepts for each keyword; an empty
    list means any value. `labels` has the words in front of keywords that users see. `notice` says that it
    is a subscribe notice, `lasting` that one consent allows any number of them."""

    template_id: str
    title: str
    notice: bool
    lasting: bool
    keywords: dict[str, Sequence[str]]
    labels: dict[str, str]


class ImportedResult(msgspec.Struct, kw_only=True):
    """`faults` say where the app's own `templates` do not fit them."""

    templates: list[AccountTemplateResult]
    faults: list[str]


class PreviewBody(msgspec.Struct, forbid_unknown_fields=True):
    """A template as an app would have it under a `purpose` or alias, and a message that it would show."""

    purpose: str
    template: TemplateBody
    title: str = ""
    text: str = ""
    data: dict[str, str] = {}


class PreviewResult(msgspec.Struct, kw_only=True):
    """The text of each keyword as WeChat gets it; of those in `shortened` the beginning. For its `faults`
    WeChat would refuse it. `wrong` has them by keyword, which is empty for one of the template itself. `doubts` say
    which keywords it would refuse in other messages."""

    data: dict[str, str]
    shortened: list[str]
    faults: list[str]
    wrong: dict[str, str]
    doubts: dict[str, str]


async def import_all(request: web.Request) -> web.Response:
    services, app = request.app[SERVICES], await app_of(request)
    with asking_wechat("WeChat did not return the templates"):
        listed = await services.account_templates.listed(app.appid)
    with noting(request, Action.TEMPLATES_IMPORTED, app.appid):
        await services.directory.keep_templates(app.appid, listed)
    log.info("templates.imported", app=app.id, count=len(listed), by=request[CALLER].id)
    known = {one.template_id: one for one in listed}
    faults = list(_faults(app, known))
    return envelope.success(ImportedResult(templates=_results(listed), faults=faults))


async def shown(request: web.Request) -> web.Response:
    app = await app_of(request)
    templates = list(app.account_templates.values())
    faults = list(_faults(app, app.account_templates))
    return envelope.success(ImportedResult(templates=_results(templates), faults=faults))


async def preview(request: web.Request) -> web.Response:
    """Nothing is stored or sent."""
    app = await app_of(request)
    body, wrong = decode(await request.read(), PreviewBody), WrongFields()
    with wrong:
        template = read_template(body.template, "template")
    with wrong:
        purpose = read_name(body.purpose, "purpose")
    with wrong:
        title = read_text(body.title, "title", longest=LONGEST_TITLE)
    with wrong:
        text = read_text(body.text, "text", longest=LONGEST_TEXT)
    wrong.check()
    content = Content(template=purpose, title=title, text=text, data=body.data)
    app = replace(app, templates={purpose: template})
    shown = filling(content, app, request.app[SERVICES].clock.now())
    mapped = list(mapping_faults(purpose, template, app.account_templates))
    faults = [f"{fault.keyword or 'template_id'} {fault.sentence}" for fault in mapped]
    known = {fault.keyword for fault in mapped} - {""}
    by_keyword = {fault.keyword: fault.sentence for fault in reversed(mapped)}
    if shown:  # what is wrong with the mapping of a keyword is said once
        others = [one for one in shown.faults if one.keyword not in known]
        faults += [one.sentence for one in others]
        by_keyword |= {one.keyword: one.sentence for one in others if one.keyword not in by_keyword}
    doubts = mapping_doubts(template, app.name, app.account_templates)
    result = PreviewResult(
        data=dict(shown.data) if shown else {},
        shortened=list(shown.shortened) if shown else [],
        faults=faults,
        wrong=by_keyword,
        doubts={one.keyword: one.sentence for one in doubts if one.keyword not in by_keyword},
    )
    return envelope.success(result)


def _results(listed: Sequence[AccountTemplate]) -> list[AccountTemplateResult]:
    return [
        envelope.result_of(
            AccountTemplateResult,
            one,
            notice=one.is_notice,
            lasting=one.is_lasting,
            keywords=dict(one.keywords),
            labels=dict(one.labels),
        )
        for one in listed
    ]


def _faults(app: App, known: Mapping[str, AccountTemplate]) -> Iterator[str]:
    for purpose, template in app.templates.items():
        for fault in mapping_faults(purpose, template, known):
            yield f"{fault.place(purpose)}: {fault.sentence}"


ROUTES = (
    NativeRoute(
        "POST", "/v1/apps/{app}/templates", import_all, Scope.ADMIN,
        "Imports the templates of the app's account from WeChat, and checks the app's own with them.",
        result=ImportedResult,
    ),
    NativeRoute(
        "GET", "/v1/apps/{app}/templates", shown, Scope.PUSH,
        "Shows the templates of the app's account as they were imported last.",
        result=ImportedResult,
    ),
    NativeRoute(
        "POST", "/v1/apps/{app}/templates/preview", preview, Scope.PUSH,
        "Shows what a message would look like by a template; nothing is stored or sent.",
        body=PreviewBody, result=PreviewResult,
    ),
)  # fmt: skip
