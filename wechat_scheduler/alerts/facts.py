"""Gathers what is wrong now from what the daemon knows."""

import math
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from wechat_scheduler.alerts import conditions, refused
from wechat_scheduler.alerts.conditions import NearQuota, Speed
from wechat_scheduler.alerts.model import AlertKey, Condition
from wechat_scheduler.alerts.ports import FactStore, LostJobs, NotedJob
from wechat_scheduler.alerts.refused import RefusedPush
from wechat_scheduler.config.alerts import AlertRule, AlertSettings
from wechat_scheduler.engine.records import dataclass

# Accounts with lost credentials, and jobs that are contested or made many calls, in one check. To read more
# would hold the loop for longer than callers notice.
MOST_JOBS: Final = 1000
# Messages that died in an hour, and are looked at.
MOST_DEAD: Final = 10_000
# Deliveries that wait after WeChat refused them, and are looked at.
MOST_WAITING: Final = 10_000
HOUR: Final = timedelta(hours=1)

# The rules about single jobs.
NOTED: Final = frozenset((AlertRule.CREDENTIAL_CONTESTED, AlertRule.QUOTA_NEARLY_SPENT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the alerts ask of the daemon. `speed`, `quotas` and `refused_pushes` are this process's; `quotas` are those of paths.
    `of_persons` is what a person does about the errcode of a message with its error, empty where none has to.
    `apps` gives the name and the account of each app, `daily_limit` the calls that a job may make in a day, and
    `least_limit` the least of these. `node` is the host of this daemon, `started_at` its start."""

    speed: Callable[[], Awaitable[Speed]]
    quotas: Callable[[], Awaitable[Sequence[NearQuota]]]
    of_persons: Callable[[int, str], str]
    apps: Callable[[], Mapping[int, tuple[str, str]]]
    refused_pushes: Callable[[], Awaitable[Sequence[RefusedPush]]]
    daily_limit: Callable[[NotedJob], int]
    least_limit: Callable[[], int]
    node: str
    started_at: datetime


class Findings(NamedTuple):
    """What is wrong. Of the rules in `cut` there is more: what is not among them may still be wrong."""

    conditions: Sequence[Condition]
    cut: frozenset[AlertRule]


class Facts:
    """Asks the store and the surroundings about the rules that the settings name."""

    def __init__(self, store: FactStore, around: Surroundings) -> None:
        self._store = store
        self._around = around

    async def conditions(
        self,
        settings: AlertSettings,
        *,
        known: Collection[AlertKey],
        firing: Collection[AlertKey],
        now: datetime,
    ) -> Findings:
        """All that is wrong now. `known` are the open alerts, and `firing` those of them that fire. Raises
        StorageError."""
        rules = frozenset(settings.rules)
        found: list[Condition] = []
        cut: set[AlertRule] = set()
        if AlertRule.CREDENTIAL_EXPIRES in rules:
            lost = await self._store.lost_jobs(limit=MOST_JOBS)
            found += conditions.expiring([*lost, *await self._failing(lost, firing)], now)
            cut |= {AlertRule.CREDENTIAL_EXPIRES} if len(lost) == MOST_JOBS else set()
        if rules & NOTED:
            jobs = await self._store.noted_jobs(
                contested_since=now - conditions.CONTESTED_FOR,
                calls=math.ceil(settings.quota_share * self._around.least_limit()),
                now=now,
                limit=MOST_JOBS,
            )
            found += self._of_jobs(jobs, settings, now)
            cut |= NOTED if len(jobs) == MOST_JOBS else set()
        if AlertRule.QUOTA_NEARLY_SPENT in rules:
            found += self._near(await self._around.quotas(), settings)
        if AlertRule.DEAD_LETTERS in rules:
            dead = await self._store.dead_letters(since=now - HOUR, limit=MOST_DEAD)
            apps = self._around.apps()
            found += conditions.dead_letters(dead, apps, most=settings.dead_letters)
        if AlertRule.SENDS_REFUSED in rules:
            waiting = await self._store.waiting_deliveries(limit=MOST_WAITING)
            found += refused.refused_sends(waiting, self._around.of_persons)
        if AlertRule.PUSHES_REFUSED in rules:
            pushes = await self._around.refused_pushes()
            found += refused.refused_pushes(pushes, node=self._around.node, now=now)
        if AlertRule.TICKET_MISSING in rules:
            found += conditions.missing_tickets(
                await self._store.tickets(),
                age=settings.ticket_age,
                known=known,
                started_at=self._around.started_at,
                now=now,
            )
        if AlertRule.STORE_SLOW in rules:
            speed, node = await self._around.speed(), self._around.node
            found += conditions.slow(speed, commit_time=settings.commit_time, node=node)
        wanted = [condition for condition in found if condition.key.rule in rules]
        return Findings(wanted, frozenset(cut))

    async def _failing(
        self, lost: Sequence[LostJobs], firing: Collection[AlertKey]
    ) -> Sequence[LostJobs]:
        """The jobs with an alert that still fail, for a cause that passes by itself: the alert is not over."""
        told = {key.subject for key in firing if key.rule is AlertRule.CREDENTIAL_EXPIRES}
        told -= set(map(conditions.subject_of, lost))
        return await self._store.failing_jobs(told) if told else []

    def _of_jobs(
        self, jobs: Sequence[NotedJob], settings: AlertSettings, now: datetime
    ) -> Iterator[Condition]:
        yield from conditions.contested(jobs, now)
        calls = [
            NearQuota(
                appid=job.key.appid,
                kind=job.key.kind,
                what=str(job.key),
                used=job.calls,
                most=self._around.daily_limit(job),
            )
            for job in jobs
            if job.calls
        ]
        yield from self._near(calls, settings)

    def _near(self, quotas: Sequence[NearQuota], settings: AlertSettings) -> Iterator[Condition]:
        node = self._around.node
        return conditions.near_quotas(quotas, share=settings.quota_share, node=node)
