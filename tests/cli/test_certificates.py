"""A command reads the machine's certificates when it needs them: with its first connection by TLS."""

import sys
from pathlib import Path

from tests.business import Business
from tests.certificates import self_signed
from tests.cli.commands import Ended, execute

# OpenSSL asks for the variable when it reads the certificates. Both children have imported the same, and
# neither has read anything yet.
SCRIPT = """
import os, sys
from wechat_scheduler.cli.main import SERVE
SERVE.load()
import asyncio, aiohttp
from wechat_scheduler.cli.serve import load_all, run
async def ask(url):
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            async with session.get(url, headers={"Connection": "close"}) as response:
                print(response.status)
os.environ["SSL_CERT_FILE"] = sys.argv[2]
for is_loaded in (False, True):
    if child := os.fork():
        os.waitpid(child, 0)
        continue
    if is_loaded:
        load_all()
        os.environ["SSL_CERT_FILE"] = "/nowhere"
    run(ask(sys.argv[1]))
    break
"""


async def ask_at_once_and_loaded(business: Business, *, trusted: Path) -> Ended:
    words = (business.url(), str(trusted))
    return await execute(sys.executable, "-c", SCRIPT, *words, SSL_CERT_DIR="/nowhere")


async def test_certificates_are_read_with_the_first_connection_or_once_the_daemon_serves(
    tmp_path: Path,
) -> None:
    file = tmp_path / "server.pem"
    async with Business(tls=self_signed(file)) as business:
        ended = await ask_at_once_and_loaded(business, trusted=file)

    assert (ended.err, ended.out.split(), len(business.calls)) == ("", ["200"] * 4, 4)


async def test_what_the_machine_does_not_trust_is_not_trusted_then(tmp_path: Path) -> None:
    async with Business(tls=self_signed(tmp_path / "server.pem")) as business:
        ended = await ask_at_once_and_loaded(business, trusted=tmp_path / "nothing")

    refusals = [line for line in ended.err.splitlines() if line.startswith("aiohttp.")]
    assert ["CERTIFICATE_VERIFY_FAILED" in line for line in refusals] == [True, True]
    assert (ended.out, business.calls) == ("", [])
