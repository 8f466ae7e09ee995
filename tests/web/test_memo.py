"""The memo remembers responses on their terms, and within its bounds."""

from datetime import timedelta

from tests.web.fetching import Fetching, get, warm
from tests.web.wire import on_both_loops, undated
from wechat_scheduler.web.kit.memo import LARGEST


@on_both_loops
async def test_a_request_that_came_before_is_answered_from_memory_with_the_same_bytes():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        ordinary = await warm(wire, get())

        answer = await wire.ask(get())

    assert undated(answer) == undated(ordinary)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert (api.handled, api.cells["a"].reads) == (2, 1)


async def test_a_rotation_changes_every_request_of_the_credential_at_once():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        for key in ("k1", "k2"):
            await warm(wire, get(key=key))

        api.rotate("a")
        answers = [await wire.ask(get(key=key)) for key in ("k1", "k2")]

    assert all(b"token-a-2" in answer for answer in answers)


async def test_after_a_rotation_the_new_answer_is_remembered():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await warm(wire, get())
        api.rotate("a")
        await wire.ask(get())
        handled = api.handled

        answer = await wire.ask(get())

    assert b"token-a-2" in answer
    assert api.handled == handled


async def test_max_age_steps_down_as_on_the_ordinary_way():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await warm(wire, get())

        api.clock.advance(timedelta(seconds=119))
        before = await wire.ask(get())
        api.clock.advance(timedelta(seconds=11))
        after = await wire.ask(get())

    assert b"max-age=60" in before
    assert b"max-age=50" in after


async def test_an_expired_credential_is_not_served():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await warm(wire, get())

        api.clock.advance(timedelta(seconds=301))
        answer = await wire.ask(get())

    assert answer.startswith(b"HTTP/1.1 503")
    assert len(api.memo) == 0


async def test_a_removed_credential_is_not_served():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await warm(wire, get())

        api.remove("a")
        answer = await wire.ask(get())

    assert answer.startswith(b"HTTP/1.1 503")


async def test_a_jump_of_the_wall_clock_changes_nothing_but_the_date():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await warm(wire, get())

        api.clock.jump(timedelta(days=400))
        answer = await wire.ask(get())

    assert b"token-a-1" in answer
    assert api.cells["a"].reads == 1


async def test_the_date_moves_with_each_second():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await warm(wire, get())

        dates = []
        for step in (0, 999, 1):
            api.clock.advance(timedelta(milliseconds=step))
            dates.append((await wire.ask(get())).partition(b"Date: ")[2][:29])

    first, second = b"Wed, 18 Nov 2026 02:30:00 GMT", b"Wed, 18 Nov 2026 02:30:01 GMT"
    assert dates == [first, first, second]


async def test_a_client_that_names_the_version_it_has_gets_304_until_there_is_another():
    api = Fetching()
    request = get("/task/a", 'If-None-Match: "1"')
    async with api.serving() as server:
        wire = await server.connect()
        ordinary = await warm(wire, request)

        unchanged = await wire.ask(request)
        api.rotate("a")
        changed = await wire.ask(request)

    assert unchanged.startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert undated(unchanged) == undated(ordinary)
    assert api.cells["a"].reads == 1
    assert b"token-a-2" in changed


NOT_PLAIN = [
    get(method="HEAD"),
    get(method="POST"),
    get("/task/a", "Connection: close"),
    get("/task/a", "Connection: keep-alive").replace(b"HTTP/1.1", b"HTTP/1.0"),
    get("/task/a", "Content-Length: 0"),
    get("/task/a", "Content-Length: 2") + b"{}",
    get("/task/a", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    get("/task/a", "Expect: 100-continue"),
    get("/task/a", "Connection: Upgrade", "Upgrade: websocket"),
    get("/task/a", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c"),
    get("/task/a", "X-Long: " + "x" * LARGEST),
    get("/task/nobody"),
    get(key="wrong"),
    get("/refused/a"),
    get("/compressed/a"),
]


async def test_only_plain_reads_that_were_granted_are_remembered():
    for request_ in NOT_PLAIN:
        api = Fetching()
        async with api.serving() as server:
            for _ in range(3):
                await (await server.connect()).send(request_)

        assert len(api.memo) == 0, request_
        assert api.cells["a"].reads == 0, request_


async def test_a_request_that_never_comes_again_is_not_remembered():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()

        for number in range(20):
            await wire.ask(get("/task/a", f"X-Request-Id: {number}"))

    assert len(api.memo) == 0


async def test_requests_that_share_the_place_of_their_first_sight_are_all_remembered_in_time():
    api = Fetching(slots=1)
    requests = [get("/task/a", f"X-Client: {number}") for number in range(3)]
    async with api.serving() as server:
        wire = await server.connect()

        for request in requests * 20:
            await wire.ask(request)

    assert len(api.memo) == 3
