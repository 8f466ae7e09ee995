"""Reads the messages that WeChat documents."""

import pytest

from tests.clock import START
from tests.platform.sealing import said
from wechat_scheduler.audience.heard import Heard, HeardKind
from wechat_scheduler.errors import RefusedPushError
from wechat_scheduler.pushes.reading import read_heard
from wechat_scheduler.wechat.xml import elements

APPID = "wx1"


def heard(document: str, appid: str = APPID) -> Heard:
    return read_heard(appid, elements(document.encode()))


def did(name: str, **fields: str) -> str:
    return said("event", Event=name, **fields)


@pytest.mark.parametrize(
    ("document", "kind", "found"),
    [
        (did("subscribe"), HeardKind.FOLLOW, {}),
        (did("subscribe", EventKey="", Ticket=""), HeardKind.FOLLOW, {}),
        (did("subscribe", EventKey="last_trade_no_1"), HeardKind.FOLLOW, {}),
        (did("subscribe", EventKey="qrscene_123"), HeardKind.FOLLOW, {"scene": "123"}),
        (did("SCAN", EventKey="qrscene_1"), HeardKind.SCAN, {"scene": "qrscene_1"}),
        (did("unsubscribe", EventKey=""), HeardKind.UNFOLLOW, {}),
        (did("CLICK", EventKey="TODAY"), HeardKind.CLICK, {"text": "TODAY"}),
        (did("VIEW", EventKey="http://x"), HeardKind.OTHER, {}),
        (said(Content="明天八点", MsgId="7"), HeardKind.TEXT, {"text": "明天八点"}),
        (said("voice", MediaId="m", Recognition="", MsgId="7"), HeardKind.VOICE, {}),
        (said("voice", Recognition="明天八点", MsgId="7"), HeardKind.VOICE, {"text": "明天八点"}),
        (said("image", PicUrl="http://x", MsgId="7"), HeardKind.MEDIA, {}),
        (
            did("TEMPLATESENDJOBFINISH", MsgID="9", Status="success"),
            HeardKind.RECEIPT,
            {"msgid": "9", "status": "success"},
        ),
        (
            did("TEMPLATESENDJOBFINISH", MsgID="9", Status="failed: system failed"),
            HeardKind.RECEIPT,
            {"msgid": "9", "status": "failed: system failed"},
        ),
    ],
)
def test_what_a_user_did_is_read(document: str, kind: HeardKind, found: dict[str, str]) -> None:
    got = heard(document)

    assert (got.appid, got.openid, got.kind, got.at) == (APPID, "o-user", kind, START)
    read = {"scene": got.scene, "text": got.text, "msgid": got.msgid, "status": got.status}
    assert {name: text for name, text in read.items() if text} == found


@pytest.mark.parametrize(
    "document",
    [
        said(FromUserName="", Content="x"),
        said(FromUserName="../..", Content="x"),
        said(CreateTime="soon", Content="x"),
        did("TEMPLATESENDJOBFINISH", Status="success"),
        did("TEMPLATESENDJOBFINISH", MsgID="<9>", Status="success"),
    ],
)
def test_what_wechat_does_not_write_is_refused(document: str) -> None:
    with pytest.raises(RefusedPushError):
        heard(document)


def test_a_repeat_has_the_id_of_the_first_and_nothing_else_has() -> None:
    later = {"CreateTime": "1800000000"}
    receipt = {"MsgID": "9", "Status": "success"}
    once = [
        said(Content="x", MsgId="7"),
        said(Content="x", MsgId="8"),
        did("subscribe"),
        did("unsubscribe"),
        did("subscribe", **later),
        did("subscribe", FromUserName="o-other"),
        did("TEMPLATESENDJOBFINISH", MsgID="10", Status="success"),
    ]

    ids = [heard(document).event_id for document in once]
    repeats = [
        said(Content="x", MsgId="7", **later),
        did("TEMPLATESENDJOBFINISH", **receipt, **later),
    ]

    assert len({*ids, *(heard(document, "wx2").event_id for document in once)}) == 2 * len(once)
    assert heard(repeats[0]).event_id == ids[0]
    assert heard(repeats[1]).event_id == heard(did("TEMPLATESENDJOBFINISH", **receipt)).event_id
