"""A daemon in a storm of rotations, killed again and again."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
from aiohttp import web

from tests.business import Business
from tests.house import SECRET, served
from tests.program import SHORT_CLAIMS, Program, warm_program
from wechat_scheduler.engine.clock import SystemClock
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.sandbox.handlers import SANDBOX
from wechat_scheduler.sandbox.options import SandboxOptions
from wechat_scheduler.sandbox.sandbox import Sandbox
from wechat_scheduler.sandbox.server import create_sandbox
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.opening import open_as_it_is

COMPONENT = "wxplatform"
# Five scaled minutes, in which an old refresh token is still taken, must outlast a restart.
LIFETIME = timedelta(minutes=10)


class Job(NamedTuple):
    """A job by its path under /task, and the receiver that is told of it."""

    appid: str
    type: int
    subject: str = ""

    @property
    def path(self) -> str:
        return "/".join(filter(None, (self.appid, str(self.type), self.subject)))


class Row(NamedTuple):
    """What is committed of a job."""

    version: int
    rests: bool
    """Neither due nor being refreshed when the daemon was killed."""


class Storm:
    """The world around the daemon: WeChat, a business system, and a hand on the trigger."""

    def __init__(self, folder: Path, *, accounts: int, seed: int, database: str = "") -> None:
        self._folder = folder
        self._database = database or f"sqlite://{folder}/wechat-scheduler.db"
        self._environ = SHORT_CLAIMS if database else {}
        self._accounts = accounts
        self._rng = random.Random(seed)
        self._stack = AsyncExitStack()
        self._business = Business()
        self._issued: Counter[str] = Counter()
        self._owners: dict[str, str] = {}
        self._shots: Callable[[], Awaitable[None]] | None = None
        self._countdown = 0
        self._handling = 0
        self._handled = asyncio.Condition()
        self.jobs: list[Job] = []

    async def __aenter__(self) -> "Storm":
        await self._stack.enter_async_context(self._business)
        app = create_sandbox(
            SandboxOptions(token_lifetime=LIFETIME), clock=SystemClock(), rng=self._rng
        )
        app.middlewares.append(self._watched())
        self.sandbox: Sandbox = app[SANDBOX]
        self._wechat = await self._stack.enter_async_context(served(app))
        self._http = await self._stack.enter_async_context(aiohttp.ClientSession())
        return self

    async def __aexit__(self, *reason: object) -> None:
        await self._stack.aclose()

    def start(self) -> Any:
        return warm_program(
            self._folder, "--wechat-api", self._wechat, "--database", self._database,
            environ=self._environ,
        )  # fmt: skip

    async def register(self, daemon: Program) -> None:
        """Every type, one receiver a job; the inputs are told once and never again."""
        self._business.params = {"component_verify_ticket": self.sandbox.ticket(COMPONENT).value}
        await self._register(daemon, Job(COMPONENT, 3))
        for number in range(self._accounts):
            appid, authorizer = f"wxaccount{number}", f"wxauthorizer{number}"
            await self._register(daemon, Job(appid, 0), access_token_endpoint="token")
            await self._register(daemon, Job(appid, 1))
            user = self.sandbox.grant_user(appid)
            self._business.params["refresh_token"] = user.refresh_token
            await self._register(daemon, Job(appid, 2, user.openid))
            grant = self.sandbox.grant_authorizer(COMPONENT, authorizer)
            self._business.params["authorizer_refresh_token"] = grant.authorizer_refresh_token
            await self._register(daemon, Job(COMPONENT, 4, authorizer))

    async def rage(self, daemon: Program) -> None:
        """Refresh half of the jobs at once, over and over, and shoot in the middle of it."""
        self._countdown = self._rng.randint(1, 6 * len(self.jobs))
        self._shots = daemon.kill
        while daemon.process.returncode is None:
            async with asyncio.TaskGroup() as hurry:
                for job in self._rng.sample(self.jobs, len(self.jobs) // 2):
                    hurry.create_task(self._hasten(daemon, job))
        await daemon.process.wait()
        await self._last_calls()

    async def _last_calls(self) -> None:
        """Wait until WeChat has answered all that the dead daemon had sent. A call that is made now is
        accepted after all of those, and a second one is read after them."""
        for _ in range(2):
            async with self._http.get(f"{self._wechat}/cgi-bin/ticket/getticket"):
                pass
        async with self._handled:
            await self._handled.wait_for(lambda: not self._handling)

    async def _hasten(self, daemon: Program, job: Job) -> None:
        with suppress(aiohttp.ClientError, ConnectionError):
            await self._call(daemon, "POST", f"/task/{job.path}/refresh")

    async def calm(self, daemon: Program) -> dict[str, Any]:
        """Wait until everything is refreshed and told; returns the jobs by path."""
        while True:
            arrived = len(self._business.calls)
            jobs = {_path(job): job for job in await self._call(daemon, "GET", "/tasks?limit=1000")}
            if all(_is_calm(job) for job in jobs.values()):
                return jobs
            # What ends without a notification ends within a moment, too.
            with suppress(TimeoutError):
                async with asyncio.timeout(0.2):
                    await self._business.called(arrived + 1)

    async def value(self, daemon: Program, job: Job) -> str:
        return str(await self._call(daemon, "GET", f"/task/{job.path}"))

    def told(self, job: Job) -> str:
        """The value that the job's receiver was told last."""
        calls = [call for call in self._business.calls if call.path == f"/notify/{job.path}"]
        return next(value for name, value in calls[-1].json.items() if name in VALUE_FIELDS)

    async def committed(self) -> Mapping[str, Row]:
        """What the daemon's database says of each job, read while no daemon runs."""
        now = int(SystemClock().now().timestamp() * 1_000_000)
        async with Supervisor() as supervisor:
            database = await open_as_it_is(
                self._database, clock=SystemClock(), supervisor=supervisor
            )
            try:
                await _left_alone(database)
                rows = await database.read(COMMITTED, now)
            finally:
                await database.close()
        return {
            Job(appid, KINDS.index(kind), subject).path: Row(version, bool(rests))
            for appid, kind, subject, version, rests in rows
        }

    def issued(self) -> Mapping[str, int]:
        """How often WeChat was asked for each job."""
        return dict(self._issued)

    async def _register(self, daemon: Program, job: Job, **fields: Any) -> None:
        task = {
            "type": job.type,
            "subject": job.subject,
            "notify": self._business.url(f"/notify/{job.path}"),
            "params": self._business.url("/params") if job.type > 1 else "",
        }
        body = {"appid": job.appid, "appsecret": SECRET, "tasks": [task]} | fields
        await self._call(daemon, "POST", "/register", body)
        await self.value(daemon, job)
        self.jobs.append(job)

    async def _call(self, daemon: Program, method: str, path: str, body: Any = None) -> Any:
        headers = {"X-API-Key": daemon.admin_key}
        async with self._http.request(
            method, daemon.url + path, json=body, headers=headers
        ) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return answer["result"]

    def _watched(self) -> Any:
        @web.middleware
        async def watched(request: web.Request, handler: Any) -> web.StreamResponse:
            self._handling += 1
            try:
                return await watch(request, handler)
            finally:
                self._handling -= 1
                async with self._handled:
                    self._handled.notify_all()

        async def watch(request: web.Request, handler: Any) -> web.StreamResponse:
            sent = {**request.query, **(await request.json() if request.can_read_body else {})}
            before = self._rng.random() < 0.5
            if before:
                await self._maybe_shoot()
            response: web.Response = await handler(request)
            self._note(request.path, sent, json.loads(response.text or "{}"))
            if not before:
                await self._maybe_shoot()
            return response

        return watched

    async def _maybe_shoot(self) -> None:
        self._countdown -= 1
        if self._countdown == 0 and self._shots is not None:
            await self._shots()

    def _note(self, path: str, sent: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        match path.rpartition("/")[2]:
            case "token":
                job = Job(sent["appid"], 0)
                self._owners[answer["access_token"]] = sent["appid"]
            case "getticket":
                job = Job(self._owners.get(sent.get("access_token", ""), ""), 1)
            case "refresh_token":
                job = Job(sent["appid"], 2, answer["openid"])
            case "api_component_token":
                job = Job(sent["component_appid"], 3)
            case "api_authorizer_token":
                job = Job(sent["component_appid"], 4, sent["authorizer_appid"])
            case _:
                return
        self._issued[job.path] += 1


KINDS = (
    "access_token",
    "jsapi_ticket",
    "oauth2_access_token",
    "component_access_token",
    "authorizer_access_token",
)
VALUE_FIELDS = ("ticket", "component_access_token", "authorizer_access_token", "access_token")


# A job whose attempt failed does not rest: it is asked for again after its pause.
COMMITTED = """
    SELECT appid, kind, subject, version,
        claimed_by IS NULL AND fault IS NULL AND due_at > $1 AS rests
    FROM jobs
"""


async def _left_alone(database: Database) -> None:
    """Wait until a server has noticed that the daemon is dead: until then it may still commit."""
    if others := database.dialect.others:
        while await database.read(others):
            await SystemClock().sleep(timedelta(milliseconds=10))


def _path(job: Mapping[str, Any]) -> str:
    return Job(job["appid"], job["type"], job["subject"]).path


def _is_calm(job: Mapping[str, Any]) -> bool:
    told = all(
        receiver["state"] == "delivered" and receiver["version"] == job["version"]
        for receiver in job["receivers"]
    )
    rests = datetime.fromisoformat(job["next_attempt_at"]) > SystemClock().now()
    is_well = job["state"] == "fresh" and job["error"] is None
    return told and rests and is_well and not job["attempting"]


async def survives(
    folder: Path, *, kills: int, accounts: int, seed: int, database: str = ""
) -> Counter[str]:
    """Kill the daemon that often, and check after each restart what must not have happened.

    Returns how many jobs were resting, and how many were not, when the shots fell, and how many WeChat
    was asked for again: of those that rested none, of the others the one call that was due or in flight.
    """
    tally: Counter[str] = Counter()
    async with Storm(folder, accounts=accounts, seed=seed, database=database) as storm:
        async with storm.start() as daemon:
            await storm.register(daemon)
            await storm.calm(daemon)
            await storm.rage(daemon)
        for round_ in range(kills):
            committed, asked = await storm.committed(), storm.issued()
            async with storm.start() as daemon:
                jobs = await storm.calm(daemon)
                for path, row in committed.items():
                    tally["resting" if row.rests else "underway"] += 1
                    again = storm.issued().get(path, 0) - asked.get(path, 0)
                    tally["asked again"] += again
                    assert not (row.rests and again), f"{path} was fresh and asked for again"
                    tally["asked twice"] += again > 1
                    assert jobs[path]["version"] >= row.version, f"{path} lost a version"
                for job in storm.jobs:
                    assert storm.told(job) == await storm.value(daemon, job), f"{job} is not told"
                if round_ < kills - 1:
                    await storm.rage(daemon)
    return tally
