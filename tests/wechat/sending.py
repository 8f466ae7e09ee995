"""Tokens that WeChat may refuse, for calls in the name of an account."""

from dataclasses import dataclass, field

from wechat_scheduler.errors import SchedulerError

APPID = "wx1111111111111111"
OPENID = "o-user"


@dataclass(slots=True)
class Purse:
    """`wechat.accounts.Tokens`: hands out the first, and the next once it was refused. One that is
    an error is raised."""

    values: list[str | SchedulerError] = field(default_factory=lambda: ["FIRST", "SECOND", "THIRD"])
    reports: list[str] = field(default_factory=list)

    async def token(self, appid: str) -> str:
        value = self.values[0]
        if isinstance(value, SchedulerError):
            raise value
        return value

    async def refused(self, appid: str, value: str) -> None:
        self.reports.append(value)
        if value == self.values[0] and len(self.values) > 1:
            self.values.pop(0)
