"""A request line with Chinese in it is read, in however many pieces it comes."""

from tests.web.fetching import Fetching, get
from tests.web.wire import on_both_loops
from wechat_scheduler.web.kit.request_lines import LenientConnection


@on_both_loops
async def test_a_request_line_with_chinese_in_it_is_read_piece_by_piece():
    api = Fetching()
    line = "GET /task/a?名=你 HTTP/1.1\r\nHost: 你\r\nX-API-Key: k1\r\n\r\n".encode()
    async with api.serving(connection=LenientConnection) as server:
        for cut in range(1, len(line)):
            wire = await server.connect()
            await wire.send(line[:cut])
            assert b"token-a-1" in await wire.ask(line[cut:]), cut
        answers = [await wire.ask(get()) for _ in range(2)]

    assert [b"token-a-1" in answer for answer in answers] == [True, True]


async def test_a_body_with_chinese_in_it_is_no_request_line():
    api = Fetching()
    async with api.serving(connection=LenientConnection) as server:
        wire = await server.connect()
        body = "你\r\n".encode()
        await wire.send(get("/echo", f"Content-Length: {len(body)}", method="POST"))

        answer = await wire.ask(body)

    assert answer.endswith(b"echo:" + body)
