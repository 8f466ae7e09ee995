"""A daemon's day with a secret in every place that takes one, and all that it leaves behind."""

import io
import random
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests import logs
from tests.business import Business, status
from tests.clock import FakeClock
from tests.house import APPID, AUTHORIZER, COMPONENT, Answer, Caller, WeChat, daemon, daemon_config
from tests.platform.listening import Platform
from wechat_scheduler.cli.doctor import Finding
from wechat_scheduler.doctor.examine import examine
from wechat_scheduler.log import setup as log
from wechat_scheduler.upkeep.backup import backup

SECRET = "planted-app-secret-0123456789"
NEW_SECRET = "planted-new-secret-0123456789"
PLATFORM_SECRET = "planted-platform-secret-0123456789"
PUSH_TOKEN = "plantedpushtoken"
AES_KEY = "plantedAESkey0123456789ABCDEFGHIJKLMNOPQRST"
ACCOUNTS = {APPID: SECRET, COMPONENT: PLATFORM_SECRET}
URL_SECRETS = {name: f"planted-{name}-secret" for name in ("notify", "user", "params", "spoilt")}
WRONG = {name: f"wsk_planted-{name}" for name in ("key", "query", "path", "body")}


@dataclass(slots=True)
class Left:
    """`secrets` by what they are, `written` by where it stands."""

    secrets: dict[str, str] = field(default_factory=dict)
    written: dict[str, bytes] = field(default_factory=dict)

    def leaks(self) -> list[tuple[str, str]]:
        return [
            (what, where)
            for what, secret in self.secrets.items()
            for where, content in self.written.items()
            if any(form in content for form in _forms(secret))
        ]

    def keep(self, where: str, text: str) -> None:
        self.written[where] = self.written.get(where, b"") + text.encode()


def _forms(secret: str) -> Iterator[bytes]:
    """As it is, in a URL, in base64 from its first byte on."""
    yield secret.encode()
    yield quote(secret, safe="").encode()
    yield b64encode(secret.encode()[: len(secret) // 3 * 3])


async def live(folder: Path, weixin: WeChat, clock: FakeClock) -> Left:
    left = Left(secrets={"app secret": SECRET, "new app secret": NEW_SECRET})
    left.secrets |= {f"{name} of an address": text for name, text in URL_SECRETS.items()}
    left.secrets |= {f"wrong {name}": text for name, text in WRONG.items()}
    left.secrets |= {"platform secret": PLATFORM_SECRET, "push token": PUSH_TOKEN, "aes": AES_KEY}
    with _log() as stream:
        async with Business() as business, daemon(folder, weixin.url, clock=clock) as keeper:
            await _live(left, keeper, weixin, business, clock)
            await _look(left, keeper, folder, weixin, clock)
        left.keep("log", stream.getvalue())
    _read_files(left, folder, "closed")
    return left


async def _live(
    left: Left, keeper: Caller, weixin: WeChat, business: Business, clock: FakeClock
) -> None:
    await _register(left, keeper, weixin, business)
    await _platform(left, keeper, weixin)
    for number in range(2):
        await keeper.settle()
        await _fetch(left, keeper, f"number {number}")
        clock.advance(timedelta(hours=1, minutes=58))
    await _fail(left, keeper, weixin, business, clock)
    await _mistake(left, keeper)


async def _register(left: Left, keeper: Caller, weixin: WeChat, business: Business) -> None:
    user = weixin.sandbox.grant_user(APPID)
    business.params = {"refresh_token": user.refresh_token}
    left.secrets["user's refresh token"] = user.refresh_token
    left.secrets["admin key"] = keeper.daemon.admin_key
    notify = business.url(f"/n?k={URL_SECRETS['notify']}", user=f"u:{URL_SECRETS['user']}")
    params = business.url(f"/p?k={URL_SECRETS['params']}")
    made = await keeper.call("POST", "/v1/keys", body={"name": "shop", "scopes": ["register"]})
    left.secrets["api key"] = made.result["key"]
    left.secrets["signing secret"] = made.result["signing_secret"]
    answer = await keeper.call(
        "POST",
        "/register",
        key=made.result["key"],
        body={
            "appid": APPID,
            "appsecret": SECRET,
            "tasks": [
                {"type": 0, "notify": notify},
                {"type": 1},
                {"type": 2, "openid": user.openid, "params": params},
            ],
        },
    )
    assert answer.result == "success"


async def _platform(left: Left, keeper: Caller, weixin: WeChat) -> None:
    platform = Platform(keeper, weixin)
    assert (await platform.expect(PUSH_TOKEN, AES_KEY)).result
    platform.tell_wechat(PUSH_TOKEN, AES_KEY)
    assert (await keeper.register({"type": 3}, appid=COMPONENT, appsecret=PLATFORM_SECRET)).result
    grant = weixin.sandbox.grant_authorizer(COMPONENT, AUTHORIZER)
    left.secrets["authorization code"] = grant.authorization_code
    await platform.pushed()
    left.secrets["ticket"] = weixin.sandbox.ticket(COMPONENT).value


async def _fetch(left: Left, keeper: Caller, when: str) -> None:
    jobs = await keeper.jobs()
    assert {job["state"] for job in jobs} <= {"fresh", "stale"}
    for job in jobs:
        path = "/".join(filter(None, (job["appid"], job["kind"], job["subject"])))
        left.secrets[f"{when} of {path}"] = await keeper.value(path)


async def _fail(
    left: Left, keeper: Caller, weixin: WeChat, business: Business, clock: FakeClock
) -> None:
    """WeChat and the business system say what they were told, and everything goes wrong."""
    script, business_words = weixin.sandbox.script, f"no {URL_SECRETS['notify']}".encode()
    echo = f"invalid appsecret {NEW_SECRET} rid: 1-2-3"
    script("/cgi-bin/stable_token", garbage=True, times=1)
    script("/cgi-bin/stable_token", errcode=40125, errmsg=echo, times=None)
    business.script(status(500, business_words), times=5)
    await keeper.register({"type": 0}, appsecret=NEW_SECRET)
    for _ in range(4):
        clock.advance(timedelta(hours=1))
        await keeper.settle()
    refused = await keeper.fetch(f"{APPID}/0")
    assert refused.status == 503
    left.keep("errors", str(refused.json))


async def _mistake(left: Left, keeper: Caller) -> None:
    """Requests that are wrong, with a secret in the wrong place."""
    address, spoilt = f"ftp://x/?k={URL_SECRETS['spoilt']}", f'{{"appsecret": "{WRONG["body"]}"'
    answers: list[Answer] = [
        await keeper.call("GET", "/tasks", key=WRONG["key"]),
        await keeper.call("GET", f"/tasks?limit={WRONG['query']}&key={WRONG['query']}"),
        await keeper.call("GET", f"/{WRONG['path']}"),
        await keeper.call("GET", f"/task/wx1/{WRONG['path']}"),
        await keeper.call("POST", "/register", data=spoilt.encode()),
        await keeper.register({"type": 0, "notify": address}, appsecret=NEW_SECRET),
        await keeper.register({"type": 0}, appsecret=f"{SECRET} "),
        await keeper.call(
            "PUT", f"/callbacks/{COMPONENT}", body={"token": PUSH_TOKEN, "x": AES_KEY}
        ),
    ]
    assert {answer.status for answer in answers} <= {400, 401, 404}
    # What stood in the path of a request may stand in the answer to it, and nowhere else.
    for answer in (*answers[:2], *answers[4:]):
        left.keep("errors", str(answer.json))


async def _look(left: Left, keeper: Caller, folder: Path, weixin: WeChat, clock: FakeClock) -> None:
    """What an operator is shown, and what lies on the disk meanwhile."""
    for path in ("/tasks", "/metrics", "/readyz", "/callbacks", "/v1/keys"):
        left.keep(path, str((await keeper.call("GET", path)).json))
    await keeper.daemon.cores.rounds.run_once()
    left.keep("/v1/audit", str((await keeper.call("GET", "/v1/audit")).json))
    config = daemon_config(folder, weixin.url)
    async for finding in examine(config, probe=True, clock=clock, rng=random.Random(1)):
        left.keep("doctor", _said(finding))
    _read_files(left, folder, "open")
    backup(config, folder.parent / "backup.db")
    left.written["backup"] = (folder.parent / "backup.db").read_bytes()


def _said(finding: Finding) -> str:
    return f"{finding.level} {finding.check} {finding.says} {finding.advice}\n"


def _read_files(left: Left, folder: Path, when: str) -> None:
    for file in folder.glob("wechat-scheduler.db*"):
        left.written[f"{file.name}, {when}"] = file.read_bytes()
    left.secrets["sealing key"] = (folder / "sealing.key").read_text().strip()


@contextmanager
def _log() -> Iterator[Any]:
    """Everything that is said, in the form that a journal gets."""
    stream = io.StringIO()
    with logs.restored():
        log.configure(level="debug", format="json", stream=stream)
        yield stream
