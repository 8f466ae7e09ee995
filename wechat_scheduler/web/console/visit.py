"""One request of a person who is signed in: what a page may ask and say."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import hdrs, web

from wechat_scheduler.access.model import Key, Scope
from wechat_scheduler.engine.clock import rfc3339
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.errors import RequestError
from wechat_scheduler.web.console.mistakes import sentence, whole
from wechat_scheduler.web.console.native_api import NativeApi
from wechat_scheduler.web.console.rewording import reword
from wechat_scheduler.web.console.spans import distance, length
from wechat_scheduler.web.console.words import Language, Phrase, Words, phrase
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.kit.services import SERVICES
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

ZONE: Final = ZoneInfo("Asia/Shanghai")
# Beyond this an instant is shown by its date.
_NEAR: Final = timedelta(days=2)
BESIDE = W(" ({exact})", "（{exact}）")
COMMA = W(", ", "、")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The session of a visit; its `id` is empty with an open door. `csrf` is what its forms prove
    themselves with."""

    id: str
    key: Key
    csrf: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """`place` is the address of this page, or of the page with the form that was posted. `form` holds the fields of a
    POST that was checked, each with its last value. `notices` are what pages may have done before, `scope` what the page
    needs, `account_names` what people call those accounts of which the page has asked it (`learn_names`), by appid."""

    request: web.Request
    api: NativeApi
    place: str
    language: Language
    session: SignedIn
    form: Mapping[str, str] = field(default_factory=dict)
    fields: Sequence[tuple[str, str]] = ()
    notices: Mapping[str, Words] = field(default_factory=dict)
    scope: Scope | None = None
    account_names: dict[str, str] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """What the page has done until now is not ahead."""
        return self.request.app[SERVICES].clock.now()

    @property
    def kinds(self) -> KindTable:
        """The credential types and their names."""
        return self.request.app[SERVICES].kinds

    @property
    def public_url(self) -> str:
        """The address of the daemon in WeChat and in users' browsers; empty if it is not set."""
        return self.request.app[SERVICES].links.public_url.rstrip("/")

    @property
    def has_gateway(self) -> bool:
        """Whether business systems can call WeChat through this daemon."""
        return self.request.app[SERVICES].running.config.gateway.enabled

    def say(self, words: Phrase, /, **values: object) -> str:
        """The phrase in the visitor's language, with its `{names}` filled."""
        if values and isinstance(words, Words):
            return words.filled_in(self.language, **values)
        return phrase(words, self.language)

    def listed(self, names: Iterable[object]) -> str:
        """Names one after the other, with commas between."""
        return self.say(COMMA).join(map(str, names))

    def told(self, text: str) -> str:
        """A text of our API in the visitor's language, as far as it has Chinese."""
        if self.language is not Language.ZH:
            return text
        return self.request.app[SERVICES].chinese().of(text)

    def sentence(self, text: str) -> str:
        """A message or an advice of our API as a whole sentence in the visitor's language."""
        told = self.told(text)
        return sentence(text) if told == text else whole(told, stop="。")

    def reword(self, error: RequestError) -> None:
        """Put an error in the visitor's language, as the routes of our API do."""
        if self.language is Language.ZH:
            reword(error, self.request.app[SERVICES].chinese())

    def may(self, scope: Scope) -> bool:
        """Whether the key of the session has that scope."""
        return self.session.key.allows(scope)

    def sees(self, scope: Scope) -> bool:
        """Whether the key of the session may look at what a key with that scope may look at."""
        return self.session.key.sees(scope)

    @property
    def only_looks(self) -> bool:
        """Whether the key sees this page, and may not carry out its forms. Those that need more than the page say so
        themselves."""
        return self.scope is Scope.PUSH and not self.may(Scope.PUSH)

    async def keep(self, path: str, text: str) -> str:
        """Store what a form has done, for this session and the page at `path`. Returns its id. Raises StorageError."""
        return await self.request.app[SERVICES].outcomes.keep(f"{self.session.id} {path}", text)

    async def kept(self, key: str) -> str | None:
        """What was kept for this page under that id; None if there is nothing. Raises StorageError."""
        place = f"{self.session.id} {self.request.path}"
        return await self.request.app[SERVICES].outcomes.find(place, key)

    def is_answer_to(self, action: str) -> bool:
        """Whether this page answers a form that was posted there."""
        return self.request.method == hdrs.METH_POST and self.request.path == action

    @property
    def once(self) -> str:
        """The name of the form that was posted, for `Idempotency-Key`."""
        return self.form.get("once", "")

    def form_list(self, name: str) -> list[str]:
        """All values of a field that a form may repeat."""
        return [value for given, value in self.fields if given == name]

    def time(self, at: datetime | None) -> Html:
        """An instant in Asia/Shanghai, in relative words where it is near; a dash for None."""
        if at is None:
            return fill('<span class="faint">–</span>')
        local = at.astimezone(ZONE)
        near = self.say(distance(at - self.now)) if self.is_near(at) else ""
        return fill(
            '<time datetime="{iso}" title="{exact}">{words}</time>',
            iso=rfc3339(at),
            exact=f"{local:%Y-%m-%d %H:%M:%S}",
            words=near or f"{local:%Y-%m-%d %H:%M}",
        )

    def exactly(self, at: datetime | None) -> Html:
        """Like `time`, with the date and the clock time below it: what a page of one thing says of it."""
        if at is None or not self.is_near(at):
            return self.time(at)
        exact = f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
        return fill('{at} <small class="below">{exact}</small>', at=self.time(at), exact=exact)

    def in_words(self, at: datetime) -> Html:
        """Like `exactly`, in a sentence."""
        if not self.is_near(at):
            return self.time(at)
        before, _, after = self.say(BESIDE).partition("{exact}")
        exact = f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"
        return fill(
            "{at}{before}{exact}{after}", at=self.time(at), before=before, exact=exact, after=after
        )

    def is_near(self, at: datetime) -> bool:
        """Whether `time` shows how far from now it is."""
        return abs(at - self.now) < _NEAR

    def lasting(self, span: timedelta) -> str:
        """A length of time, in words: at most two of its units."""
        return " ".join(map(self.say, length(span)))
