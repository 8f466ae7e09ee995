"""The actions of users: follow, scan, write … Each changes their state and tells the account."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.sandbox.people import Arrival, Person, PhoneView
from wechat_scheduler.sandbox.phones import By, PhoneKey, PhoneMessage
from wechat_scheduler.sandbox.pushes.account_messages import AccountPush, event, message
from wechat_scheduler.sandbox.pushes.notice_events import popup, switched_off
from wechat_scheduler.sandbox.qrcodes import LONGEST_SCENE, QRCode
from wechat_scheduler.sandbox.world import World

# Real MsgIds have 64 bits and are about as large.
FIRST_MSGID = 24_000_000_000_000_000

# A person answers each.
MOST_POPUPS = 100


class UserActions:
    """Acts as a user, who has an openid at an account, and reads the phones.

    Without an openid, `follow` and `scan` make a new user. All raise InvalidRequestError.
    """

    def __init__(self, world: World, now: Callable[[], datetime]) -> None:
        self._world = world
        self._now = now
        self._msgids = count(FIRST_MSGID)

    def follow(self, appid: str, openid: str | None = None) -> str:
        """Follows without a scene, or does nothing if the user follows already. Returns the openid."""
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
        """Scans the account's QR code with this ticket or URL, or the permanent code of this scene.

        A new follower is a `subscribe` with `qrscene_` before the scene; an old one is a `SCAN`
        with the bare scene. Returns the openid.
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
        """Writes a text. The account may answer for 48 hours. Returns the MsgId."""
        if not text:
            raise InvalidRequestError("must not be empty", field="text")
        return self._say(appid, openid, "text", text, {"Content": text})

    def voice(self, appid: str, openid: str, recognition: str) -> int:
        """Speaks. `recognition` is the text that WeChat recognised, if any. Returns the MsgId."""
        media = {"MediaId": "sandbox-voice", "Format": "amr", "Recognition": recognition}
        return self._say(appid, openid, "voice", recognition, media)

    def click(self, appid: str, openid: str, key: str) -> None:
        """Chooses an item of the account's menu."""
        person = self._follower(appid, openid)
        self._world.people.allow_greetings(person, self._now())
        self._note(person, f"chose {key}")
        self._tell(event(person, "CLICK", self._now(), {"EventKey": key}))

    def block(self, appid: str, openid: str) -> None:
        """The user still follows, but receives nothing. WeChat does not tell the account."""
        person = self._known(appid, openid)
        person.blocked = True
        self._note(person, "blocked")

    def unblock(self, appid: str, openid: str) -> None:
        person = self._known(appid, openid)
        person.blocked = False
        self._note(person, "unblocked")

    def accept(self, appid: str, openid: str, template_id: str, times: int | None = 1) -> None:
        """Accepts `times` more subscribe notices, in a popup for each; None: any number; 0: as
        `refuse`."""
        if times is not None and not 0 <= times <= MOST_POPUPS:
            raise InvalidRequestError(f"must be 0 to {MOST_POPUPS}", field="times")
        if times == 0:
            self.refuse(appid, openid, template_id)
            return
        person, template = self._known(appid, openid), self._world.templates.find(template_id)
        if template and template.lasting:
            times = None
        person.uses[template_id] = times and (person.uses.get(template_id) or 0) + times
        self._note(person, f"accepts {template_id}: {_often(times)}")
        for _ in range(times or 1):
            self._answer_popup(person, template_id, "accept")

    def decline(self, appid: str, openid: str, template_id: str) -> None:
        """Accepts no further notice in the popup. Those accepted before may still be sent."""
        person = self._known(appid, openid)
        self._note(person, f"declines {template_id}")
        self._answer_popup(person, template_id, "reject")

    def refuse(self, appid: str, openid: str, template_id: str) -> None:
        """Switches the notices of the template off, in the settings: none is left."""
        person = self._known(appid, openid)
        person.uses[template_id] = 0
        self._note(person, f"accepts {template_id}: {_often(0)}")
        self._tell(switched_off(person, template_id, self._now()))

    def received(self, appid: str) -> list[Arrival]:
        """All messages that phones of the account's users showed, once for each time, oldest first."""
        return self._world.people.arrivals(appid)

    def arrived(self, appid: str, openid: str) -> list[PhoneMessage]:
        """The messages on a phone that its user did not write, oldest first."""
        shown = self._known(appid, openid).phone.shown
        return [it for it in shown if it.by is not By.USER]

    def phone(self, appid: str, openid: str) -> PhoneView:
        return self._known(appid, openid).view()

    def recent(self, count: int) -> list[PhoneKey]:
        """The phones that changed last, oldest first."""
        return self._world.people.phones.recent(count)

    def all(self) -> Iterator[Person]:
        return self._world.people.all()

    def _meet(self, appid: str, openid: str | None) -> Person:
        if not self._world.exists(appid):
            raise InvalidRequestError("is not an account", field="appid")
        return self._world.people.meet(appid, openid or self._world.oauth_users.new_openid())

    def _known(self, appid: str, openid: str) -> Person:
        """A user of a mini-program need not follow it first."""
        if appid in self._world.mini_programs:
            return self._world.people.meet(appid, openid)
        person = self._world.people.find(appid, openid)
        if person is None:
            raise InvalidRequestError("never followed this account nor scanned", field="openid")
        return person

    def _follower(self, appid: str, openid: str) -> Person:
        person = self._known(appid, openid)
        if person.followed_at is None and appid not in self._world.mini_programs:
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

    def _note(self, person: Person, action: str) -> None:
        done = PhoneMessage(kind="event", by=By.USER, at=self._now(), text=action)
        self._world.people.show(person, done)

    def _answer_popup(self, person: Person, template_id: str, choice: str) -> None:
        at = self._world.people.popup_time(person, self._now())
        self._tell(popup(person, template_id, choice, at))

    def _tell(self, push: AccountPush) -> None:
        self._world.account_pushes.add(push)


def _often(times: int | None) -> str:
    return "always" if times is None else f"{times} more" if times else "never"
