"""Assembles the services of the HTTP side."""

from collections.abc import Sequence
from functools import partial

from wechat_scheduler.access.once import Idempotency
from wechat_scheduler.access.outcomes import Outcomes
from wechat_scheduler.config.changes import RunningConfig
from wechat_scheduler.credentials.account_tokens import PAGE_TICKETS, AccountTokens
from wechat_scheduler.credentials.census import Health
from wechat_scheduler.credentials.job_lists import JobDesk
from wechat_scheduler.daemon.cores import Cores
from wechat_scheduler.daemon.credentials import NARROW
from wechat_scheduler.daemon.ground import Ground
from wechat_scheduler.daemon.loops import Loop, turning
from wechat_scheduler.delivery.interceptions import InterceptionDesk
from wechat_scheduler.gateway.users import UserDesk
from wechat_scheduler.metrics.families import Vitals
from wechat_scheduler.metrics.page import MetricsPage
from wechat_scheduler.pushes.endpoints import EndpointDesk
from wechat_scheduler.statistics.overview import OverviewDesk
from wechat_scheduler.storage.nodes import all_nodes
from wechat_scheduler.web.kit.auth import Authenticator
from wechat_scheduler.web.kit.cache_keys import cache_key
from wechat_scheduler.web.kit.chinese import Chinese
from wechat_scheduler.web.kit.connections import Connections
from wechat_scheduler.web.kit.event_streams import EventStreams
from wechat_scheduler.web.kit.event_texts import EventTexts
from wechat_scheduler.web.kit.memo import Memo
from wechat_scheduler.web.kit.rates import Throttle
from wechat_scheduler.web.kit.services import Services
from wechat_scheduler.web.kit.waiting_requests import WaitingRequests
from wechat_scheduler.webhooks.urls import check_url
from wechat_scheduler.wechat.errcodes import ERRCODES
from wechat_scheduler.wechat.interceptions import WeChatInterceptions
from wechat_scheduler.wechat.rids import WeChatRids


def web_services(
    ground: Ground,
    cores: Cores,
    loops: Sequence[Loop],
    running: RunningConfig,
    connections: Connections,
) -> Services:
    standstill = cores.credentials.manager.standstill
    memo = Memo(ground.clock, ground.rng, cache_key=cache_key, liveness=standstill)
    standstill.on_standstill(memo.clear)
    cores.keyring.on_change(memo.clear)
    cores.consumers.on_change(memo.clear)
    waiting = WaitingRequests(lambda: connections.most, ground.clock)
    cores.keyring.on_change(waiting.wake_all)
    cores.sessions.on_change(waiting.wake_all)
    stores = ground.stores
    page = MetricsPage(
        ground.counters,
        stores.census,
        partial(_vitals, ground, cores, loops, memo, waiting),
        clock=ground.clock,
    )
    return Services(
        manager=cores.credentials.manager,
        job_lists=JobDesk(stores.job_lists, cores.credentials.daily_limit, clock=ground.clock),
        registration_checks=cores.credentials.checks,
        accounts=cores.credentials.tokens,
        tickets=AccountTokens(cores.credentials.manager, kinds=PAGE_TICKETS),
        kinds=ground.kinds,
        check_url=check_url,
        authenticator=_authenticator(ground, cores),
        intake=cores.pushes.intake,
        endpoints=EndpointDesk(
            stores.pushes, stores.history, cores.pushes.intake, clock=ground.clock
        ),
        keyring=cores.keyring,
        consumers=cores.consumers,
        origins=cores.origins,
        sessions=cores.sessions,
        stand_ins=cores.gateway.stand_ins,
        callers=cores.gateway.callers,
        auditor=cores.auditor,
        memo=memo,
        waiting=waiting,
        events=_events(ground, cores),
        health=Health(
            stores.census,
            store_error=lambda: cores.pulse.store_error,
            clock_ahead=lambda: cores.pulse.ahead,
            clock=ground.clock,
        ),
        nodes=partial(all_nodes, ground.database),
        turning=partial(turning, loops),
        tally=ground.counters,
        page=page,
        clock=ground.clock,
        running=running,
        directory=cores.audience.directory,
        audience=cores.audience.desk,
        codes=cores.audience.codes,
        account_templates=cores.audience.account_templates,
        openids=cores.audience.openids,
        sending=cores.delivery.sending,
        deliveries=cores.delivery.desk,
        previews=cores.delivery.previews,
        interceptions=InterceptionDesk(
            stores.messages,
            WeChatInterceptions(ground.wechat, cores.credentials.tokens),
            cores.audience.directory.app,
        ),
        idempotency=Idempotency(stores.responses),
        outcomes=Outcomes(stores.responses, clock=ground.clock),
        links=ground.links,
        reminders=cores.reminders.desk,
        owners=cores.reminders.owners,
        agenda=cores.reminders.agenda,
        passage=cores.gateway.passage,
        tokens=cores.gateway.tokens,
        healing=cores.gateway.healing,
        usage=cores.gateway.usage,
        statistics=cores.statistics.meter,
        advice_on=ERRCODES.advice,
        chinese=_chinese,
        overview=OverviewDesk(
            stores.overview,
            cores.statistics.egress,
            commit_time=lambda: cores.pulse.commit_time,
            clock=ground.clock,
        ),
        quotas=cores.gateway.quotas,
        rids=WeChatRids(ground.wechat, cores.credentials.tokens),
        users=UserDesk(stores.users),
        alerts=cores.alerts.desk,
        alert_trials=cores.alerts.trials,
    )


def _chinese() -> Chinese:
    from wechat_scheduler.daemon.chinese import chinese

    return chinese()


def _authenticator(ground: Ground, cores: Cores) -> Authenticator:
    server = ground.config.server
    return Authenticator(
        cores.keyring,
        Throttle(ground.clock),
        trusted_proxies=server.trusted_proxies,
        open_door=server.insecure_no_auth,
    )


def _events(ground: Ground, cores: Cores) -> EventStreams:
    texts = EventTexts(cores.credentials.manager, ground.kinds, ground.clock)
    background = ground.supervisor.contained

    def account_of(app_id: int) -> str:
        app = cores.audience.directory.app(app_id)
        return app.appid if app else ""

    return EventStreams(
        ground.stores.feed, texts, account_of, clock=ground.clock, background=background
    )


def _vitals(
    ground: Ground, cores: Cores, loops: Sequence[Loop], memo: Memo, waiting: WaitingRequests
) -> Vitals:
    daily_limit = cores.credentials.daily_limit
    return Vitals(
        turning=turning(loops),
        daily_limits={kind: daily_limit(kind, NARROW) for kind in ground.issuers},
        memo_hits=memo.hits,
        memo_entries=len(memo),
        memo_bytes=memo.size,
        waiting_requests=len(waiting),
        store_error=cores.pulse.store_error,
        clock_ahead=cores.pulse.ahead,
        commit_time=cores.pulse.commit_time,
    )
