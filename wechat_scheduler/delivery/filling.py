"""Fills a template of WeChat's with a message."""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo

from wechat_scheduler.audience.model import AccountTemplate, App, Template
from wechat_scheduler.delivery.keyword_times import minute_text
from wechat_scheduler.delivery.keywords import KeywordFault, KeywordValue, cut, fit, type_of
from wechat_scheduler.delivery.model import Content, Form, Message, Way
from wechat_scheduler.delivery.notes import MORE_AND_NONE, MORE_KEYWORDS, NEEDS_DATA, NO_KEYWORD
from wechat_scheduler.delivery.refused_messages import no_template, not_filled, unfilled
from wechat_scheduler.engine.patterns import pattern
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.reasons import Reason

# Stands for HTML and Markdown without a title: markup is not shown in keywords.
NO_TEXT = "[消息]"

# The places that every message fills.
OWN = ("title", "content", "time", "app")

_PLACE = pattern(r"\{ *+([^{} ](?:[^{}]*[^{} ])?) *\}")
_OLDER_KEYWORD = pattern(r"first|remark|keyword\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledTemplate:
    """A template's id and its keywords. WeChat would refuse it for its `faults`; of the keywords in
    `shortened` only the beginning is sent. `values` tell of each keyword what became of its text."""

    template_id: str
    data: Mapping[str, str]
    values: Mapping[str, KeywordValue]
    faults: Sequence[KeywordFault]
    shortened: Sequence[str]

    @property
    def sentence(self) -> str:
        return unfilled(self.template_id, [fault.sentence for fault in self.faults])


def filled(message: Message, app: App, now: datetime) -> FilledTemplate:
    """The message's template. Raises SendError if the app has none for the purpose, or if WeChat would
    refuse it."""
    found = filling(message.content, app, message.not_before or now)
    if found is None:
        raise no_template(app, message.content.purpose)
    if found.faults:
        raise not_filled(found.sentence)
    return found


def require_template(way: Way, purpose: str, app: App) -> None:
    """Raises InvalidRequestError if messages of the purpose go by a template that the app does not have."""
    if way in (Way.TEMPLATE, Way.SUBSCRIBE) and purpose not in app.templates:
        raise InvalidRequestError(
            f"the app {app.name} has no template for the purpose {purpose}: map the purpose to one of "
            "the account's templates in the app's templates, or use the channel auto",
            reason=Reason.TEMPLATE_MISSING,
            field="channel",
        )


def require_known(content: Content, app: App) -> None:
    """Raises InvalidRequestError for a template without data that neither the app nor its account is known
    to have: it is misspelt, or WeChat's id of one whose keywords only the caller knows."""
    name, known = content.template, (*app.templates, *app.account_templates)
    if not name or name in known or content.data:
        return
    near = get_close_matches(name, known, n=1)
    hint = (
        f"did you mean {near[0]}?" if near else "if it is WeChat's id, give data for its keywords"
    )
    raise InvalidRequestError(
        f"the app {app.name} has no template {name}, and none of this id was imported; {hint}",
        reason=Reason.TEMPLATE_MISSING,
        field="template",
    )


def filling(content: Content, app: App, at: datetime) -> FilledTemplate | None:
    """The template of a message of `at`, as far as it is filled; None if the app has none for the
    purpose.

    The keywords' texts are the app's, in which the message's `data` are filled in. Data that have the
    name of a keyword are the text of that keyword.
    """
    mapped = app.templates.get(content.template or content.purpose)
    if mapped is None and not content.template:
        return None
    template = mapped or Template(template_id=content.template, fields={})
    account = app.account_templates.get(template.template_id)
    direct = _direct(template, account, content.data)
    texts, faults = _texts(template, direct, _values(content, app, at))
    faults += [] if texts or faults else [KeywordFault("", NO_KEYWORD.en)]
    faults += _missing(template, account, content.data, texts.keys())
    fits = {
        keyword: fit(keyword, text, app.zone, account.keywords.get(keyword, ()) if account else ())
        for keyword, text in texts.items()
    }
    faults += [
        KeywordFault(keyword, f"{keyword} {one.fault}")
        for keyword, one in fits.items()
        if one.fault
    ]
    return FilledTemplate(
        template_id=template.template_id,
        data={
            keyword: one.text if keyword in direct or type_of(keyword) else cut(one.text)
            for keyword, one in fits.items()
        },
        values=fits,
        faults=faults,
        shortened=[keyword for keyword, one in fits.items() if one.is_cut],
    )


def needed(account: AccountTemplate) -> list[str]:
    """The keywords that WeChat wants a text for; an older template's without one are blank."""
    return [name for name in account.keywords if account.is_notice or type_of(name)]


def without_places(text: str) -> str:
    return _PLACE.sub("", text)


def places(text: str) -> Sequence[str]:
    """The names in braces in a keyword's text."""
    return _parts(text)[1::2]


@lru_cache(maxsize=1024)  # the texts of the templates of all apps that send
def _parts(text: str) -> Sequence[str]:
    """The texts between the names in braces and the names, alternating, as `re.split` gives them."""
    return _PLACE.split(text)


def put_in(text: str, values: Mapping[str, str]) -> str:
    """Not `str.format`: the text is the app's own and must not read attributes."""
    parts = list(_parts(text))
    parts[1::2] = [values[name] for name in parts[1::2]]
    return "".join(parts)


def _texts(
    template: Template, direct: Mapping[str, str], values: Mapping[str, str]
) -> tuple[dict[str, str], list[KeywordFault]]:
    """The text of each keyword, and what is lacking for others."""
    texts, faults = dict[str, str](), list[KeywordFault]()
    for keyword, text in {**template.fields, **direct}.items():
        lacking = [f"{{{place}}}" for place in places(text) if place not in values]
        if keyword in direct:
            texts[keyword] = text
        elif lacking:
            said = NEEDS_DATA.fill(keyword=keyword, places=" and ".join(lacking))
            faults.append(KeywordFault(keyword, said))
        else:
            texts[keyword] = put_in(text, values)
    return texts, faults


def _direct(
    template: Template, account: AccountTemplate | None, data: Mapping[str, str]
) -> Mapping[str, str]:
    """The data that are keywords themselves: all of them without a mapping."""
    if not template.fields or not data:
        return data
    used = _used(template)

    def is_keyword(name: str) -> bool:
        known = name in account.keywords if account else _looks_like_keyword(name)
        return name in template.fields or known

    return {name: text for name, text in data.items() if name not in used and is_keyword(name)}


def _used(template: Template) -> Set[str]:
    """The names that are filled in."""
    return {*OWN, *(place for text in template.fields.values() for place in places(text))}


def _looks_like_keyword(name: str) -> bool:
    return bool(type_of(name) or _OLDER_KEYWORD.fullmatch(name))


def _missing(
    template: Template, account: AccountTemplate | None, data: Mapping[str, str], given: Set[str]
) -> Iterator[KeywordFault]:
    """The first of several stands for all."""
    if account is None:
        return
    given = given | template.fields.keys()
    if missing := [name for name in needed(account) if name not in given]:
        odd = [name for name in data if name not in account.keywords.keys() | _used(template)]
        sentence = MORE_AND_NONE if odd else MORE_KEYWORDS
        said = sentence.fill(names=" and ".join(missing), odd=" or ".join(odd))
        yield KeywordFault(missing[0], said)


def _values(content: Content, app: App, at: datetime) -> dict[str, str]:
    """The value for each name in braces."""
    is_text = content.form is Form.TEXT
    return {
        "title": content.title or (content.text if is_text else NO_TEXT),
        "content": content.text if is_text else content.title or NO_TEXT,
        "time": minute_text(at.astimezone(ZoneInfo(app.zone))),
        "app": app.name,
        **content.data,
    }
