"""The core of the keeper: a database in memory, and a WeChat and business systems made of scripts."""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from tests.outcomes import Outcomes
from tests.stores.memory import MemoryDatabase, memory_database
from tests.stores.samples import APPID, SECRET_KINDS, look, registration, task
from tests.stores.suite import VAULT, pushed
from tests.watched_clock import WatchedClock
from wechat_scheduler.credentials.attempt import Asker
from wechat_scheduler.credentials.manager import Manager
from wechat_scheduler.credentials.model import (
    Account,
    ClaimedJob,
    Credential,
    Issued,
    JobKey,
    Outcome,
    Renewal,
    Snapshot,
    Task,
)
from wechat_scheduler.credentials.ports import Issuer, IssueRequest, Need
from wechat_scheduler.credentials.refresher import Refresher, RefreshLimits
from wechat_scheduler.credentials.requirements import Requirements
from wechat_scheduler.credentials.views import JobView
from wechat_scheduler.engine.clockwork import Clockwork
from wechat_scheduler.engine.supervisor import Supervisor
from wechat_scheduler.errors import CallError, WeChatError
from wechat_scheduler.reasons import Reaction
from wechat_scheduler.storage.credentials.credentials import SqlCredentials
from wechat_scheduler.storage.database import Database
from wechat_scheduler.storage.delivery.outbox import SqlOutbox
from wechat_scheduler.storage.feed import SqlFeed
from wechat_scheduler.wechat.tokens.access_token import AccessToken
from wechat_scheduler.wechat.tokens.authorizer import AuthorizerAccessToken
from wechat_scheduler.wechat.tokens.component import ComponentAccessToken
from wechat_scheduler.wechat.tokens.oauth2 import OAuth2AccessToken
from wechat_scheduler.wechat.tokens.ticket import JsapiTicket, WxCardTicket

LIFE = timedelta(hours=2)
CALL = timedelta(seconds=10)
LEASE = timedelta(minutes=1)
DEADLINE = timedelta(seconds=10)

TOKEN = JobKey(APPID, "access_token")
TICKET = JobKey(APPID, "jsapi_ticket")
CARD = JobKey(APPID, "wx_card_ticket")
USER = JobKey(APPID, "oauth2_access_token", "o1")
COMPONENT = JobKey(APPID, "component_access_token")
AUTHORIZER = JobKey(APPID, "authorizer_access_token", "wx9")


@dataclass(slots=True, kw_only=True)
class Script:
    """An `Issuer` that answers what it is told to, else a new value each time.

    `busy` holds back its answers until it is cleared.
    """

    kind: str
    needs: tuple[Need, ...] = ()
    subject_field: str = ""
    needs_subject: bool = False
    renewal: Renewal = Renewal.ORDINARY
    requests: list[IssueRequest] = field(default_factory=list)
    answers: deque[Issued | Exception] = field(default_factory=deque)
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.idle.set()

    @classmethod
    def like(cls, issuer: type[Issuer]) -> Self:
        """With the needs of the real one."""
        return cls(
            kind=issuer.kind,
            needs=issuer.needs,
            subject_field=issuer.subject_field,
            needs_subject=issuer.needs_subject,
        )

    def daily_calls(self, account: Account) -> int | None:
        return None

    async def issue(self, request: IssueRequest) -> Issued:
        self.requests.append(request)
        self.asked.set()
        await self.idle.wait()
        answer = self.answers.popleft() if self.answers else self.issued()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def issued(
        self,
        value: str = "",
        *,
        lifetime: timedelta = LIFE,
        subject: str = "",
        refresh_token: str = "",
    ) -> Issued:
        number = len(self.requests)
        kept = any(need.kept for need in self.needs)
        return Issued(
            value=value or f"{self.kind}-{number}",
            answer="{}",
            lifetime=lifetime,
            refresh_token=refresh_token or (f"refresh-{number}" if kept else ""),
            subject=subject,
            renewal=self.renewal,
        )

    def answer(self, *answers: Issued | WeChatError, times: int = 1) -> None:
        self.answers.extend(answers * times)

    @property
    def inputs(self) -> list[Mapping[str, str]]:
        return [request.inputs for request in self.requests]


def refusal(
    reaction: Reaction = Reaction.TRANSIENT,
    *,
    errcode: int | None = -1,
    refused: str = "",
    retry_after: timedelta | None = None,
) -> WeChatError:
    return WeChatError(
        f"/cgi-bin/it: {errcode}",
        reaction=reaction,
        endpoint="/cgi-bin/it",
        errcode=errcode,
        advice="do something",
        refused=refused,
        retry_after=retry_after,
    )


@dataclass(slots=True)
class Systems:
    """The business systems' side of `params`: what each address answers; the others are down. None
    answers while `open` is not set."""

    answers: dict[str, Mapping[str, str]] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open.set()

    async def ask(
        self, url: str, *, key: JobKey, subject: str, subject_field: str
    ) -> Mapping[str, str]:
        self.asked.append((url, subject_field, subject))
        await self.open.wait()
        if url not in self.answers:
            raise CallError("params of http://x did not answer")
        return self.answers[url]

    def place(self, url: str) -> str:
        return f"params of {url}"


class HesitantStore(SqlCredentials):
    """What `load` brings may be old when it arrives: it is held back until `arrive` is set."""

    def __init__(self, database: Database) -> None:
        super().__init__(
            database, VAULT, worker="here", secret_kinds=SECRET_KINDS, feed=SqlFeed(database)
        )
        self.loads = 0
        self.read = asyncio.Event()
        self.arrive = asyncio.Event()
        self.arrive.set()

    async def load(self, key: JobKey) -> Snapshot | None:
        self.loads += 1
        snapshot = await super().load(key)
        self.read.set()
        await self.arrive.wait()
        return snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Everything together, on a clock that the test moves."""

    clock: WatchedClock
    database: MemoryDatabase
    store: HesitantStore
    outbox: SqlOutbox
    scripts: Mapping[str, Script]
    systems: Systems
    outcomes: Outcomes
    manager: Manager
    refresher: Refresher
    refreshing: Clockwork[ClaimedJob, Outcome]

    async def register(self, *tasks: Task | JobKey, owner: str = "erp") -> None:
        await self.manager.register(registration(*tasks, owner=owner))

    async def settle(self) -> None:
        """Until nothing is due any more."""
        while await self.refreshing.run_once():
            pass

    @asynccontextmanager
    async def attempting(self) -> AsyncIterator[None]:
        """What is due is attempted while the block runs, and has ended after it."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.refreshing.run_once())
            yield

    async def pass_time(self, delay: timedelta) -> None:
        self.clock.advance(delay)
        await self.settle()

    async def refresh(self, key: JobKey) -> None:
        """Ask for the job's value now."""
        await self.manager.refresh(key)
        await self.settle()

    async def credential(self, key: JobKey) -> Credential:
        snapshot = await self.store.load(key)
        assert snapshot is not None
        assert snapshot.credential is not None
        return snapshot.credential

    async def look(self, key: JobKey) -> JobView:
        return await look(self.store, key)

    def script(self, key: JobKey) -> Script:
        return self.scripts[key.kind]

    def push(self, name: str, value: str) -> None:
        self.database.run(pushed(APPID, name, value, self.clock.now()))


def scripts() -> dict[str, Script]:
    """One of each kind; the access_token is an ordinary one, as from `/cgi-bin/token`."""
    kinds: tuple[type[Issuer], ...] = (
        AccessToken,
        JsapiTicket,
        WxCardTicket,
        OAuth2AccessToken,
        ComponentAccessToken,
        AuthorizerAccessToken,
    )
    return {kind.kind: Script.like(kind) for kind in kinds}


def office(
    *,
    daily_calls: int = 1000,
    issuers: Mapping[str, Issuer] | None = None,
    clock: WatchedClock | None = None,
) -> Office:
    """`issuers` instead of the scripts."""
    clock = clock or WatchedClock()
    database, systems, scripted = memory_database(), Systems(), scripts()
    issuers = issuers if issuers is not None else scripted
    outcomes = Outcomes()
    store = HesitantStore(database)
    manager = Manager(
        store,
        Requirements(store, issuers),
        clock=clock,
        deadline=DEADLINE,
        background=Supervisor().contained,
    )
    refresher = Refresher(
        store,
        Asker(store, issuers, manager, systems, clock=clock),
        publish=manager.publish,
        observer=outcomes,
        clock=clock,
        rng=random.Random(5),
        limits=RefreshLimits(
            lease=LEASE,
            call=CALL,
            daily_calls=daily_calls,
            quota_share=1.0,
            retry_cap=timedelta(minutes=15),
        ),
    )
    refreshing = Clockwork(refresher, clock=clock, slots=16)
    manager.on_work(refreshing.wake)
    return Office(
        clock=clock,
        database=database,
        store=store,
        outbox=SqlOutbox(database, VAULT, worker="here", feed=SqlFeed(database)),
        scripts=scripted,
        systems=systems,
        outcomes=outcomes,
        manager=manager,
        refresher=refresher,
        refreshing=refreshing,
    )


async def value(office: Office, key: JobKey = TOKEN) -> str:
    """What a fetch hands out."""
    cell = await office.manager.fetch(key)
    credential = cell.valid(office.clock.boottime())
    assert credential is not None
    return credential.value


async def register_user(office: Office, key: JobKey) -> None:
    """A user whose refresh_token the business system knows."""
    office.systems.answers["http://erp/p"] = {"refresh_token": "RT"}
    await office.register(task(key, params="http://erp/p"))
    await office.settle()
