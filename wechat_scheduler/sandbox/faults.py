"""Scripted faults: all ways in which WeChat was seen to fail."""

from collections.abc import Collection
from enum import Enum
from typing import TypedDict, Unpack

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.errors import InvalidRequestError


class FaultKind(Enum):
    """ERRCODE: a refusal. STATUS: an HTTP error with an HTML page. GARBAGE: 200 without JSON.
    HANG: no answer. DROP: the connection is cut, and the call takes no effect. LOSE: the call takes
    effect, then the connection is cut."""

    ERRCODE = "errcode"
    STATUS = "status"
    GARBAGE = "garbage"
    HANG = "hang"
    DROP = "drop"
    LOSE = "lose"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedFault:
    """`number` is the errcode or the HTTP status; `errmsg` replaces the documented words."""

    kind: FaultKind
    number: int = 0
    errmsg: str | None = None


class FaultChoice(TypedDict, total=False):
    """One of these, and an `errmsg` if it is `errcode`."""

    errcode: int | None
    status: int | None
    garbage: bool
    hang: bool
    drop: bool
    lose: bool
    errmsg: str | None


def choose_fault(**choice: Unpack[FaultChoice]) -> ScriptedFault:
    """The fault that the arguments name. Raises InvalidRequestError if it is not exactly one."""
    errcode, status = choice.get("errcode"), choice.get("status")
    if status is not None and not 400 <= status <= 599:
        raise InvalidRequestError("must be an HTTP error, 400 to 599", field="status")
    if errcode == 0:
        raise InvalidRequestError("must not be 0, which means success", field="errcode")
    chosen = [kind for kind in FaultKind if choice.get(kind.value) not in (None, False)]
    if len(chosen) != 1:
        names = ", ".join(kind.value for kind in FaultKind)
        raise InvalidRequestError(f"give exactly one of {names}", field="errcode")
    return ScriptedFault(kind=chosen[0], number=errcode or status or 0, errmsg=choice.get("errmsg"))


@dataclass(slots=True, kw_only=True)
class _Script:
    fault: ScriptedFault
    appid: str | None
    left: int | None


class Faults:
    """The scripts by path. If several fit a call, the oldest is played."""

    def __init__(self) -> None:
        self._scripts: dict[str, list[_Script]] = {}

    def add(self, path: str, fault: ScriptedFault, *, appid: str | None, times: int | None) -> None:
        """Plays `fault` on the next `times` calls of `path` (by `appid`, if given); if `times` is
        None, until cleared."""
        script = _Script(fault=fault, appid=appid, left=times)
        self._scripts.setdefault(path, []).append(script)

    def take(self, path: str, appids: Collection[str]) -> ScriptedFault | None:
        """The fault to play on this call, which counts as one time."""
        for script in self._scripts.get(path, ()):
            if script.appid is None or script.appid in appids:
                self._use(path, script)
                return script.fault
        return None

    def clear(self) -> int:
        """Removes all scripts, and returns how many there were."""
        count = sum(len(scripts) for scripts in self._scripts.values())
        self._scripts.clear()
        return count

    def _use(self, path: str, script: _Script) -> None:
        if script.left is not None:
            script.left -= 1
            if script.left == 0:
                self._scripts[path].remove(script)
