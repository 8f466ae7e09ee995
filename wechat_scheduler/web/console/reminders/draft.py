"""A reminder as it is written into the form, and the bodies that are made of it."""

from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from wechat_scheduler.audience.ids import EVERYONE
from wechat_scheduler.web.console.meant_users import (
    MeantUser,
    meant_users,
    settled,
    typed_names,
    with_uids,
)
from wechat_scheduler.web.console.typed_fields import TypedFields
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.wall_times import instant_of
from wechat_scheduler.web.console.words import Words
from wechat_scheduler.web.kit.ids import ID
from wechat_scheduler.web.native.reminders.bodies import PlanResult
from wechat_scheduler.web.native.sending.app_bodies import AppResult

W = Words

CHANNELS: Final = ("auto", "template", "text", "webhook")
NO_NUMBER = W("must be a whole number of minutes", "必须是整数分钟")
# The field of a button that takes one of several sentences in the place of the one that is written.
TAKEN: Final = "taken"
# Names that are looked up to see whom they mean: of a reminder for more, the others are taken as our API does.
MOST_LOOKED_UP: Final = 20


class Draft(NamedTuple):
    """The fields of the form as texts. `at` is a wall time of the app's zone; `people` are uids or the app's
    own names, `topics` ids and perhaps the star."""

    app: str = ""
    when: str = ""
    at: str = ""
    title: str = ""
    text: str = ""
    url: str = ""
    people: str = ""
    topics: tuple[str, ...] = ()
    channel: str = "auto"

    @classmethod
    def of(cls, visit: Visit) -> "Draft":
        given = {name: visit.form.get(name, "").strip() for name in cls._fields if name != "topics"}
        given["when"] = visit.form.get(TAKEN, "").strip() or given["when"]
        given["people"] = settled(visit, given["people"])
        channel = given.pop("channel")
        return cls(
            **given,
            topics=tuple(
                one for some in visit.form_list("topics") for one in some.split(",") if one
            ),
            channel=channel if channel in CHANNELS else CHANNELS[0],
        )

    def body(self, app: AppResult) -> dict[str, Any]:
        """The request for what is written. Raises InvalidRequestError."""
        return self._common() | self._timing(app) | ({"title": self.title} if self.title else {})

    def planned_body(self, visit: Visit) -> dict[str, Any]:
        """The request for what was understood, and shown to the person who saves it. Raises InvalidRequestError."""
        form, typed = visit.form, TypedFields(visit)
        body = self._common() | {
            "title": form.get("planned_title", ""),
            "time": form.get("planned_time", ""),
            "rule": form.get("planned_rule") or None,
            "zone": form.get("planned_zone", ""),
            "defer": typed.number("planned_defer", NO_NUMBER, empty=0),
        }
        typed.check(lambda: None)
        return body

    def kept(self) -> dict[str, str]:
        """The fields of a form that keeps what is written."""
        return {**self._asdict(), "topics": ",".join(sorted(self.topics))}

    def _common(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "app": int(self.app) if ID.fullmatch(self.app) else 0,
            "text": self.text,
            "url": self.url,
            "channel": self.channel,
        }
        return body if self.channel == "webhook" else body | {"to": self.to()}

    def to(self) -> list[int | str]:
        """The receivers, as a request names them."""
        topics = [int(one) for one in self.topics if ID.fullmatch(one)]
        everyone = [EVERYONE] if EVERYONE in self.topics else []
        return [*typed_names(self.people), *topics, *everyone]

    def _timing(self, app: AppResult) -> dict[str, Any]:
        if not self.at:
            return {"when": self.when}
        timing = {"time": app_time(self.at, app.zone)}
        return timing if self.title or not self.when else timing | {"title": self.when}


async def looked_up(visit: Visit, app: AppResult, people: str) -> tuple[str, list[MeantUser]]:
    """What is typed with the uids of the users that are meant by nicknames, and the users. Raises RequestError."""
    meant = await meant_users(visit, app, typed_names(people)[:MOST_LOOKED_UP])
    return with_uids(people, meant), meant


def planned_fields(plan: PlanResult) -> dict[str, str]:
    """What a form keeps of a plan, for `planned_body`."""
    return {
        "planned_title": plan.title,
        "planned_time": plan.time.isoformat(),
        "planned_rule": plan.rule or "",
        "planned_zone": plan.zone,
        "planned_defer": str(plan.defer),
    }


def app_time(text: str, zone: str) -> str:
    """A wall time of the app's zone as RFC 3339. Raises InvalidRequestError."""
    return instant_of(text, field="time", trouble="is no date with a time", zone=ZoneInfo(zone))
