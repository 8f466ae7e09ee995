"""The desks of the audience: apps and tokens, topics, aliases, QR codes and openids."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.audience.people import HOUR, SECOND, Office, an_app, subscribe
from tests.clock import START
from wechat_scheduler.access.once import Once, RepeatedError
from wechat_scheduler.audience.desk import BATCH, AudienceDesk
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.audience.model import Drawn, Purpose, TokenKind
from wechat_scheduler.audience.openids import LIFETIME, Openids
from wechat_scheduler.audience.qrcodes import LONGEST, PATIENCE, PAUSES, SPARE, QrCodeDesk
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import InvalidRequestError, NotFoundError, RequestError, WeChatError
from wechat_scheduler.reasons import Reaction

SHOP = an_app()


class Pictures:
    """Draws QR codes as WeChat does, each with a new ticket."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, int]] = []

    async def create(self, appid: str, scene: str, *, lifetime: int) -> Drawn:
        self.asked.append((appid, scene, lifetime))
        number = len(self.asked)
        return Drawn(f"ticket{number}", f"http://q/{number}", lifetime)

    def image_url(self, ticket: str) -> str:
        return f"http://x/{ticket}"


class Slow(Pictures):
    """Draws nothing until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.released = asyncio.Event()

    async def create(self, appid: str, scene: str, *, lifetime: int) -> Drawn:
        await self.released.wait()
        return await super().create(appid, scene, lifetime=lifetime)


class Refusing(Pictures):
    """Refuses to draw."""

    def __init__(self, reaction: Reaction) -> None:
        super().__init__()
        self.tries = 0
        self.asked_again = asyncio.Event()
        self._reaction = reaction

    async def create(self, appid: str, scene: str, *, lifetime: int) -> Drawn:
        self.tries += 1
        if self.tries > 1:
            self.asked_again.set()
        raise WeChatError("no", reaction=self._reaction, endpoint="/cgi-bin/qrcode/create")


def a_desk(office: Office, drawn: Pictures) -> QrCodeDesk:
    """A desk that never draws in the background."""
    return QrCodeDesk(
        office.scenes, drawn, clock=office.clock, background=lambda name, work: work.close()
    )


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def audience(office: Office) -> AudienceDesk:
    return office.audience(office.clock)


async def test_a_token_opens_until_it_is_replaced_or_its_app_removed(office: Office) -> None:
    directory = office.directory
    made = await directory.make_app(SHOP)
    reset = await directory.reset_token(SHOP.id)
    texts = [await directory.make_user_token(0, "u1"), await directory.make_simple_token(0, "u1")]
    held = [await directory.find_holder(text) for text in (made.token, reset, *texts, "AT_unknown")]

    await directory.remove_app(SHOP.id)
    revoked = await directory.revoke_tokens(TokenKind.USER, uid="u1")

    assert [(token.kind, token.app_id, token.uid) if token else None for token in held] == [
        None,
        (TokenKind.APP, SHOP.id, ""),
        (TokenKind.USER, 0, "u1"),
        (TokenKind.SIMPLE, 0, "u1"),
        None,
    ]
    assert [text[:4] for text in (reset, *texts)] == [reset[:4], "wct_", "SPT_"]
    ended = [await directory.find_holder(text) is None for text in (reset, *texts)]
    assert ended == [True, True, False]
    assert revoked


async def test_the_directory_hears_of_no_app_that_is_not_kept(office: Office) -> None:
    directory = office.directory
    once = Once(scope="apps", key="k", digest="d", response="made")
    made = await directory.make_app(SHOP, once=lambda made: replace(once, response=made.token))

    with pytest.raises(RepeatedError) as answered:
        await directory.make_app(an_app("again"), once=lambda made: once)
    await directory.change_app(SHOP.id, lambda app: replace(app, name="renamed"))
    again = Directory(office.apps, clock=office.clock)
    await again.load()

    assert answered.value.response == made.token
    assert [app.name for app in directory.apps()] == ["renamed"]
    assert again.apps_of("wx1") == directory.apps_of("wx1")
    assert made.token not in repr(made)
    assert SHOP.app_key not in repr(made)


@pytest.mark.parametrize(
    ("error", "ask"),
    [
        (NotFoundError, lambda office, audience: office.directory.renew_links(SHOP.id)),
        (NotFoundError, lambda office, audience: office.directory.remove_app(SHOP.id)),
        (NotFoundError, lambda office, audience: office.directory.reset_token(SHOP.id)),
        (NotFoundError, lambda office, audience: audience.topics.one(SHOP, 5)),
        (NotFoundError, lambda office, audience: audience.topics.remove(SHOP, 5)),
        (NotFoundError, lambda office, audience: audience.dismiss(SHOP, "7")),
        (NotFoundError, lambda office, audience: audience.found(SHOP, "7")),
        (NotFoundError, lambda office, audience: audience.block(SHOP, 5, blocked=True)),
        (NotFoundError, lambda office, audience: audience.mute("u1", 5, muted=True)),
        (NotFoundError, lambda office, audience: audience.remove(SHOP, 5)),
        (InvalidRequestError, lambda office, audience: audience.bind(SHOP, {"UID_x": "o1"})),
        (InvalidRequestError, lambda office, audience: audience.bind(SHOP, {"": "o1"})),
        (InvalidRequestError, lambda office, audience: audience.bind(SHOP, {"7": ""})),
    ],
)
async def test_what_is_not_there_or_not_right_is_refused(
    office: Office,
    audience: AudienceDesk,
    error: type[RequestError],
    ask: Callable[[Office, AudienceDesk], Any],
) -> None:
    with pytest.raises(error):
        await ask(office, audience)


async def test_one_app_does_not_reach_into_another(office: Office, audience: AudienceDesk) -> None:
    other = an_app("other")
    topic = await audience.topics.make(SHOP, "news")
    uids = await audience.bind(SHOP, {"7": "o1"})
    ((subscription, subscriber),) = await audience.subscribers(SHOP, limit=9)

    for asked in (
        audience.topics.one(other, topic.id),
        audience.topics.remove(other, topic.id),
        audience.block(other, subscription.id, blocked=True),
        audience.remove(other, subscription.id),
        audience.mute("UID_other", subscription.id, muted=True),
    ):
        with pytest.raises(NotFoundError):
            await asked

    assert await audience.topics.of_app(SHOP) == [topic]
    assert (await audience.found(SHOP, "7")).subscriber == subscriber
    assert (await audience.found(other, uids["7"])).subscription is None


async def test_users_are_taken_over_in_parts_and_may_be_again(audience: AudienceDesk) -> None:
    openids = {f"n{number}": f"o{number}" for number in range(BATCH + 1)}

    first = await audience.bind(SHOP, openids)
    again = await audience.bind(SHOP, openids)

    assert first == again
    assert all(len(uid) == 32 and uid.startswith("UID_") for uid in first.values())
    assert await audience.count(SHOP) == BATCH + 1


async def test_blocked_and_muted_ones_are_not_sent_to(
    office: Office, audience: AudienceDesk
) -> None:
    uids = await audience.bind(SHOP, {"1": "o1", "2": "o2", "3": "o3"})
    ids = {one.uid: one.id for one, _ in await audience.subscribers(SHOP, limit=9)}

    await audience.block(SHOP, ids[uids["1"]], blocked=True)
    await audience.mute(uids["2"], ids[uids["2"]], muted=True)
    before = await office.takers(SHOP)
    await audience.remove(SHOP, ids[uids["1"]])
    is_new = await subscribe(office.subscriptions, SHOP, uids["1"])

    assert before == [uids["3"]]
    assert is_new
    assert await office.takers(SHOP) == sorted((uids["1"], uids["3"]))


async def test_a_code_that_ends_is_drawn_for_as_long_as_it_is_valid(office: Office) -> None:
    drawn = Pictures()
    codes = a_desk(office, drawn)

    code = await codes.make(SHOP, Purpose.APP, extra="7", lifetime=HOUR)
    office.clock.advance(HOUR)

    assert drawn.asked == [("wx1", code.scene.id, 3600)]
    assert (code.image_url, code.ends_at) == ("http://x/ticket1", START + HOUR)
    assert await office.scenes.get(code.scene.id) == code.scene
    assert await codes.current(SHOP, code.scene) == code
    for lifetime in (LONGEST + SECOND, 0 * SECOND):
        with pytest.raises(InvalidRequestError):
            await codes.make(SHOP, Purpose.APP, lifetime=lifetime)


async def test_a_lasting_code_is_drawn_anew_before_it_ends(office: Office) -> None:
    drawn = Pictures()
    codes = a_desk(office, drawn)
    first = await codes.lasting(SHOP, Purpose.TOPIC, "5")
    same = await codes.lasting(SHOP, Purpose.TOPIC, "5")

    office.clock.advance(LONGEST - SPARE + SECOND)
    anew = await codes.lasting(SHOP, Purpose.TOPIC, "5")

    assert same == first
    assert anew.scene.id == first.scene.id
    assert anew.image_url == "http://x/ticket2"
    assert anew.ends_at == office.clock.now() + LONGEST
    assert await office.scenes.get(first.scene.id) == anew.scene


async def test_a_code_that_is_late_is_drawn_after_its_callers_went_on(office: Office) -> None:
    drawn, clock = Slow(), office.clock
    async with Supervisor() as supervisor:
        codes = QrCodeDesk(office.scenes, drawn, clock=clock, background=supervisor.contained)

        drawings = [await codes.begin(SHOP, Purpose.TOPIC, "5") for _ in range(2)]
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(codes.wait(drawings))
            await clock.asleep()
            clock.advance(PATIENCE)
        late = [drawing.code for drawing in drawings]
        drawn.released.set()
        await drawings[0].done.wait()
        there = await codes.begin(SHOP, Purpose.TOPIC, "5")

    assert waiting.done()
    assert late == [None, None]
    assert there.code == drawings[0].code == drawings[1].code
    assert there.code is not None
    assert there.code.scene.created_at == START + PATIENCE
    assert len(drawn.asked) == 1


@pytest.mark.parametrize(
    ("reaction", "tries"), [(Reaction.TRANSIENT, 1 + len(PAUSES)), (Reaction.OPERATOR, 1)]
)
async def test_a_code_is_tried_again_for_a_while_unless_a_person_must_act(
    office: Office, reaction: Reaction, tries: int
) -> None:
    drawn, clock = Refusing(reaction), office.clock
    async with Supervisor() as supervisor:
        codes = QrCodeDesk(office.scenes, drawn, clock=clock, background=supervisor.contained)

        drawing = await codes.begin(SHOP, Purpose.TOPIC, "5")
        await codes.wait([drawing])
        for pause in PAUSES[: tries - 1]:
            await clock.asleep()
            clock.advance(pause)
            await drawn.asked_again.wait()
            drawn.asked_again.clear()

    assert isinstance(drawing.error, WeChatError)
    assert drawn.tries == tries


async def test_an_openid_stays_and_its_openkey_ends(office: Office, audience: AudienceDesk) -> None:
    openids = Openids(office.aliases, clock=office.clock)
    uid = (await audience.bind(SHOP, {"0" * 32: "o1"}))["0" * 32]
    consented = await openids.consent(SHOP, uid)

    first, second = [await openids.log_in(SHOP, uid) for _ in range(2)]
    alias = await openids.known(SHOP, second.openid.upper())
    assert alias is not None
    opened = [openids.opens(alias, login.openkey) for login in (first, second)]
    office.clock.advance(LIFETIME)

    assert consented.name == first.openid == second.openid != "0" * 32
    assert alias.consented
    assert opened == [False, True]
    assert not openids.opens(alias, second.openkey)
    assert await openids.known(SHOP, "0" * 32) is None
    assert await openids.known(an_app(), second.openid) is None
