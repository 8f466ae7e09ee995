"""A command reads the machine's certificates when it needs them: with its first connection by TLS."""

import sys
from pathlib import Path

import pytest

from tests.business import Business
from tests.certificates import self_signed
from tests.cli.commands import Ended, execute

# OpenSSL asks for the variable when it reads the certificates.
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
if sys.argv[3] == "loaded":
    load_all()
    os.environ["SSL_CERT_FILE"] = "/nowhere"
run(ask(sys.argv[1]))
"""


async def ask(business: Business, when: str, *, trusted: Path) -> Ended:
    words = (business.url(), str(trusted), when)
    return await execute(sys.executable, "-c", SCRIPT, *words, SSL_CERT_DIR="/nowhere")


@pytest.mark.parametrize("when", ["at once", "loaded"])
async def test_certificates_are_read_with_the_first_connection_or_once_the_daemon_serves(
    when: str, tmp_path: Path
) -> None:
    file = tmp_path / "server.pem"
    async with Business(tls=self_signed(file)) as business:
        ended = await ask(business, when, trusted=file)

    assert (ended.code, ended.out.split(), len(business.calls)) == (0, ["200", "200"], 2)


@pytest.mark.parametrize("when", ["at once", "loaded"])
async def test_what_the_machine_does_not_trust_is_not_trusted_then(
    when: str, tmp_path: Path
) -> None:
    async with Business(tls=self_signed(tmp_path / "server.pem")) as business:
        ended = await ask(business, when, trusted=tmp_path / "nothing")

    assert "CERTIFICATE_VERIFY_FAILED" in ended.err
    assert business.calls == []
