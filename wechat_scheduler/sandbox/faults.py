"""Failures to play on request, in every way in which WeChat was seen to fail."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from wechat_scheduler.errors import InvalidRequestError


class FaultKind(Enum):
    """ERRCODE: a refusal. STATUS: an HTTP error with a page for people. GARBAGE: 200 without JSON.
    HANG: no answer. DROP: the connection is cut before anything happened. LOSE: the call takes
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


def choose_fault(
    *,
    errcode: int | None = None,
    status: int | None = None,
    garbage: bool = False,
    hang: bool = False,
    drop: bool = False,
    lose: bool = False,
    errmsg: str | None = None,
) -> ScriptedFault:
    """The one fault that these arguments name. Raises InvalidRequestError for none or several."""
    if status is not None and not 400 <= status <= 599:
        raise InvalidRequestError("must be an HTTP error, 400 to 599", field="status")
    if errcode == 0:
        raise InvalidRequestError("must not be 0, which means success", field="errcode")
    flags = {"garbage": garbage, "hang": hang, "drop": drop, "lose": lose}
    chosen = [ScriptedFault(kind=FaultKind(name)) for name, on in flags.items() if on]
    if errcode is not None:
        chosen.append(ScriptedFault(kind=FaultKind.ERRCODE, number=errcode, errmsg=errmsg))
    if status is not None:
        chosen.append(ScriptedFault(kind=FaultKind.STATUS, number=status))
    if len(chosen) != 1:
        names = ", ".join(kind.value for kind in FaultKind)
        raise InvalidRequestError(f"give exactly one of {names}", field="errcode")
    return chosen[0]


@dataclass(slots=True, kw_only=True)
class _Script:
    fault: ScriptedFault
    appid: str | None
    left: int | None


class Faults:
    """The scripts, by endpoint; of several that fit a call the oldest is played."""

    def __init__(self) -> None:
        self._scripts: dict[str, list[_Script]] = {}

    def add(self, path: str, fault: ScriptedFault, *, appid: str | None, times: int | None) -> None:
        """Play `fault` the next `times` times that `path` is called (for `appid`, if given);
        until cleared if None."""
        script = _Script(fault=fault, appid=appid, left=times)
        self._scripts.setdefault(path, []).append(script)

    def take(self, path: str, appids: Collection[str]) -> ScriptedFault | None:
        """The fault to play on this call, which uses it up by one."""
        for script in self._scripts.get(path, ()):
            if script.appid is None or script.appid in appids:
                self._use(path, script)
                return script.fault
        return None

    def clear(self) -> int:
        """Remove every script and return how many there were."""
        count = sum(len(scripts) for scripts in self._scripts.values())
        self._scripts.clear()
        return count

    def _use(self, path: str, script: _Script) -> None:
        if script.left is not None:
            script.left -= 1
            if script.left == 0:
                self._scripts[path].remove(script)
