"""The templates that an app can send, offered where one is typed: its aliases, and the templates of its account."""

from typing import Final

from wechat_scheduler.web.console.fields import datalist
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.native.sending.templates import ImportedResult
from wechat_scheduler.web.pages.markup import Html

# The `list` of the field.
TEMPLATES: Final = "templates"


async def offered_templates(visit: Visit, app: AppResult) -> Html:
    """Each with its title at WeChat, where the templates of the account are imported. Raises RequestError."""
    path = "/v1/apps/{app}/templates"
    imported = (await visit.api.get(path, ImportedResult, app=app.id)).templates
    titles = {one.template_id: one.title for one in imported}
    aliases = {alias: titles.get(one.template_id, "") for alias, one in app.templates.items()}
    return datalist(TEMPLATES, aliases | titles)
