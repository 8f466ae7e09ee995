"""What a start imports, and that it reads the machine's certificates with its first connection by TLS."""

import sys
from pathlib import Path

from tests.business import Business
from tests.certificates import self_signed
from tests.cli.commands import execute

# OpenSSL asks for the variable when it reads the certificates. All children have imported the same, and
# none has read anything yet.
SCRIPT = """
import gc, os, sys
from wechat_scheduler.cli.main import SERVE
SERVE.load()
print(gc.isenabled(), gc.get_freeze_count(), *sys.modules, flush=True)
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


async def test_a_start_imports_no_more_than_a_daemon_uses_and_reads_no_certificates(
    tmp_path: Path,
) -> None:
    file = tmp_path / "server.pem"
    async with Business(tls=self_signed(file)) as business:
        ended = await execute(
            *(sys.executable, "-c", SCRIPT, business.url(), str(file), str(tmp_path / "nothing")),
            SSL_CERT_DIR="/nowhere",
        )

    collects, kept, *modules = ended.out.partition("\n")[0].split()
    assert collects == "True"
    assert int(kept) > 10_000, "the collector searches all that was imported"
    assert "structlog" in modules
    assert not {"rich", "pygments", "markdown_it", "asyncpg", "PIL"} & set(modules)
    # They are read with the first connection, or once the daemon serves.
    answers = ["200", "200", "untrusted"] * 2
    assert (ended.err, ended.out.splitlines()[1:], len(business.calls)) == ("", answers, 4)
