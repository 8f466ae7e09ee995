"""Requests of the original's callers, which are Go programs, byte for byte as net/http writes them."""

import asyncio
import json
from base64 import b64encode
from itertools import product
from typing import Any
from urllib.parse import urlsplit

from tests.business import Business
from tests.house import APPID, SECRET, Caller

BODIES = [
    # A struct without tags, and one with `omitempty`, which leaves out type 0.
    f'{{"AppID":"APPID","AppSecret":"{SECRET}","Tasks":[{{"Type":0,"Notify":"","Params":""}}]}}',
    f'{{"appid":"APPID","appsecret":"{SECRET}","tasks":[{{}}]}}',
    # Pointers that are nil.
    f'{{"appid":"APPID","appsecret":"{SECRET}","tasks":[{{"type":null,"notify":null}}]}}',
    f'\ufeff{{"appid":"APPID","appsecret":"{SECRET}","tasks":[{{"type":0}}]}}',
]
PATHS = ["/registe", "/registe/", "//registe"]


async def test_a_registration_is_taken_and_its_value_fetched(keeper: Caller) -> None:
    for number, (path, sent) in enumerate(product(PATHS, BODIES)):
        appid = f"wx{number}"
        body = sent.replace("APPID", appid).encode()

        # A body of unknown length comes in chunks.
        registered = await ask(keeper, "POST", path, body, chunked=number == 0)
        await keeper.settle()
        fetched = await ask(keeper, "GET", f"/task/{appid}/0")

        assert registered == {"code": 200, "message": "", "result": "success"}, (path, sent)
        value = await keeper.value(f"{appid}/0")
        assert fetched == {"code": 200, "message": "", "result": value}, (path, sent)

    # A nil slice of tasks.
    sent = f'{{"appid":"{APPID}","appsecret":"{SECRET}","tasks":null}}'
    assert (await ask(keeper, "POST", "/registe", sent.encode()))["result"] == "success"


async def test_the_names_that_a_notify_address_has_are_filled(
    keeper: Caller, business: Business
) -> None:
    notify = business.url("/notify?appid=&type=&from=wechat")
    body = {"appid": APPID, "appsecret": SECRET, "tasks": [{"type": 0, "notify": notify}]}

    await ask(keeper, "POST", "/registe", json.dumps(body).encode())
    await keeper.settle()

    (call,) = business.calls
    assert call.target == f"/notify?appid={APPID}&type=0&from=wechat"


async def ask(
    keeper: Caller, method: str, path: str, body: bytes = b"", *, chunked: bool = False
) -> Any:
    """The key stands in the URL, and Go makes it a header."""
    where = urlsplit(keeper.daemon.url)
    basic = b64encode(f"x:{keeper.daemon.admin_key}".encode()).decode()
    head = [
        f"{method} {path} HTTP/1.1",
        f"Host: {where.netloc}",
        "User-Agent: Go-http-client/1.1",
        *(["Transfer-Encoding: chunked"] if chunked else []),
        *([f"Content-Length: {len(body)}"] if body and not chunked else []),
        f"Authorization: Basic {basic}",
        *(["Content-Type: application/json"] if body else []),
        "Accept-Encoding: gzip",
        "Connection: close",
    ]
    sent = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if chunked else body
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write("\r\n".join([*head, "", ""]).encode() + sent)
    answer = await reader.read()
    writer.close()
    top, _, text = answer.partition(b"\r\n\r\n")
    assert top.startswith(b"HTTP/1.1 200 OK\r\n"), answer
    return json.loads(text)
