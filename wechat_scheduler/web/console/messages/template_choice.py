"""The templates that an app can send, offered where one is typed: its aliases, and the templates of its account."""

from collections.abc import Mapping
from typing import Final

from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.templates import ImportedResult
from wechat_scheduler.web.pages.markup import Html, fill

# The `list` of the field.
TEMPLATES: Final = "templates"


async def offered_templates(visit: Visit, app: AppResult) -> Html:
    """Each with its title at WeChat, where the templates of the account are imported. Raises RequestError."""
    path = "/v1/apps/{app}/templates"
    imported = (await visit.api.get(path, ImportedResult, app=app.id)).templates
    titles = {one.template_id: one.title for one in imported}
    options = [
        fill('<option value="{name}">{title}</option>', name=name, title=title)
        for name, title in _titled(app, titles).items()
    ]
    return fill('<datalist id="{id}">{options}</datalist>', id=TEMPLATES, options=options)


def _titled(app: AppResult, titles: Mapping[str, str]) -> Mapping[str, str]:
    """The titles by alias, and by template id."""
    aliases = {alias: titles.get(one.template_id, "") for alias, one in app.templates.items()}
    return {**aliases, **titles}
