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
from wechat_scheduler.cli.late_loading import load_all
from wechat_scheduler.cli.serve import run
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

# What a daemon with the default configuration loads when it is first used, or in a thread once it is ready.
LATER = (
    *("aiosmtplib", "asyncpg", "chinese_calendar", "markdown_it", "nh3", "PIL", "pygments", "rich"),
    *("segno", "tenacity"),
    *(
        f"wechat_scheduler.{room}"
        for room in (
            *("agent", "client", "daemon.chinese", "doctor", "metrics.text", "reminders.bot.bot"),
            *("reminders.language.grammar", "storage.postgres", "web.compat", "web.console"),
            *("web.native.openapi", "web.native.reminders", "web.native.routes"),
            *("web.native.sending", "web.pages.message", "web.routes"),
        )
    ),
)
ASKED_FIRST = ("/healthz", "/task/wx1/0")
ASKED_LATER = ("/", "/openapi.json", "/v1/deliverys", "//healthz", "/api/fun/wxuser")
DAEMON = """
import asyncio, random, sys, aiohttp
from pathlib import Path
from wechat_scheduler.cli.main import SERVE
SERVE.load()
from wechat_scheduler.cli.serve import run
from wechat_scheduler.config import loading
from wechat_scheduler.daemon.opening import open_daemon
from wechat_scheduler.engine.clock import SystemClock
folder, first, later = sys.argv[1], sys.argv[2].split(), sys.argv[3].split()
config = loading.load(file=None, flags={"state.dir": folder, "server.port": 0}, environ={}).config
async def ask(session, daemon, path):
    headers = {"X-API-Key": daemon.admin_key}
    async with session.get(daemon.url + path, headers=headers) as response:
        return str(response.status)
async def asked():
    opened = open_daemon(config, clock=SystemClock(), rng=random.Random(1))
    async with aiohttp.ClientSession() as session, opened as daemon:
        print(*[await ask(session, daemon, path) for path in first])
        print(*sys.modules)
        print(*await asyncio.gather(*(ask(session, daemon, path) for path in later)))
        print(*[await ask(session, daemon, path) for path in first])
run(asked())
"""


async def test_a_daemon_loads_what_a_start_does_not_need_when_it_is_asked_for(
    tmp_path: Path,
) -> None:
    asked = (" ".join(ASKED_FIRST), " ".join(ASKED_LATER))

    ended = await execute(sys.executable, "-c", DAEMON, str(tmp_path / "state"), *asked)

    answers = [line.split() for line in ended.out.splitlines() if "=" not in line]
    first, modules, later, again = answers
    assert first == again == ["200", "404"], ended.err
    assert later == ["200", "200", "404", "200", "200"]
    loaded = {name for name in modules for one in LATER if f"{name}.".startswith(f"{one}.")}
    assert not loaded, "import it in a function, and add it to `late_loading.LATER`"


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
