"""A command reads the machine's certificates when it needs them: with its first connection by TLS."""

import sys
from pathlib import Path

from tests.business import Business
from tests.certificates import self_signed
from tests.cli.commands import execute

# OpenSSL asks for the variable when it reads the certificates. All children have imported the same, and
# none has read anything yet.
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
url, *trusted = sys.argv[1:]
for is_loaded in (False, True):
    for file in trusted:
        if child := os.fork():
            os.waitpid(child, 0)
            continue
        os.environ["SSL_CERT_FILE"] = file
        if is_loaded:
            load_all()
            os.environ["SSL_CERT_FILE"] = "/nowhere"
        try:
            run(ask(url))
        except aiohttp.ClientError as error:
            print("CERTIFICATE_VERIFY_FAILED" in str(error) and "untrusted")
        sys.stdout.flush()
        os._exit(0)
"""


async def test_certificates_are_read_with_the_first_connection_or_once_the_daemon_serves(
    tmp_path: Path,
) -> None:
    file = tmp_path / "server.pem"
    async with Business(tls=self_signed(file)) as business:
        ended = await execute(
            *(sys.executable, "-c", SCRIPT, business.url(), str(file), str(tmp_path / "nothing")),
            SSL_CERT_DIR="/nowhere",
        )

    answers = ["200", "200", "untrusted"] * 2
    assert (ended.err, ended.out.split(), len(business.calls)) == ("", answers, 4)
