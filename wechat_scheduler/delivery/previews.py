"""Shows what WeChat will make of a message, before it is sent."""

from collections.abc import Iterator
from datetime import datetime

from wechat_scheduler.audience.mini_programs import MiniProgramPage
from wechat_scheduler.audience.model import App, Subscriber
from wechat_scheduler.audience.text_windows import takes_texts
from wechat_scheduler.delivery import ways
from wechat_scheduler.delivery.filling import FilledTemplate, filling
from wechat_scheduler.delivery.gate import waits_until
from wechat_scheduler.delivery.keywords import (
    SHOWN,
    UNSEEN,
    KeywordFault,
    cut,
    note_on_cuts,
    taken,
    type_of,
)
from wechat_scheduler.delivery.model import Content, Message, Way
from wechat_scheduler.delivery.notes import (
    CUT_TEXT,
    FALLS_BACK,
    LONG_AGO,
    LONG_AGO_THEN,
    UNSEEN_KEYWORDS,
)
from wechat_scheduler.delivery.refused_messages import no_template
from wechat_scheduler.delivery.template_checks import (
    doubts_of_content,
    doubts_of_template,
    refused_template,
)
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import SendError

# What is warned of, in sentences for the person who writes.


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordPreview:
    """A keyword as WeChat shows it. `takes` says what it accepts, and `fault` why it refuses this; of one that
    `is_cut` only the beginning is shown, and nothing of one that `is_hidden`."""

    name: str
    label: str
    kind: str
    takes: str
    shown: str
    fault: str
    is_cut: bool
    is_hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WayPreview:
    """The message in one of its ways: a `text`, or a template of that `title` with its keywords, which WeChat would
    refuse for its `faults`. A tap opens `page` or `url`."""

    way: Way
    template_id: str = ""
    title: str = ""
    keywords: tuple[KeywordPreview, ...] = ()
    text: str = ""
    url: str = ""
    page: MiniProgramPage | None = None
    faults: tuple[KeywordFault, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`ways` are tried in their order. `error` says why the message would not be sent, empty if it would;
    `waits_until` is the end of the receiver's quiet hours."""

    ways: tuple[WayPreview, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str = ""
    waits_until: datetime | None = None


def preview(
    message: Message, app: App, receiver: Subscriber, now: datetime, landing: str
) -> Preview:
    """`landing` is the address of the daemon's own page of the message, empty without one."""
    content = message.content
    due_at = max(now, message.not_before or now)
    awake = waits_until(receiver, app.zone, due_at, message.priority)
    sent_at = awake or due_at
    try:
        found = _ways(content, app, receiver, now, sent_at)
        late = _texts_refused(receiver, now, sent_at)
        shown = tuple(_way(way, message, app, late, now, landing) for way in found)
    except SendError as error:
        return Preview(error=f"{error}; {error.advice}" if error.advice else str(error))
    warnings = dict.fromkeys(warning for way in shown for warning in way.warnings)
    if len(shown) > 1:
        warnings[FALLS_BACK.en] = None
    return Preview(
        ways=shown,
        warnings=(*warnings, *ways.note_on_url(content, app), *doubts_of_content(content)),
        waits_until=awake,
    )


def _ways(
    content: Content, app: App, receiver: Subscriber, now: datetime, sent_at: datetime
) -> tuple[Way, ...]:
    """The ways at the time of sending; where none is open then, those of now: the user may act in between."""
    try:
        return ways.ways(content, app, receiver, sent_at)
    except SendError:
        if sent_at == now:
            raise
        return ways.ways(content, app, receiver, now)


def _way(
    way: Way, message: Message, app: App, late: tuple[str, ...], now: datetime, landing: str
) -> WayPreview:
    content, page = message.content, ways.page(message.content, app)
    url = (landing if content.landing else "") or content.url
    if way is Way.TEXT:
        return _text(content, url, page, landing, late)
    found = filling(content, app, message.not_before or now)
    if found is None:
        raise no_template(app, content.purpose)
    full = url if url or content.template or way is not Way.TEMPLATE else landing
    return _template(way, found, app, full, page)


def _texts_refused(receiver: Subscriber, now: datetime, sent_at: datetime) -> tuple[str, ...]:
    """Why WeChat may accept no text for the user."""
    if not takes_texts(receiver, now):
        return (LONG_AGO.en,)
    return () if takes_texts(receiver, sent_at) else (LONG_AGO_THEN.en,)


def _text(
    content: Content, url: str, page: MiniProgramPage | None, landing: str, late: tuple[str, ...]
) -> WayPreview:
    is_whole = ways.fits(content, url, page)
    url = url if is_whole else landing or url
    return WayPreview(
        way=Way.TEXT,
        text=_without_link(content, url, page),
        url=url,
        page=page,
        warnings=(*late, *(() if is_whole else (CUT_TEXT.en,))),
    )


def _without_link(content: Content, url: str, page: MiniProgramPage | None) -> str:
    """The text as it is sent, but for the link at its end, which is shown beside it."""
    whole = ways.text(content, url, page)
    return whole.rpartition("<a ")[0].rstrip("\n") if url or page else whole


def _template(
    way: Way, found: FilledTemplate, app: App, url: str, page: MiniProgramPage | None
) -> WayPreview:
    account = app.account_templates.get(found.template_id)
    allowed = account.keywords if account else {}
    refused = refused_template(app, found.template_id, way)
    keywords = tuple(
        KeywordPreview(
            name=name,
            label=account.labels.get(name, "") if account else "",
            kind=type_of(name),
            takes=taken(name, allowed.get(name, ())),
            shown=_cut(name, found.data[name]),
            fault=value.fault,
            is_cut=value.is_cut,
            is_hidden=name in UNSEEN,
        )
        for name, value in found.values.items()
    )
    return WayPreview(
        way=way,
        template_id=found.template_id,
        title=account.title if account else "",
        keywords=keywords,
        url=url,
        page=page,
        faults=(*((KeywordFault("", refused),) if refused else ()), *found.faults),
        warnings=(*doubts_of_template(app, found.template_id), *_warnings(found)),
    )


def _cut(name: str, text: str) -> str:
    return text if type_of(name) else cut(text, SHOWN)


def _warnings(found: FilledTemplate) -> Iterator[str]:
    if found.shortened:
        yield note_on_cuts(found.shortened)
    if UNSEEN & found.values.keys():
        yield UNSEEN_KEYWORDS.en
