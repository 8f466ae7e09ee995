"""The bodies and results of apps."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType
from yarl import URL

from wechat_scheduler.audience.directory import MadeApp, draft_app
from wechat_scheduler.audience.model import SHANGHAI, AccountTemplate, App, Template
from wechat_scheduler.delivery.mappings import mapping_faults
from wechat_scheduler.engine.wrong_fields import WrongFields
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit.bodies import decode
from wechat_scheduler.web.kit.ids import WeChatId, check_appid
from wechat_scheduler.web.kit.mini_programs import (
    MiniProgramBody,
    check_page,
    page_body,
    read_page,
)
from wechat_scheduler.web.kit.texts import (
    Name,
    check_address,
    read_link,
    read_name,
    read_networks,
    read_text,
    read_zone,
)

LONGEST_TEXT = 1000
MOST_TEMPLATES = 100

# A larger limit would limit nothing.
MOST_PER_MINUTE = 1_000_000

PerMinute: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=MOST_PER_MINUTE)]


class TemplateBody(msgspec.Struct, forbid_unknown_fields=True):
    """One of WeChat's templates, and the text of each of its keywords, in which `{title}`, `{content}`,
    `{time}`, `{app}`, and the data of the message by their names are filled in."""

    template_id: str
    fields: dict[str, str] = {}
    miniprogram: MiniProgramBody | UnsetType | None = UNSET


class AppSettings(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Settings that may be left out, and changed later. `templates` has them by purpose (`message`,
    `notice`, `reminder`) or by an alias that the app chooses."""

    zone: str | UnsetType = UNSET
    callback: str | UnsetType = UNSET
    templates: dict[str, TemplateBody] | UnsetType = UNSET
    at_most_once: bool | UnsetType = UNSET
    per_minute: PerMinute | UnsetType = UNSET
    recipient_per_minute: PerMinute | UnsetType = UNSET
    mini_program: bool | UnsetType = UNSET
    networks: list[str] | UnsetType = UNSET
    home: str | UnsetType = UNSET
    contact: str | UnsetType = UNSET
    welcome: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class AppBody(AppSettings, kw_only=True, forbid_unknown_fields=True):
    """A new app. It sends through the account `appid`, which cannot be changed."""

    name: Name
    appid: WeChatId


class AppChange(AppSettings, kw_only=True, forbid_unknown_fields=True):
    """Settings that are left out stay as they are."""

    name: Name | UnsetType = UNSET


class AppResult(msgspec.Struct, kw_only=True):
    """An app without its secrets; `callback` is shown without its query."""

    id: int
    name: str
    appid: str
    zone: str
    callback: str
    templates: dict[str, TemplateBody]
    at_most_once: bool
    per_minute: int
    recipient_per_minute: int
    mini_program: bool
    networks: list[str]
    home: str
    contact: str
    welcome: str
    description: str
    created_at: datetime


class MadeAppResult(AppResult, kw_only=True):
    """`token`, `app_key` and `signing_secret` are shown only once."""

    token: str
    app_key: str
    signing_secret: str


def read_app(
    body: bytes,
    check_url: Callable[[str], None],
    known: Callable[[str], Mapping[str, AccountTemplate]],
    *,
    now: datetime,
) -> App:
    """`known` gives the templates of an account. Raises InvalidRequestError, which tells of all fields that
    are wrong."""
    parsed, wrong = decode(body, AppBody), WrongFields()
    with wrong:
        check_appid(parsed.appid, "appid")
    with wrong:
        name = read_name(parsed.name, "name")
    given = dict(_settings(parsed, check_url, known(parsed.appid), wrong))
    wrong.check()
    return _checked(replace(draft_app(name, parsed.appid, now=now), **given))


def read_change(app: App, body: bytes, check_url: Callable[[str], None]) -> App:
    """The changed app. Raises InvalidRequestError, which tells of all fields that are wrong."""
    parsed, wrong = decode(body, AppChange), WrongFields()
    changes = dict(_settings(parsed, check_url, app.account_templates, wrong))
    with wrong:
        if parsed.name is not UNSET:
            changes["name"] = read_name(parsed.name, "name")
    wrong.check()
    return _checked(replace(app, **changes))


def _checked(app: App) -> App:
    """Raises InvalidRequestError for a page that the app cannot open."""
    for purpose, template in app.templates.items():
        check_page(template.page, app, f"templates.{purpose}.miniprogram")
    return app


def app_result(app: App) -> AppResult:
    return AppResult(**_shown(app))


def made_app_result(made: MadeApp) -> MadeAppResult:
    app = made.app
    return MadeAppResult(
        **_shown(app), token=made.token, app_key=app.app_key, signing_secret=app.signing_secret
    )


def _settings(
    given: AppSettings,
    check_url: Callable[[str], None],
    known: Mapping[str, AccountTemplate],
    wrong: WrongFields,
) -> Iterator[tuple[str, Any]]:
    """Each given setting that is right, as the model's value."""
    for name in AppSettings.__struct_fields__:
        value = getattr(given, name)
        if value is UNSET:
            continue
        with wrong:
            if name == "callback":
                check_address(value, name, check_url)
            yield name, _setting(name, value, known)


def _setting(name: str, value: Any, known: Mapping[str, AccountTemplate]) -> Any:
    match name:
        case "zone":
            return read_zone(value or SHANGHAI, name)
        case "templates":
            return _templates(value, known)
        case "networks":
            return tuple(dict.fromkeys(read_networks(value)))
        case "home":
            return read_link(value, name)
        case "contact" | "welcome" | "description":
            return read_text(value, name, longest=LONGEST_TEXT)
        case _:
            return value


def _templates(
    given: dict[str, TemplateBody], known: Mapping[str, AccountTemplate]
) -> dict[str, Template]:
    if len(given) > MOST_TEMPLATES:
        raise InvalidRequestError(f"must not be more than {MOST_TEMPLATES}", field="templates")
    wrong, found = WrongFields(), dict[str, Template]()
    for purpose, template in given.items():
        with wrong:
            read_name(purpose, "templates")
        with wrong:
            name = purpose.strip()
            found[name] = read_template(template, f"templates.{name}")
            _check_mapping(name, found[name], known)
    wrong.check()
    return found


def _check_mapping(purpose: str, template: Template, known: Mapping[str, AccountTemplate]) -> None:
    wrong = WrongFields()
    for fault in mapping_faults(purpose, template, known):
        wrong.add(InvalidRequestError(fault.sentence, field=fault.place(purpose)))
    wrong.check()


def read_template(given: TemplateBody, field: str) -> Template:
    """Raises InvalidRequestError, which tells of each field that is wrong by itself."""
    wrong, fields = WrongFields(), dict[str, str]()
    for keyword, text in given.fields.items():
        with wrong:
            name = read_name(keyword, f"{field}.fields")
            fields[name] = read_text(text, f"{field}.fields.{keyword}", longest=LONGEST_TEXT)
    with wrong:
        template_id = read_name(given.template_id, f"{field}.template_id")
    with wrong:
        page = read_page(given.miniprogram or None, f"{field}.miniprogram")
    wrong.check()
    return Template(template_id=template_id, fields=fields, page=page)


def _shown(app: App) -> dict[str, Any]:
    templates = {
        purpose: TemplateBody(one.template_id, dict(one.fields), page_body(one.page) or UNSET)
        for purpose, one in app.templates.items()
    }
    return {
        **{name: getattr(app, name) for name in AppResult.__struct_fields__},
        "callback": _without_query(app.callback),
        "templates": templates,
        "networks": [str(network) for network in app.networks],
    }


def _without_query(url: str) -> str:
    return str(URL(url, encoded=True).with_user(None).with_query(None)) if url else ""
