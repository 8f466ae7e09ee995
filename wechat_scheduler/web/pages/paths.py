"""The addresses of pages. Each is a capability: who has it may open the page."""

from datetime import datetime, timedelta
from typing import Final

from wechat_scheduler.access.links import Links
from wechat_scheduler.audience.ids import UID_PREFIX
from wechat_scheduler.audience.model import App
from wechat_scheduler.engine.clock import EPOCH

SUBSCRIBE, HOME, SWITCHES = "f", "h", "u"
MESSAGE: Final = "m"
READERS: Final = "r"
OWNERS: Final = "r-owner"
JOINERS: Final = "q"

# How long a link to a user's switches can be used: the user gets a new one by 我的订阅.
LIFE: Final = timedelta(days=30)


def subscribe_path(links: Links, app_id: int, topic: str = "") -> str:
    """The address that invites to the app, or to its topic of that id."""
    name = f"{app_id}t{topic}" if topic else str(app_id)
    return f"/f/{links.capability(SUBSCRIBE, name)}"


def switches_path(links: Links, uid: str, now: datetime) -> str:
    """The address of that user's switches, which ends after `LIFE`. It is a secret of theirs."""
    name = uid.removeprefix(UID_PREFIX)
    return f"/u/{links.capability(SWITCHES, name, day_of(now))}"


def home_path(links: Links, app: App, uid: str) -> str:
    """The address of the app's home page for that user. It is a secret of theirs."""
    name = f"{app.id}u{uid.removeprefix(UID_PREFIX)}"
    return f"/h/{links.capability(HOME, name, app.link_generation)}"


def message_path(links: Links, message_id: int, generation: int = 0) -> str:
    """`generation` is that of the app's links."""
    return f"/m/{links.capability(MESSAGE, message_id, generation)}"


def page_path(links: Links, reminder_id: str, generation: int = 0) -> str:
    """The address of the page that shows it. `generation` is that of the app's links."""
    return f"/r/{links.capability(READERS, reminder_id, generation)}"


def owner_path(links: Links, reminder_id: str, generation: int = 0) -> str:
    """The address of the page that changes it. It is a secret of the owner."""
    return f"/r/{links.capability(OWNERS, reminder_id, generation)}"


def join_url(links: Links, reminder_id: str) -> str:
    """The text of a QR code that may be printed: WeChat's own codes expire after 30 days. Raises
    UnavailableError without `server.public_url`."""
    return links.url(f"/q/{links.capability(JOINERS, reminder_id)}")


def day_of(moment: datetime) -> int:
    """The number of the day, which is the generation of links that end."""
    return (moment - EPOCH).days
