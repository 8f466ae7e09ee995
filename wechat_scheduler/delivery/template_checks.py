"""Compares a message with the list of the account's templates, and says what WeChat would refuse."""

from collections.abc import Iterator

from wechat_scheduler.audience.model import App
from wechat_scheduler.delivery.model import Content, Way
from wechat_scheduler.delivery.notes import (
    HOLDS_UNSEEN,
    NO_NOTICE,
    NOT_IMPORTED,
    NOT_OF_ACCOUNT,
    ONLY_NOTICE,
    TEXT_ALONE,
)
from wechat_scheduler.engine.unseen import unseen


def refused_template(app: App, template_id: str, way: Way) -> str:
    """Why WeChat refuses the template by that way; empty if nothing tells so."""
    account = app.account_templates.get(template_id)
    if account is None:
        known = bool(app.account_templates)
        return NOT_OF_ACCOUNT.fill(template_id=template_id) if known else ""
    if account.is_notice and way is Way.TEMPLATE:
        return ONLY_NOTICE.fill(template_id=template_id)
    if not account.is_notice and way is Way.SUBSCRIBE:
        return NO_NOTICE.fill(template_id=template_id)
    return ""


def doubts_of_template(app: App, template_id: str) -> Iterator[str]:
    """Nothing was imported for the app."""
    if not app.account_templates:
        yield NOT_IMPORTED.fill(template_id=template_id)


def doubts_of_content(content: Content) -> Iterator[str]:
    """What the sender may not have meant."""
    if content.way is Way.TEXT and (content.template or content.data):
        yield TEXT_ALONE.en
    texts = (content.title, content.text, *content.data.values())
    if names := dict.fromkeys(name for text in texts for name in unseen(text)):
        yield HOLDS_UNSEEN.fill(names=", ".join(names))
