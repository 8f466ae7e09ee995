"""Names users and topics, on every page the same way."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.topics import TopicResult

W = Words

NAMESAKE = W("{name} ({id})", "{name}（{id}）")
# Characters of the uid of a user without a name.
SHOWN_OF_UID: Final = 12
# Those at the end of an openid: the beginnings of an account's are the same.
SHOWN_OF_OPENID: Final = 6
# WeChat's.
_OPENID: Final = re.compile("o[A-Za-z0-9_-]{27}")


def person_name(uid: str, name: str, openid: str = "") -> str:
    """The app's own name or the nickname; without one the end of the openid, which our API may give as the name; else the
    beginning of the uid."""
    name = name or openid
    if name == openid or _OPENID.fullmatch(name):
        name = openid_tail(name)
    return name or (uid if len(uid) <= SHOWN_OF_UID else f"{uid[:SHOWN_OF_UID]}…")


def openid_tail(openid: str) -> str:
    """What tells users of the same name apart."""
    return openid if len(openid) <= SHOWN_OF_OPENID else f"…{openid[-SHOWN_OF_OPENID:]}"


def topic_names(visit: Visit, topics: Sequence[TopicResult]) -> Mapping[str, str]:
    """By id, as forms and lists know it. Topics of the same name have their ids beside it."""
    names = [one.name for one in topics]
    return {
        str(one.id): visit.say(NAMESAKE, name=one.name, id=one.id)
        if names.count(one.name) > 1
        else one.name
        for one in topics
    }
