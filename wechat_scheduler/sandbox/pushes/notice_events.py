"""The events of subscribe notices. Source: "订阅通知 事件推送"."""

from datetime import datetime

from wechat_scheduler.sandbox.people import Person
from wechat_scheduler.sandbox.pushes.account_messages import AccountPush, Entry, event

# WeChat's number for a popup in a mini-program or on a web page.
SCENE = 0
TAKEN = 0


def popup(person: Person, template_id: str, choice: str, now: datetime) -> AccountPush:
    """The user chose `accept` or `reject` when asked."""
    entry: Entry = {"TemplateId": template_id, "SubscribeStatusString": choice, "PopupScene": SCENE}
    listed = {"SubscribeMsgPopupEvent": [entry]}
    return event(person, "subscribe_msg_popup_event", now, listed)


def switched_off(person: Person, template_id: str, now: datetime) -> AccountPush:
    """The user refuses the template in the settings."""
    entry = {"TemplateId": template_id, "SubscribeStatusString": "reject"}
    return event(person, "subscribe_msg_change_event", now, {"SubscribeMsgChangeEvent": [entry]})


def sent(person: Person, template_id: str, msgid: int, now: datetime, words: str) -> AccountPush:
    """The outcome of a notice: `words` is `success`, or says what failed."""
    entry: Entry = {
        "TemplateId": template_id,
        "MsgID": msgid,
        "ErrorCode": TAKEN if words == "success" else 1,
        "ErrorStatus": words,
    }
    return event(person, "subscribe_msg_sent_event", now, {"SubscribeMsgSentEvent": [entry]})
