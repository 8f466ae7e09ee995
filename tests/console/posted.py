"""What a POST of the console may answer: a page of its own address, unless it changed nothing or shows a secret once."""

import re
from typing import Final

from wechat_scheduler.web.console.previewed import CHANGED
from wechat_scheduler.web.console.questions import TITLE
from wechat_scheduler.web.console.routes import CONSOLE

# Those that change nothing: a preview, a question, or what WeChat knows.
LOOKS: Final = (
    "/console/sign-in",  # with a form of before: the browser has the session already
    "/console/messages/write",
    "/console/messages/choose",
    "/console/deliveries/{delivery}/rid",
    "/console/deliveries/{delivery}/interception",
    "/console/reminders/write",
    "/console/reminders/{reminder}/move",
    "/console/reminders/{reminder}/receivers",
)
# Those that show a secret once: the form has a name, by which a repeat gets the same.
SECRETS: Final = (
    "/console/access/keys/new",
    "/console/access/consumers/new",
    "/console/access/consumers/of/{consumer}/secret",
    "/console/people/make",
    "/console/apps/{app}/token",
    "/console/apps/{app}/subscribers/{name}/token",
    # What it sends is the person's own request.
    "/docs/{operation}",
)
# A form that was changed since its preview, a preview, and a question who is meant.
_OTHERS: Final = (*CHANGED, 'id="preview"', 'id="which"')
_CHANGES: Final = [
    re.compile(re.sub(r"\{\w+\}", "[^/]+", route.path))
    for route in CONSOLE
    if route.method == "POST" and route.path not in (*LOOKS, *SECRETS)
]


def repeats_when_reloaded(status: int, path: str, html: str) -> bool:
    """Whether this page is the answer to a form that changed something."""
    if status != 200 or not any(route.fullmatch(path) for route in _CHANGES):
        return False
    is_asked = any(f"<h1>{words}</h1>" in html for words in TITLE)
    return not is_asked and not any(mark in html for mark in _OTHERS)
