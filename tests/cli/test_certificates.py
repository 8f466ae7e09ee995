"""A command reads the machine's certificates when it needs them: with its first connection by TLS."""

import sys
from pathlib import Path

from tests.business import Business
from tests.certificates import self_signed
from tests.cli.commands import Ended, execute

# OpenSSL asks for the variable when it reads the certificates.
SCRIPT = """
import os, sys
from wechat_scheduler.cli.main import SERVE
SERVE.load()
import asyncio, aiohttp
from wechat_scheduler.cli.serve import run
async def ask(url):
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            async with session.get(url, headers={"Connection": "close"}) as response:
                print(response.status)
os.environ["SSL_CERT_FILE"] = sys.argv[2]
run(ask(sys.argv[1]))
"""


async def ask(business: Business, *, trusted: Path) -> Ended:
    return await execute(
        sys.executable, "-c", SCRIPT, business.url(), str(trusted), SSL_CERT_DIR="/nowhere"
    )


async def test_certificates_are_read_with_the_first_connection(tmp_path: Path) -> None:
    file = tmp_path / "server.pem"
    async with Business(tls=self_signed(file)) as business:
        ended = await ask(business, trusted=file)

    assert (ended.code, ended.out.split(), len(business.calls)) == (0, ["200", "200"], 2)


async def test_what_the_machine_does_not_trust_is_not_trusted_then(tmp_path: Path) -> None:
    async with Business(tls=self_signed(tmp_path / "server.pem")) as business:
        ended = await ask(business, trusted=tmp_path / "nothing")

    assert "CERTIFICATE_VERIFY_FAILED" in ended.err
    assert business.calls == []
