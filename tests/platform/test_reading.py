"""Reads the messages that WeChat documents."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.cases import raising
from tests.clock import START
from tests.platform.sealing import event, said
from wechat_scheduler.audience.user_acts import UserAct, UserActKind
from wechat_scheduler.errors import RefusedPushError
from wechat_scheduler.pushes.reading import CODE_LIFETIME, read_event, read_heard
from wechat_scheduler.wechat.pushed_json import read_json
from wechat_scheduler.wechat.pushed_xml import read_xml

APPID = "wx1"
MINUTE = timedelta(minutes=1)


def heard(document: str, appid: str = APPID) -> UserAct:
    return read_heard(appid, read_xml(document.encode()), now=START)


def did(name: str, **fields: str) -> str:
    return said("event", Event=name, **fields)


def test_what_a_user_did_is_read() -> None:
    cases: list[tuple[str, UserActKind, dict[str, str]]] = [
        (did("subscribe"), UserActKind.FOLLOW, {}),
        (did("subscribe", EventKey="", Ticket=""), UserActKind.FOLLOW, {}),
        (did("subscribe", EventKey="last_trade_no_1"), UserActKind.FOLLOW, {}),
        (did("subscribe", EventKey="qrscene_123"), UserActKind.FOLLOW, {"scene": "123"}),
        (did("SCAN", EventKey="qrscene_1"), UserActKind.SCAN, {"scene": "qrscene_1"}),
        (did("unsubscribe", EventKey=""), UserActKind.UNFOLLOW, {}),
        (did("CLICK", EventKey="TODAY"), UserActKind.CLICK, {"text": "TODAY"}),
        (did("VIEW", EventKey="http://x"), UserActKind.OTHER, {}),
        (said(Content="明天八点", MsgId="7"), UserActKind.TEXT, {"text": "明天八点"}),
        (said("voice", MediaId="m", Recognition="", MsgId="7"), UserActKind.VOICE, {}),
        (said("voice", Recognition="明天八点", MsgId="7"), UserActKind.VOICE, {"text": "明天八点"}),
        (said("image", PicUrl="http://x", MsgId="7"), UserActKind.MEDIA, {}),
        (
            did("TEMPLATESENDJOBFINISH", MsgID="9", Status="success"),
            UserActKind.RECEIPT,
            {"msgid": "9", "status": "success"},
        ),
        (
            did("TEMPLATESENDJOBFINISH", MsgID="9", Status="failed: system failed"),
            UserActKind.RECEIPT,
            {"msgid": "9", "status": "failed: system failed"},
        ),
    ]

    for document, kind, found in cases:
        got = heard(document)

        assert (got.appid, got.openid, got.kind, got.at) == (APPID, "o-user", kind, START), document
        read = {"scene": got.scene, "text": got.text, "msgid": got.msgid, "status": got.status}
        assert {name: text for name, text in read.items() if text} == found, document


def test_what_wechat_does_not_write_is_refused() -> None:
    cases = [
        said(FromUserName="", Content="x"),
        said(FromUserName="../..", Content="x"),
        did("TEMPLATESENDJOBFINISH", Status="success"),
        did("TEMPLATESENDJOBFINISH", MsgID="<9>", Status="success"),
    ]

    for document in cases:
        with raising(RefusedPushError, document):
            heard(document)


def test_the_time_of_an_act_is_wechats_unless_it_is_none_or_has_not_come() -> None:
    cases = [
        (str(int(START.timestamp()) - 60), START - MINUTE),
        (f"{int(START.timestamp()) - 60}.0", START - MINUTE),
        (f"{int(START.timestamp()) - 60}000", START - MINUTE),
        ("1.7e9", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        (str(int(START.timestamp()) + 60), START + MINUTE),
        ("99999999999", START),
        ("9999999999999", START),
        ("1e99", START),
        ("soon", START),
        ("", START),
    ]

    for written, at in cases:
        document = said(CreateTime=written, Content="x")
        granted = event("unauthorized", AuthorizerAppid="wx9", CreateTime=written)

        assert (written, heard(document).at) == (written, at)
        happened = read_event(APPID, read_xml(granted.encode()), now=START).happened_at
        assert (written, happened) == (written, at)


def test_a_time_of_json_may_be_a_number_of_any_kind_or_null() -> None:
    for written, at in (("1.7e9", 1_700_000_000), ("1700000000000", 1_700_000_000)):
        document = f'{{"FromUserName":"o","MsgType":"text","CreateTime":{written}}}'
        act = read_heard(APPID, read_json(document.encode()), now=START)
        assert act.at.timestamp() == at
    null = b'{"FromUserName":"o","MsgType":"text","CreateTime":null}'
    assert read_heard(APPID, read_json(null), now=START).at == START


def test_the_message_of_a_receipt_has_one_of_three_names() -> None:
    for name in ("MsgID", "MSGID", "MsgId"):
        assert heard(did("TEMPLATESENDJOBFINISH", Status="success", **{name: "9"})).msgid == "9"


def test_a_repeat_has_the_id_of_the_first_and_nothing_else_has() -> None:
    later, click = {"CreateTime": "1800000000"}, did("CLICK", EventKey="全部")
    different = [
        said(Content="x", MsgId="7"),
        said(Content="x", MsgId="8"),
        said(Content="y", MsgId="7"),
        said(Content="x", MsgId="7", FromUserName="o-other"),
        said(Content="x", MsgId="7", **later),
        said("voice", Recognition="x", MsgId="7"),
        click,
        did("CLICK", EventKey="今天"),
        did("scancode_push", ScanResult="a"),
        did("scancode_push", ScanResult="b"),
        did("subscribe"),
        did("unsubscribe"),
        did("subscribe", **later),
        did("subscribe", FromUserName="o-other"),
        did("TEMPLATESENDJOBFINISH", MsgID="9", Status="success"),
        did("TEMPLATESENDJOBFINISH", MsgID="10", Status="success"),
        did("TEMPLATESENDJOBFINISH", MsgID="9", Status="failed:user block"),
    ]

    ids = {heard(document, appid).event_id for document in different for appid in (APPID, "wx2")}

    assert len(ids) == 2 * len(different)
    assert heard(click).event_id == heard(click).event_id


REGISTERED = {"appid": "wx9", "status": "0", "auth_code": "code", "msg": "OK"}


def test_a_mini_program_that_was_registered_is_an_account_of_the_platform() -> None:
    cases = [
        (REGISTERED, "wx9", "code"),
        (REGISTERED | {"auth_code": ""}, "wx9", ""),
        (REGISTERED | {"status": "100001", "appid": ""}, "", ""),
        (REGISTERED | {"status": "89249"}, "", ""),
        ({"status": "0"}, "", ""),
    ]

    for fields, authorizer, code in cases:
        document = event("notify_third_fasteregister", **fields)

        got = read_event(APPID, read_xml(document.encode()), now=START)

        assert (got.authorizer, got.code, got.is_acted_on) == (authorizer, code, bool(authorizer))
        assert got.code_until == (START + CODE_LIFETIME if authorizer else START), fields


def test_the_appid_of_a_registered_mini_program_must_be_one() -> None:
    document = event("notify_third_fasteregister", **REGISTERED | {"appid": "../.."})

    with pytest.raises(RefusedPushError):
        read_event(APPID, read_xml(document.encode()), now=START)
