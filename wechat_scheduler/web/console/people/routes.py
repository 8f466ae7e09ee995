"""Every route and every notice of the pages of people."""

from typing import Final

from wechat_scheduler.web.console.people import (
    app,
    app_settings,
    apps,
    codes,
    person,
    subscribers,
    template_form,
    templates,
    topic,
    topics,
    user_search,
    user_tokens,
)

ROUTES: Final = (
    *apps.ROUTES,
    *user_search.ROUTES,
    *app.ROUTES,
    *app_settings.ROUTES,
    *subscribers.ROUTES,
    *person.ROUTES,
    *user_tokens.ROUTES,
    *topics.ROUTES,
    *topic.ROUTES,
    *codes.ROUTES,
    *templates.ROUTES,
    *template_form.ROUTES,
)
NOTICES: Final = {
    **app.NOTICES,
    **subscribers.BOUND,
    **person.NOTICES,
    **topics.NOTICES,
    **topic.NOTICES,
    **templates.NOTICES,
}
