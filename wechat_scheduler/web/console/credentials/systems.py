"""The business systems of a credential: who fetches it, and whom it is sent to."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.key_names import key_names, named_key
from wechat_scheduler.web.console.parts import Cell, Kind, code, joined, section, state, table
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.jobs import JobResult, ReceiverResult
from wechat_scheduler.web.native.readers import ReaderResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

READERS = W("Who fetches it", "谁在获取")
NO_READER = W(
    "No system fetched it in the last 24 hours; the last minute is not counted yet.",
    "过去 24 小时没有系统获取；最近一分钟尚未计入。",
)
RECEIVERS = W("Who registered it", "谁登记的")
NO_RECEIVER = W("No key.", "没有。")
READ_HEADS: Final = (
    terms.KEY,
    W("Reads in 24 hours", "24 小时内读取"),
    W("Last in the hour of", "最近一次所在小时"),
)
SENT_HEADS: Final = (
    terms.KEY,
    W("Notified at", "通知地址"),
    W("Last notification", "上次通知"),
    W("Inputs from", "输入来自"),
)
NOTIFIED: Final[Mapping[str, tuple[Kind, Words]]] = {
    "pending": ("warn", W("Under way", "发送中")),
    "delivered": ("good", W("Accepted", "已接收")),
    "cancelled": ("idle", W("Cancelled", "已取消")),
}
THIS_HOUR = W("within this hour", "本小时内")
NEVER = W("None yet", "还没有")


async def systems(visit: Visit, job: JobResult) -> Html:
    """Two sections."""
    names = await key_names(visit)
    fetching = await _readers(visit, job, names)
    return joined(
        [
            section(visit, READERS, fetching, id="readers", live=True),
            section(visit, RECEIVERS, _receivers(visit, job, names), id="receivers", live=True),
        ]
    )


async def _readers(visit: Visit, job: JobResult, names: Mapping[str, str]) -> Html:
    subject = "/{subject}" if job.subject else ""
    found = await visit.api.get(
        f"/v1/tasks/{{appid}}/{{type}}{subject}/readers",
        list[ReaderResult],
        **_path(job),
    )
    rows = [
        (
            named_key(visit, reader.key, names),
            f"{reader.reads:,}",
            _read_last(visit, reader),
        )
        for reader in found
    ]
    return table(visit, READERS, READ_HEADS, rows, empty=NO_READER)


def _read_last(visit: Visit, reader: ReaderResult) -> Cell:
    """The hour is all that is known; of the present one its beginning would mislead."""
    is_now = visit.now - reader.last < timedelta(hours=1)
    return visit.say(THIS_HOUR) if is_now else visit.time(reader.last)


def _receivers(visit: Visit, job: JobResult, names: Mapping[str, str]) -> Html:
    rows = [
        (
            named_key(visit, one.key, names),
            _or_dash(one.notify),
            _told(visit, one),
            _or_dash(one.params),
        )
        for one in job.receivers
    ]
    return table(visit, RECEIVERS, SENT_HEADS, rows, empty=NO_RECEIVER)


def _path(job: JobResult) -> dict[str, str]:
    path = {"appid": job.appid, "type": job.kind}
    return path | {"subject": job.subject} if job.subject else path


def _told(visit: Visit, receiver: ReceiverResult) -> Cell:
    if not receiver.notify:
        return _or_dash("")
    kind, words = NOTIFIED.get(receiver.state, ("idle", NEVER))
    shown = state(visit, kind, words)
    if not receiver.error:
        return shown
    return fill(
        '{shown} <small class="below">{error}</small>',
        shown=shown,
        error=visit.told(receiver.error),
    )


def _or_dash(address: str) -> Cell:
    return code(address) if address else fill('<span class="faint">–</span>')
