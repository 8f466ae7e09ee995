"""Reads the three events of subscribe notices, in the forms that WeChat documents."""

import json
from collections import deque
from collections.abc import Callable
from itertools import product
from typing import Any

from tests.clock import START
from tests.house import COMPONENT
from tests.platform.sealing import PLAIN, SECRETS, Sender, said
from wechat_scheduler.audience.use_counts import UseChange, UseReport
from wechat_scheduler.audience.user_acts import UserAct, UserActKind
from wechat_scheduler.pushes.model import Push, Secrets
from wechat_scheduler.pushes.reading import read_heard
from wechat_scheduler.sandbox.options import AccountReceiver, PushFormat
from wechat_scheduler.sandbox.people import Person
from wechat_scheduler.sandbox.phones import Phone, PhoneKey
from wechat_scheduler.sandbox.pushes.account_messages import written
from wechat_scheduler.sandbox.pushes.notice_events import popup, switched_off
from wechat_scheduler.sandbox.pushes.notice_events import sent as sent_event
from wechat_scheduler.wechat.decoding import PushDecoder
from wechat_scheduler.wechat.pushed_json import read_json
from wechat_scheduler.wechat.pushed_xml import read_xml

POPUP, CHANGE = "subscribe_msg_popup_event", "subscribe_msg_change_event"
SENT = "subscribe_msg_sent_event"
HOLDERS = {
    POPUP: "SubscribeMsgPopupEvent",
    CHANGE: "SubscribeMsgChangeEvent",
    SENT: "SubscribeMsgSentEvent",
}
SENDER = Sender()
HEAD = {"ToUserName": "gh_1", "FromUserName": "o-user", "CreateTime": "1620973045"}

Entry = dict[str, Any]


def in_xml(event: str, entries: list[Entry]) -> UserAct:
    lists = "".join(f"<List>{_elements(entry)}</List>" for entry in entries)
    holder = f"<{HOLDERS[event]}>{lists}</{HOLDERS[event]}>"
    document = said("event", Event=event).replace("</xml>", f"{holder}</xml>")
    return read_heard("wx1", read_xml(document.encode()), now=START)


def in_json(event: str, entries: list[Entry]) -> UserAct:
    """A list of one is an object, as in WeChat's example."""
    return _of_json(event, {"List": entries[0] if len(entries) == 1 else entries})


def in_an_object(event: str, entries: list[Entry]) -> UserAct:
    return _of_json(event, {HOLDERS[event]: {"List": entries}})


def _of_json(event: str, members: Entry) -> UserAct:
    document = HEAD | {"MsgType": "event", "Event": event} | members
    return read_heard("wx1", read_json(json.dumps(document).encode()), now=START)


def _elements(entry: Entry) -> str:
    return "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in entry.items())


def chose(template_id: str, choice: str, scene: str | int = "0") -> Entry:
    return {"TemplateId": template_id, "SubscribeStatusString": choice, "PopupScene": scene}


def sent(code: str | int, words: str, msgid: str | int = "1864323726461255680") -> Entry:
    return {"TemplateId": "T1", "MsgID": msgid, "ErrorCode": code, "ErrorStatus": words}


def test_what_a_user_allows_is_read() -> None:
    cases: list[tuple[str, list[Entry], list[UseReport]]] = [
        (
            POPUP,
            [chose("T1", "reject"), chose("T-2_", "accept"), chose("T3", "accept", 2)],
            [
                UseReport(template_id="T-2_", change=UseChange.GRANTED),
                UseReport(template_id="T3", change=UseChange.GRANTED),
            ],
        ),
        (POPUP, [chose("T1", "reject")], []),
        (
            POPUP,
            [chose("T1", "acceptWithAudio")],
            [UseReport(template_id="T1", change=UseChange.GRANTED)],
        ),
        (POPUP, [chose("T1", "accept")], [UseReport(template_id="T1", change=UseChange.GRANTED)]),
        (
            CHANGE,
            [chose("T1", "reject")],
            [UseReport(template_id="T1", change=UseChange.SWITCHED_OFF)],
        ),
        (
            CHANGE,
            [chose("T1", "accept")],
            [UseReport(template_id="T1", change=UseChange.SWITCHED_ON)],
        ),
        (
            SENT,
            [sent(0, "success")],
            [UseReport(template_id="T1", change=UseChange.SENT, msgid="1864323726461255680")],
        ),
        (
            SENT,
            [sent("43101", "user refuse to accept the msg", 7)],
            [
                UseReport(
                    template_id="T1",
                    change=UseChange.NONE_LEFT,
                    msgid="7",
                    failure="43101 user refuse to accept the msg",
                )
            ],
        ),
        (
            SENT,
            [sent("1", "", "")],
            [UseReport(template_id="T1", change=UseChange.FAILED, failure="1")],
        ),
        (
            SENT,
            [sent("", "", "../7")],
            [UseReport(template_id="T1", change=UseChange.FAILED, failure="failed")],
        ),
    ]

    for form, (event, entries, uses) in product((in_xml, in_json, in_an_object), cases):
        act = form(event, entries)

        assert (act.openid, act.kind) == ("o-user", UserActKind.USES)
        assert list(act.uses) == uses, (form, entries)


def test_an_entry_that_wechat_does_not_document_changes_no_count() -> None:
    cases: list[list[Entry]] = [
        [], [{}], [chose("", "accept")], [chose("../T", "accept")], [chose("T", "ban")]
    ]  # fmt: skip

    for form, entries in product((in_xml, in_an_object), cases):
        assert form(POPUP, entries).uses == (), entries


def test_two_events_of_one_second_are_two() -> None:
    acts = [in_xml(POPUP, [chose(template_id, "accept")]) for template_id in ("T1", "T2", "T1")]

    assert acts[0].event_id == acts[2].event_id
    assert acts[0].event_id != acts[1].event_id


def test_what_the_sandbox_pushes_is_read_in_each_mode_and_format() -> None:
    modes: list[tuple[Callable[[bytes], Push], Secrets]] = [
        (SENDER.open, PLAIN),
        (SENDER.both, SECRETS),
        (SENDER.safe, SECRETS),
    ]
    phone = Phone(key=PhoneKey("wx1", "o-user"), shown=deque())
    person = Person(appid="wx1", openid="o-user", phone=phone)
    told = [
        popup(person, "T1", "accept", START),
        switched_off(person, "T1", START),
        sent_event(person, "T1", 7, START, "success"),
    ]

    for (seal, secrets), written_as in product(modes, PushFormat):
        receiver = AccountReceiver(appid="wx1", url="http://x", token="t", format=written_as)
        opened = [
            PushDecoder().open(seal(written(one.content, receiver)), secrets, appid=COMPONENT)
            for one in told
        ]

        acts = [read_heard("wx1", one.message, now=START) for one in opened]
        assert [act.uses for act in acts] == [
            (UseReport(template_id="T1", change=UseChange.GRANTED),),
            (UseReport(template_id="T1", change=UseChange.SWITCHED_OFF),),
            (UseReport(template_id="T1", change=UseChange.SENT, msgid="7"),),
        ], (seal, written_as)
