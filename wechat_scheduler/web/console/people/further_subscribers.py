"""Leads from the list of an app's subscribers to users whom it does not show."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from wechat_scheduler.web.console.links import link, links
from wechat_scheduler.web.console.parts import joined, spaced
from wechat_scheduler.web.console.people.frame import PEOPLE, app_url
from wechat_scheduler.web.console.person_names import topic_names
from wechat_scheduler.web.console.visit import COMMA, Visit
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.topics import TopicResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

OF_TOPICS = W(
    "These subscribed to the app itself. Those who joined by a topic's code are listed with the topic:",
    "这里是应用本身的订阅者。扫主题二维码加入的人列在主题下：",
)
ALL_TOPICS = W("all topics", "所有主题")
ALL_USERS = W("Look among all users of the account", "在账号的所有用户里查找")
WRITE_TO_ALL = W("Write to all subscribers", "写消息给所有订阅者")
# Topics that are named one by one.
TOPICS_NAMED: Final = 12


def of_topics(visit: Visit, app: AppResult, topics: Sequence[TopicResult]) -> Html:
    """Says where the subscribers of topics are listed."""
    names = list(topic_names(visit, topics).items())
    made = [
        link(app_url(app, f"/subscribers?topic={topic}"), name)
        for topic, name in names[:TOPICS_NAMED]
    ]
    if len(names) > len(made):
        made.append(link(app_url(app, "/topics"), visit.say(ALL_TOPICS)))
    listed = [part for one in made for part in (visit.say(COMMA), one)][1:]
    return fill('<p class="faint">{words}</p>', words=spaced(visit.say(OF_TOPICS), joined(listed)))


def ways_on(visit: Visit, app: AppResult, name: str) -> Html:
    """To all users of the account, of whom `name` may be one, and to a message to all subscribers."""
    sought = urlencode({"appid": app.appid, "called": name} if name else {"appid": app.appid})
    pairs = [
        (f"/console/messages/write?app={app.id}&topic=*", WRITE_TO_ALL),
        (f"{PEOPLE}/users?{sought}", ALL_USERS),
    ]
    return links(visit, pairs)
