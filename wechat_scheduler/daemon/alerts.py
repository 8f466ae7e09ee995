"""Wires the alerts: what they ask of the daemon, the check, and its desk."""

import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from wechat_scheduler.alerts.addressing import Addresses
from wechat_scheduler.alerts.conditions import NearQuota, Speed
from wechat_scheduler.alerts.desk import AlertDesk
from wechat_scheduler.alerts.facts import Facts, Surroundings
from wechat_scheduler.alerts.ports import NotedJob
from wechat_scheduler.alerts.refused import RefusedPush
from wechat_scheduler.alerts.sentences import PATH_OF
from wechat_scheduler.alerts.telling import AlertWords
from wechat_scheduler.alerts.trials import AlertTrials
from wechat_scheduler.alerts.watch import AlertWatch
from wechat_scheduler.audience.directory import Directory
from wechat_scheduler.config.alert_targets import AlertLanguage
from wechat_scheduler.config.settings import Config
from wechat_scheduler.credentials.model import Account
from wechat_scheduler.daemon.credentials import CredentialParts
from wechat_scheduler.daemon.delivery import DeliveryParts
from wechat_scheduler.daemon.gateway import GatewayParts
from wechat_scheduler.daemon.ground import Ground
from wechat_scheduler.engine.clockwork import Clockwork
from wechat_scheduler.engine.nodes import NodeState
from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.pushes.endpoints import refusing
from wechat_scheduler.pushes.intake import Intake
from wechat_scheduler.storage.nodes import all_nodes
from wechat_scheduler.wechat.errcodes import of_persons


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertParts:
    watch: AlertWatch
    trials: AlertTrials
    desk: AlertDesk

    def adjust(self, config: Config) -> None:
        self.watch.settings = config.alerts


def wire_alerts(
    ground: Ground,
    clockworks: Mapping[str, Clockwork[Any, Any]],
    credentials: CredentialParts,
    gateway: GatewayParts,
    delivery: DeliveryParts,
    *,
    directory: Directory,
    intake: Intake,
    commit_time: Callable[[], timedelta],
) -> AlertParts:
    """`clockworks` are the loops over rows, each by the name of its queue."""
    stores, clock, node = ground.stores, ground.clock, socket.gethostname()
    facts = Facts(
        stores.alert_facts,
        Surroundings(
            speed=partial(_speed, ground, clockworks, commit_time),
            quotas=partial(_quotas, gateway),
            of_persons=of_persons,
            refused_pushes=partial(_refused_pushes, ground, intake),
            apps=lambda: {app.id: (app.name, app.appid) for app in directory.apps()},
            daily_limit=lambda job: credentials.daily_limit(job.key.kind, _account(job)),
            least_limit=credentials.least_limit,
            node=node,
            started_at=clock.now(),
        ),
    )
    addresses = Addresses(
        delivery.sending,
        directory.find_app,
        partial(_words_in, ground.config),
        stores.job_lists.names,
    )
    watch = AlertWatch(
        stores.alerts,
        facts,
        addresses=addresses,
        wake=delivery.clockwork.wake,
        settings=ground.config.alerts,
        node=node,
        hosts=partial(_living, ground),
        clock=clock,
    )
    trials = AlertTrials(delivery.alerts, addresses, delivery.sending, delivery.desk, clock=clock)
    desk = AlertDesk(stores.alerts, clock=clock)
    return AlertParts(watch=watch, trials=trials, desk=desk)


def _words_in(config: Config, language: AlertLanguage) -> AlertWords:
    from wechat_scheduler.web.console.alerts.places import ALERTS, address_of

    server = config.server
    console = server.public_url.rstrip("/") if server.console else ""
    return AlertWords(
        language=language,
        chinese=_chinese,
        page_about=partial(address_of, console),
        all_alerts=f"{console}{ALERTS}",
    )


def _chinese(text: str) -> str:
    from wechat_scheduler.daemon.chinese import chinese

    return chinese().of(text)


def _account(job: NotedJob) -> Account:
    return Account(appid=job.key.appid, secret="", endpoint=job.endpoint)


async def _speed(
    ground: Ground,
    clockworks: Mapping[str, Clockwork[Any, Any]],
    commit_time: Callable[[], timedelta],
) -> Speed:
    stores, now = ground.stores, ground.clock.now()
    queues = {
        "job": stores.credentials,
        "reminder": stores.due,
        "delivery": stores.outbox,
        "event": stores.events,
    }
    due = {name: await queue.next_due() for name, queue in queues.items()}
    return Speed(
        commit_time=commit_time(),
        standing=tuple(name for name, loop in clockworks.items() if not loop.healthy()),
        late={name: now - since for name, since in due.items() if since and since < now},
    )


async def _quotas(gateway: GatewayParts) -> Sequence[NearQuota]:
    """Of the paths about which an operator asked today, since WeChat counts the questions, too."""
    found = []
    for (appid, path), quota in gateway.quotas.known_today(gateway.usage.today()).items():
        passed = await gateway.usage.passed(appid, path)
        found.append(
            NearQuota(
                appid=appid,
                kind="",
                what=PATH_OF.fill(path=path.removeprefix("/"), appid=appid),
                used=max(quota.used, passed),
                most=quota.daily_limit,
            )
        )
    return found


async def _refused_pushes(ground: Ground, intake: Intake) -> Sequence[RefusedPush]:
    return [
        RefusedPush(appid=view.appid, at=refusal.at, reason=refusal.reason)
        for view, refusal in await refusing(ground.stores.pushes, intake)
    ]


async def _living(ground: Ground) -> frozenset[str]:
    """The hosts of the daemons that live."""
    now = ground.clock.now()
    nodes = [view.node for view in await all_nodes(ground.database)]
    return frozenset(node.host for node in nodes if node.state(now) is NodeState.ALIVE)
