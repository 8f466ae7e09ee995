"""Whether WeChat's pushes arrive. Nothing here can try that: it takes a request from outside."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from wechat_scheduler.doctor.finding import Finding, ok, warn
from wechat_scheduler.pushes.endpoints import advice
from wechat_scheduler.pushes.model import PushEndpointView
from wechat_scheduler.web.native.pushes import PATH


def pushes(views: Iterable[PushEndpointView], now: datetime) -> Iterator[Finding]:
    """A line for each appid whose pushes are expected here."""
    for view in views:
        trouble = advice(view, None, now)
        if trouble:
            path = PATH.format(appid=view.appid)
            how = f"try it from the internet: curl -i https://YOUR-HOST{path} must answer 403"
            yield warn("callback", f"{view.appid}: {trouble}", how)
        else:
            yield ok("callback", f"what WeChat pushes for {view.appid} arrives")
