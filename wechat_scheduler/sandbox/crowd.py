"""What people do: follow, scan, write. Each deed changes their standing and tells the account."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.sandbox.people import Arrival, Person
from wechat_scheduler.sandbox.phones import By, PhoneKey, PhoneMessage
from wechat_scheduler.sandbox.pushes.account_xml import AccountPush, event, message
from wechat_scheduler.sandbox.qrcodes import LONGEST_SCENE, QRCode
from wechat_scheduler.sandbox.views import PhoneView, view
from wechat_scheduler.sandbox.world import World

# Real ones have 64 bits and look like this.
FIRST_MSGID = 24_000_000_000_000_000


class Crowd:
    """The people of the sandbox, each named by the account and the openid they have there.

    Without an openid, `follow` and `scan` make somebody new. All raise InvalidRequestError.
    """

    def __init__(self, world: World, now: Callable[[], datetime]) -> None:
        self._world = world
        self._now = now
        self._msgids = count(FIRST_MSGID)

    def follow(self, appid: str, openid: str | None = None) -> str:
        """Found by search, without a scene. Returns the openid; who follows already does nothing."""
        person = self._meet(appid, openid)
        if person.followed_at is None:
            self._begin(person, {"EventKey": ""}, scene="")
        return person.openid

    def scan(
        self,
        appid: str,
        openid: str | None = None,
        *,
        ticket: str | None = None,
        scene: str | None = None,
    ) -> str:
        """Scan the account's code with this ticket, or the permanent one of this scene.

        Follows by it: `subscribe` with `qrscene_` before the scene; a follower's `SCAN` has the
        bare scene. Returns the openid.
        """
        qrcode = self._qrcode(appid, ticket, scene)
        person = self._meet(appid, openid)
        if person.followed_at is None:
            key = {"EventKey": f"qrscene_{qrcode.scene}", "Ticket": qrcode.ticket}
            self._begin(person, key, scene=qrcode.scene)
        else:
            self._world.people.allow_greetings(person, self._now())
            self._note(person, f"scanned {qrcode.scene}")
            key = {"EventKey": qrcode.scene, "Ticket": qrcode.ticket}
            self._tell(event(person, "SCAN", self._now(), key))
        return person.openid

    def unfollow(self, appid: str, openid: str) -> None:
        person = self._follower(appid, openid)
        self._world.people.unfollow(person)
        self._note(person, "unfollowed")
        self._tell(event(person, "unsubscribe", self._now(), {"EventKey": ""}))

    def write(self, appid: str, openid: str, text: str) -> int:
        """Write to the account, which may then answer for 48 hours. Returns the MsgId."""
        if not text:
            raise InvalidRequestError("must not be empty", field="text")
        return self._say(appid, openid, "text", text, {"Content": text})

    def voice(self, appid: str, openid: str, recognition: str) -> int:
        """Say something that WeChat understood so; empty if it did not. Returns the MsgId."""
        media = {"MediaId": "sandbox-voice", "Format": "amr", "Recognition": recognition}
        return self._say(appid, openid, "voice", recognition, media)

    def click(self, appid: str, openid: str, key: str) -> None:
        """Choose an item of the account's menu."""
        person = self._follower(appid, openid)
        self._world.people.allow_greetings(person, self._now())
        self._note(person, f"chose {key}")
        self._tell(event(person, "CLICK", self._now(), {"EventKey": key}))

    def block(self, appid: str, openid: str, *, blocked: bool = True) -> None:
        """Go on following, and receive nothing. WeChat does not tell the account."""
        person = self._known(appid, openid)
        person.blocked = blocked
        self._note(person, "blocked" if blocked else "unblocked")

    def accept(self, appid: str, openid: str, template_id: str, times: int | None = 1) -> None:
        """Let `times` subscribe notices through, added to those before; None: always, 0: none."""
        if times is not None and times < 0:
            raise InvalidRequestError("must not be negative", field="times")
        person = self._known(appid, openid)
        person.uses[template_id] = times and (person.uses.get(template_id) or 0) + times
        self._note(person, f"lets {template_id} through: {_often(times)}")

    def received(self, appid: str) -> list[Arrival]:
        """Everything that was shown on phones, oldest first, as often as it was shown."""
        return self._world.people.arrivals(appid)

    def arrived(self, appid: str, openid: str) -> list[PhoneMessage]:
        """What a phone shows of that, oldest first, without what its owner wrote."""
        shown = self._known(appid, openid).phone.shown
        return [it for it in shown if it.by is not By.USER]

    def phone(self, appid: str, openid: str) -> PhoneView:
        return view(self._known(appid, openid))

    def recent(self, count: int) -> list[PhoneKey]:
        """The phones on which something happened last, oldest first."""
        return self._world.people.phones.recent(count)

    def everybody(self) -> Iterator[Person]:
        return self._world.people.everybody()

    def _meet(self, appid: str, openid: str | None) -> Person:
        if not self._world.exists(appid):
            raise InvalidRequestError("is not an account", field="appid")
        return self._world.people.meet(appid, openid or self._world.oauth_users.new_openid())

    def _known(self, appid: str, openid: str) -> Person:
        person = self._world.people.find(appid, openid)
        if person is None:
            raise InvalidRequestError("never followed this account nor scanned", field="openid")
        return person

    def _follower(self, appid: str, openid: str) -> Person:
        person = self._known(appid, openid)
        if person.followed_at is None:
            raise InvalidRequestError("does not follow this account; follow first", field="openid")
        return person

    def _qrcode(self, appid: str, ticket: str | None, scene: str | None) -> QRCode:
        if (ticket is None) == (scene is None):
            raise InvalidRequestError("give either this or a scene", field="ticket")
        if scene is not None:
            if not 1 <= len(scene) <= LONGEST_SCENE:
                hint = f"must be 1 to {LONGEST_SCENE} characters"
                raise InvalidRequestError(hint, field="scene")
            return self._world.qrcodes.permanent(appid, scene)
        found = self._world.qrcodes.find(ticket or "", self._now())
        if found is None or found.appid != appid:
            raise InvalidRequestError("is unknown or has expired", field="ticket")
        return found

    def _begin(self, person: Person, key: dict[str, str], *, scene: str) -> None:
        self._world.people.follow(person, self._now(), scene)
        self._world.people.allow_greetings(person, self._now())
        self._note(person, f"followed by scanning {scene}" if scene else "followed")
        self._tell(event(person, "subscribe", self._now(), key))

    def _say(self, appid: str, openid: str, kind: str, text: str, fields: dict[str, str]) -> int:
        person = self._follower(appid, openid)
        msgid = next(self._msgids)
        self._world.people.allow_replies(person, self._now())
        said = PhoneMessage(kind=kind, by=By.USER, at=self._now(), msgid=msgid, text=text)
        self._world.people.show(person, said)
        self._tell(message(person, kind, self._now(), msgid, fields))
        return msgid

    def _note(self, person: Person, deed: str) -> None:
        done = PhoneMessage(kind="event", by=By.USER, at=self._now(), text=deed)
        self._world.people.show(person, done)

    def _tell(self, notice: AccountPush) -> None:
        self._world.account_pushes.add(notice)


def _often(times: int | None) -> str:
    return "always" if times is None else f"{times} more" if times else "never"
