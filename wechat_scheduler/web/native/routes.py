"""Every route of our own API. A row stands below its handler, and says what the handler does."""

from typing import Final

from wechat_scheduler.web.native import (
    audit,
    consumers,
    events,
    health,
    jobs,
    jssdk,
    jssdk_pages,
    keys,
    metrics,
    nodes,
    openapi,
    past_pushes,
    push_endpoints,
    pushes,
    quotas,
    settings,
    tasks,
    usage,
)
from wechat_scheduler.web.native.reminders import people, reminders, sentences
from wechat_scheduler.web.native.route import NativeRoute
from wechat_scheduler.web.native.sending import (
    apps,
    deliveries,
    messages,
    qrcodes,
    subscribers,
    templates,
    topics,
    uses,
)

NATIVE: Final[tuple[NativeRoute, ...]] = (
    *health.ROUTES,
    *metrics.ROUTES,
    *openapi.ROUTES,
    *tasks.ROUTES,
    *events.ROUTES,
    *jobs.ROUTES,
    *jssdk.ROUTES,
    *jssdk_pages.ROUTES,
    *keys.ROUTES,
    *consumers.ROUTES,
    *usage.ROUTES,
    *quotas.ROUTES,
    *settings.ROUTES,
    *audit.ROUTES,
    *nodes.ROUTES,
    *push_endpoints.ROUTES,
    *pushes.ROUTES,
    *past_pushes.ROUTES,
    *apps.ROUTES,
    *templates.ROUTES,
    *topics.ROUTES,
    *subscribers.ROUTES,
    *uses.ROUTES,
    *qrcodes.ROUTES,
    *messages.ROUTES,
    *deliveries.ROUTES,
    *reminders.ROUTES,
    *people.ROUTES,
    *sentences.ROUTES,
)
