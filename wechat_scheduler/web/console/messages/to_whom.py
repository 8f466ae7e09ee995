"""Whom a message goes to: users by what they are called, a topic, or all subscribers of the app."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from aiohttp import hdrs

from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.meant_users import MeantUser, meant_users, settled, typed_names
from wechat_scheduler.web.console.messages.groups import ReceiverGroup, group_of
from wechat_scheduler.web.console.person_names import topic_names
from wechat_scheduler.web.console.topic_choice import offered_topics
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult

W = Words

NO_GROUP = W("the users above", "上面的用户")
ONE_OF_BOTH = W("choose users or a group, not both", "用户和群体只能选一种")
OTHER_TOPICS = W(
    "is a topic of another app; these are the topics of the app that is chosen now",
    "是另一个应用的主题；这里是现在所选应用的主题",
)
TOO_MANY = W(
    "must not name more than {most} users; make a topic for more",
    "最多 {most} 个用户；更多请用主题",
)
# Users whom the form names one by one: each is looked up, and shown.
MOST_NAMED: Final = 20


class MessageReceivers(NamedTuple):
    """What the form says of the receivers of the `app`, which has these `topics`, by their ids as texts."""

    app: AppResult
    typed: str
    chosen: str
    topics: Mapping[str, str]
    users: Sequence[MeantUser] = ()
    group: ReceiverGroup | None = None

    @property
    def is_open(self) -> bool:
        """Whether a person has to say who is meant."""
        return any(one.offered for one in self.users)

    @property
    def uids(self) -> str:
        """Who is meant, as a field of the form."""
        return ",".join(one.uid for one in self.users)

    def options(self, visit: Visit) -> list[tuple[str, Phrase]]:
        """The groups to choose one of."""
        return [("", NO_GROUP), (EVERYONE, terms.ALL_SUBSCRIBERS), *self.topics.items()]

    def receivers(self, visit: Visit) -> list[int | str]:
        """As our API takes them. Raises InvalidRequestError."""
        if self.chosen not in ("", EVERYONE, *self.topics):
            raise InvalidRequestError(visit.say(OTHER_TOPICS), field="topic")
        if self.chosen and self.typed.strip():
            raise InvalidRequestError(visit.say(ONE_OF_BOTH), field="topic")
        if len(typed_names(self.typed)) > MOST_NAMED:
            raise InvalidRequestError(visit.say(TOO_MANY, most=MOST_NAMED), field="to")
        return [self.group.to] if self.group else [one.uid or one.typed for one in self.users]


async def to_whom(visit: Visit, app: AppResult, given: Mapping[str, str]) -> MessageReceivers:
    """Raises RequestError."""
    chosen, typed = given.get("topic", ""), settled(visit, given.get("to", ""))
    topics = await offered_topics(visit, app.id, [chosen])
    names = topic_names(visit, topics)
    whom = MessageReceivers(app, typed, chosen, names)
    if chosen == EVERYONE:
        return whom._replace(group=await group_of(visit, app, EVERYONE, app.name))
    if chosen in names:
        return whom._replace(group=await group_of(visit, app, int(chosen), names[chosen]))
    users = [] if visit.request.method == hdrs.METH_GET else typed_names(typed)[:MOST_NAMED]
    meant = await meant_users(visit, app, users)
    once = {one.uid or one.typed: one for one in meant}
    return whom._replace(users=list(once.values()))
