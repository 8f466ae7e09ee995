"""The memo forgets responses when keys change, and when it is closed."""

from tests.web.fetching import Fetching, get, warm
from wechat_scheduler.web.kit.memo import OVERHEAD


async def test_the_memory_is_bounded_and_the_oldest_goes_first():
    limit = 3 * (OVERHEAD + 500)
    api = Fetching(limit=limit)
    requests = [get("/task/a", f"X-Client: {number}") for number in range(4)]
    async with api.serving() as server:
        wire = await server.connect()
        for request in requests:
            await warm(wire, request)

        for request in requests[1:]:
            await wire.ask(request)
        reads, handled = api.cells["a"].reads, api.handled
        await wire.ask(requests[0])

    assert (len(api.memo), reads, handled) == (3, 3, 8)
    assert limit / 2 < api.memo.size <= limit
    assert api.cells["a"].reads == reads


async def test_a_revoked_key_opens_nothing():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await warm(wire, get())

        api.revoke("k1")
        answer = await wire.ask(get())

    assert answer.startswith(b"HTTP/1.1 401")
    assert (len(api.memo), api.memo.size) == (0, 0)


async def test_a_key_that_is_revoked_while_its_request_is_answered_is_not_remembered():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await wire.ask(get())
        api.gate.clear()
        await wire.send(get())

        api.revoke("k1")
        api.gate.set()
        await wire.rest()
        answer = await wire.ask(get())

    assert answer.startswith(b"HTTP/1.1 401")


async def test_a_closed_memo_remembers_nothing():
    api = Fetching()
    async with api.serving() as server:
        wire = await server.connect()
        await warm(wire, get())

        api.memo.close()
        await warm(wire, get())
        await wire.ask(get())

    assert api.cells["a"].reads == 0
