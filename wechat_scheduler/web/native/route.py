"""A row of our own API's route table: how the route is reached, and how `/openapi.json` describes it."""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from aiohttp import hdrs

from wechat_scheduler.engine.records import KW_ONLY, dataclass, field
from wechat_scheduler.web.kit.ids import ID, REMINDER_ID, WECHAT_ID, schema_of
from wechat_scheduler.web.kit.kinds import SCHEMA
from wechat_scheduler.web.kit.query import IDS, LARGEST_PAGE, PAGE
from wechat_scheduler.web.kit.route import Route

Success: TypeAlias = Literal["success"]

_TEXT: Final[Mapping[str, Any]] = {"type": "string"}


class Parameter(NamedTuple):
    """`place` is `path`, `query` or `header`."""

    place: str
    name: str
    description: str
    schema: Mapping[str, Any] = _TEXT


@dataclass(frozen=True, slots=True)
class NativeRoute(Route):
    """`summary` says what the route does. `body` is the type that decodes the request, or a media
    type; `result` the type of the envelope's `result`, in `results` by status where another status
    has one. `plain` is the media type of a response without an envelope. `takes` are parameters
    beside those of the path; `gives` describes headers by name; `errors` are the statuses beyond
    those that follow from the path, the scope and the body. `checks_reach` if the handler
    itself checks what the key reaches. A `once` route honours `Idempotency-Key`. One that `gives_values` of
    credentials, or that `asks_wechat`, which counts as a call of the account, is not for keys that only look."""

    summary: str
    _: KW_ONLY
    body: Any = None
    result: Any = None
    results: Mapping[int, Any] = field(default_factory=dict)
    plain: str = ""
    takes: tuple[Parameter, ...] = ()
    gives: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[int, ...] = ()
    checks_reach: bool = False
    once: bool = False
    gives_values: bool = False
    asks_wechat: bool = False

    @property
    def only_shows(self) -> bool:
        """Whether a key that only looks may call it."""
        return self.method == hdrs.METH_GET and not (self.gives_values or self.asks_wechat)

    @property
    def queries(self) -> tuple[str, ...]:
        """The names of the parameters of the query."""
        return tuple(one.name for one in self.takes if one.place == "query")


IF_MATCH: Final = Parameter(
    "header", "If-Match", "An `ETag`: the response is 412 if it is not the current one."
)
TAGGED: Final[Mapping[str, str]] = {"ETag": "Another one after each change of what is shown."}


def query(name: str, description: str, schema: Mapping[str, Any] = _TEXT) -> Parameter:
    return Parameter("query", name, description, schema)


APP: Final = query("app", "Only of this app.", schema_of(ID))
UID: Final = query("uid", "Only of the subscriber with this uid.")
LIMIT: Final = query(
    "limit",
    "The size of a page.",
    {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE},
)
AFTER: Final = query(
    "after", "Where the page begins: a value from the `Link` of the previous page."
)
PAGED: Final = (AFTER, LIMIT)
_INSTANT: Final = {"type": "string", "format": "date-time"}
SPAN: Final = (
    query("since", "Only those that were created at this time or later.", _INSTANT),
    query("until", "Only those that were created before this time.", _INSTANT),
)
MANY: Final = query("ids", "Only these, with commas between.", schema_of(IDS))
# Of a list by the time of creation.
LISTED: Final = (*SPAN, *PAGED)
REMINDER: Final = query("reminder", "Only what this reminder sent.", schema_of(REMINDER_ID))
LINK: Final = {"Link": "Names the next page, if there may be one."}

IDEMPOTENCY_KEY: Final = Parameter(
    "header",
    "Idempotency-Key",
    "The same request with the same key is carried out once; for seven days it gets the same response.",
    {"type": "string", "minLength": 1, "maxLength": 255},
)
REPLAYED: Final = {
    "Idempotency-Replayed": "`true` if this is the stored response to an earlier request."
}

# The parameters in paths; a row may describe a further one itself, in `takes`.
PLACES: Final[Mapping[str, Parameter]] = {
    place.name: place
    for place in (
        Parameter("path", "appid", "An account, or a third-party platform.", schema_of(WECHAT_ID)),
        Parameter("path", "type", "The number or the name of a credential type.", SCHEMA),
        Parameter(
            "path",
            "subject",
            "The user's openid, or the authorizer's appid.",
            schema_of(WECHAT_ID),
        ),
        Parameter(
            "path", "account", "An account that authorised the platform.", schema_of(WECHAT_ID)
        ),
        Parameter("path", "id", "The id of an API key."),
        Parameter("path", "session", "The id of a session."),
        Parameter("path", "consumer", "The name of a consumer."),
        Parameter("path", "app", "The id of an app.", schema_of(ID)),
        Parameter("path", "topic", "The id of a topic.", schema_of(ID)),
        Parameter("path", "name", "A subscriber's uid, or the app's own name for the user."),
        Parameter("path", "message", "The id of a message.", schema_of(ID)),
        Parameter("path", "delivery", "The id of a delivery.", schema_of(ID)),
        Parameter("path", "reminder", "The id of a reminder.", schema_of(REMINDER_ID)),
    )
}
