"""The filters of deliveries, as a visitor wrote them into the address and as our API takes them."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import InvalidRequestError, RequestError
from wechat_scheduler.web.console import terms
from wechat_scheduler.web.console.app_choice import app_options, apps_of
from wechat_scheduler.web.console.folded import folded_search
from wechat_scheduler.web.console.form_fields import FormFields
from wechat_scheduler.web.console.messages.states import state_options
from wechat_scheduler.web.console.mistakes import Mistakes
from wechat_scheduler.web.console.parts import joined
from wechat_scheduler.web.console.sought_users import CALLED, sought_uid
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.wall_times import NO_TIME, instant_of
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.kit.ids import ID
from wechat_scheduler.web.kit.query import ERRCODE
from wechat_scheduler.web.pages.markup import Html

W = Words

SINCE, UNTIL = W("From", "从"), W("Until", "到")
ERRCODE_HINT = W("WeChat's number, such as 45009 or -1", "微信的数字，例如 45009 或 -1")
NO_NUMBER = W("must be a number", "必须是数字")
NO_ERRCODE = W(
    "must be WeChat's errcode: a whole number of up to nine digits, such as 45009 or -1",
    "必须是微信的 errcode：最多九位的整数，例如 45009 或 -1",
)

LABELS: Final[Mapping[str, Phrase]] = {
    "since": SINCE,
    "until": UNTIL,
    "app": terms.APP,
    "person": terms.USER,
    "state": terms.STATE,
    "errcode": terms.ERRCODE,
    "message": terms.MESSAGE,
    "reminder": terms.REMINDER,
}
NAMES: Final = (*LABELS,)
# Those that our API takes as they are.
PLAIN: Final = ("app", "state", "errcode", "message", "reminder")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedDeliveries:
    """The `given` filters by name, those that are empty left out. `query` is for `GET /v1/deliveries`."""

    given: Mapping[str, str]
    query: Mapping[str, str]

    @property
    def body(self) -> dict[str, object]:
        """For the changes in bulk."""
        numbers = ("app", "message", "errcode")
        return {name: int(text) if name in numbers else text for name, text in self.query.items()}

    @property
    def address(self) -> str:
        """The list of what is wanted."""
        return f"/console/messages?{urlencode(self.given)}" if self.given else "/console/messages"


async def wanted(visit: Visit, given: Mapping[str, str]) -> WantedDeliveries:
    """Raises InvalidRequestError at the field that is wrong."""
    told = {name: text for name in NAMES if (text := given.get(name, "").strip())}
    query: dict[str, str] = {name: told[name] for name in PLAIN if name in told}
    for name in ("app", "message"):
        if name in told and not ID.fullmatch(told[name]):
            raise InvalidRequestError(visit.say(NO_NUMBER), field=name)
    if "errcode" in told and not ERRCODE.fullmatch(told["errcode"]):
        raise InvalidRequestError(visit.say(NO_ERRCODE), field="errcode")
    for name in ("since", "until"):
        if name in told:
            query[name] = instant_of(told[name], field=name, trouble=visit.say(NO_TIME))
    if "person" in told:
        query["uid"] = await sought_uid(visit, told["person"], told.get("app", ""), field="person")
    return WantedDeliveries(given=told, query=query)


async def filters(visit: Visit, action: str, error: RequestError | None = None) -> Html:
    """The form of filters, with what the address says."""
    given = visit.request.query
    fields = FormFields(visit, given, Mistakes(error))
    apps = app_options(await apps_of(visit), given.get("app", ""))
    made = [
        fields.text("since", SINCE, type="datetime-local"),
        fields.text("until", UNTIL, type="datetime-local"),
        fields.select("app", terms.APP, apps),
        fields.text("person", terms.USER, hint=CALLED),
        fields.select("state", terms.STATE, [("", terms.ALL_STATES), *state_options(visit)]),
        # Keyboards for numbers have no minus on some phones.
        fields.text("errcode", terms.ERRCODE, hint=ERRCODE_HINT, maxlength=10),
    ]
    if given.get("message"):
        made.append(fields.text("message", terms.MESSAGE))
    if given.get("reminder"):
        made.append(fields.text("reminder", terms.REMINDER, maxlength=32))
    is_open = error is not None or any(given.get(name) for name in NAMES)
    return folded_search(visit, action, joined(made), is_open=is_open)
