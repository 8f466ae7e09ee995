"""Checks requests to send, with the same rules for POST and GET."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

import msgspec

from wechat_scheduler.delivery.model import Content, Form
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.web.compat.wxpusher.addresses import read_address
from wechat_scheduler.web.compat.wxpusher.envelope import (
    OK,
    Loose,
    WxPusherError,
    malformed,
    text_of,
    whole,
)
from wechat_scheduler.web.kit.ids import LARGEST_ID
from wechat_scheduler.web.pages.summary import summary as summary_of

LONGEST_CONTENT: Final = 40_000
LONGEST_SUMMARY: Final = 100
MOST_UIDS: Final = 2000
MOST_TOPICS: Final = 5

CONTENT_TYPES: Final = {1: Form.TEXT, 2: Form.HTML, 3: Form.MARKDOWN}

# Names that do not fit this are not looked up.
_NAME = re.compile(r"[^\x00-\x1f]{1,128}")

Many: TypeAlias = list[Loose] | str | None


class ContentBody(msgspec.Struct, rename="camel"):
    """The content of a message. `verifyPay` and `verifyPayType` are ignored: there are no payments."""

    content: Loose = None
    summary: Loose = None
    content_type: Loose = None
    url: Loose = None


class SendBody(ContentBody, rename="camel"):
    """`POST /api/send/message`."""

    app_token: str | None = None
    uids: Many = None
    topic_ids: Many = None


class WxText(NamedTuple):
    """A content. `notes` say in Chinese what of it was mended or left out, `omitted` what was left out."""

    content: Content
    notes: tuple[str, ...] = ()
    omitted: str = ""

    @property
    def msg(self) -> str:
        """The `msg` of a successful response."""
        return f"{OK}（{self.omitted}）" if self.omitted else OK


@dataclass(frozen=True, slots=True, kw_only=True)
class WxPusherDraft:
    """A message, and its receivers as the request names them."""

    written: WxText
    uids: Sequence[str]
    topics: Sequence[int]

    @property
    def names(self) -> list[str]:
        """The names to look up, in the same order; empty for a uid that cannot be a name."""
        return [uid if _NAME.fullmatch(uid) else "" for uid in self.uids]

    @property
    def named_topics(self) -> list[int]:
        """Each topic once, without 0: WxPusher has no topic 0, but here it stands for all subscribers."""
        return [topic for topic in dict.fromkeys(self.topics) if topic]


def draft_of(body: SendBody, path: str) -> WxPusherDraft:
    """The draft in a body. Raises WxPusherError, which names the field."""
    given_uids = islice(_listed(body.uids, "uids", path), MOST_UIDS + 1)
    given_topics = islice(_listed(body.topic_ids, "topicIds", path), MOST_TOPICS + 1)
    uids = [text_of(one).strip() for one in given_uids]
    topics = [whole(one, "topicIds", least=0, most=LARGEST_ID, default=0) for one in given_topics]
    for given, most, field in ((uids, MOST_UIDS, "uids"), (topics, MOST_TOPICS, "topicIds")):
        if len(given) > most:
            raise WxPusherError(f"{field} 最多 {most} 个", field=field)
    if not uids and not topics:
        raise WxPusherError("uids 和 topicIds 不能同时为空", field="uids")
    return WxPusherDraft(written=written(body), uids=uids, topics=topics)


def written(body: ContentBody) -> WxText:
    """The content in a body. A summary that is too long is cut, and a `url` that is not an address is left
    out. Raises WxPusherError, which names the field."""
    content, summary = text_of(body.content), text_of(body.summary).strip()
    if not content.strip():
        raise WxPusherError("content 不能为空", field="content")
    if len(content) > LONGEST_CONTENT:
        raise WxPusherError(f"content 不能超过 {LONGEST_CONTENT} 个字符", field="content")
    form = CONTENT_TYPES[whole(body.content_type, "contentType", least=1, most=3, default=1)]
    address, notes = read_address(text_of(body.url)), list[str]()
    if address.note:
        notes.append(address.note)
    if len(summary) > LONGEST_SUMMARY:
        summary = summary[: LONGEST_SUMMARY - 1] + "…"
        notes.append(f"summary 超过 {LONGEST_SUMMARY} 个字符，已截断")
    title = summary or summary_of(content, form)
    found = Content(title=title, text=content, form=form, url=address.url, landing=True)
    return WxText(found, tuple(notes), "" if address.url else address.note)


def _listed(given: Many, field: str, path: str) -> Iterator[Loose]:
    """The items that are not blank: shell scripts leave blank ones in their lists."""
    if isinstance(given, str) and given:
        raise malformed(path, f"{field} 必须是数组")
    return (one for one in given or () if text_of(one).strip())
