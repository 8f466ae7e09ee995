"""The topics of an app that a form offers."""

from collections.abc import Iterable
from typing import Final

from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.kit.ids import ID
from wechat_scheduler.web.native.sending.topics import ListedTopicResult, TopicResult

# A form with more is too long to choose from.
OFFERED: Final = 200


async def offered_topics(visit: Visit, app: int | str, chosen: Iterable[str]) -> list[TopicResult]:
    """The oldest ones, and those that are `chosen` by their ids: the list of topics leads to
    each form with one chosen."""
    path = "/v1/apps/{app}/topics"
    found = await visit.api.page(path, ListedTopicResult, app=app, limit=OFFERED)
    offered: list[TopicResult] = list(found.rows)
    known = {str(one.id) for one in offered}
    for topic in dict.fromkeys(chosen):
        if topic not in known and ID.fullmatch(topic) and found.after:
            try:
                offered.append(
                    await visit.api.get(f"{path}/{{topic}}", TopicResult, app=app, topic=topic)
                )
            except RequestError:  # of another app, or gone
                continue
    return offered
