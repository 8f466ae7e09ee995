"""Counts the calls of consumers that do not pass."""

from types import TracebackType

from wechat_scheduler.gateway.refused_callers import CallerRefusedError
from wechat_scheduler.gateway.usage import UsageMeter


class CountedRefusals:
    """A CallerRefusedError of the block counts as a call of that path that did not pass."""

    __slots__ = ("_account", "_meter", "_path")

    def __init__(self, meter: UsageMeter, account: str, path: str) -> None:
        self._meter = meter
        self._account = account
        self._path = path

    def __enter__(self) -> None:
        """Nothing is counted yet."""

    def __exit__(
        self,
        _: type[BaseException] | None,
        error: BaseException | None,
        __: TracebackType | None,
    ) -> None:
        if isinstance(error, CallerRefusedError):
            self._meter.refused(error, self._account, self._path)
