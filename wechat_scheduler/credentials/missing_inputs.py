"""Words the errors about missing inputs, and their remedies."""

from collections.abc import Mapping

from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.params_answers import ParamsAnswers
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.errors import AddressRefusedError, CallError, SchedulerError

ANOTHER_PARAMS = "or register the task again with another params URL"
# Characters of the names of fields that `params` answered; their values may be secrets.
LONGEST_NAMES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """A job whose value is an input of another job. `value` is empty while it has no valid one;
    `version` is the version of its last one; `failing`: its last attempt failed."""

    key: JobKey
    value: str = field(repr=False)
    version: int
    failing: bool


class MissingInputError(SchedulerError):
    """No source has the input. `advice` says what an operator can do; `waits_on` names what will bring
    it; `parent` is the job that will have it soon, if there is one."""

    def __init__(
        self, message: str, *, advice: str, waits_on: str, parent: Sibling | None = None
    ) -> None:
        super().__init__(message)
        self.advice = advice
        self.waits_on = waits_on
        self.parent = parent


def still_waiting(parent: Sibling, *, waits_on: str) -> MissingInputError:
    """The parent has no value yet."""
    how = "fix that job first: its own error says how" if parent.failing else "it is fetched first"
    return MissingInputError(
        f"waiting for {parent.key}", advice=how, waits_on=waits_on, parent=parent
    )


def no_params(name: str, *, waits_on: str, is_pushed: bool) -> MissingInputError:
    """The error of a task without a `params` URL."""
    register = "register the task again with a params URL that returns it"
    if not is_pushed:
        sentence = f"no {name}: there is no params URL to ask"
        return MissingInputError(sentence, advice=register, waits_on=waits_on)
    return MissingInputError(
        f"no {name}: WeChat has pushed none, and there is no params URL to ask",
        advice="let WeChat push it: PUT /callbacks/{appid} with the platform's token and AES key, and "
        f"the push URL in WeChat's console; or {register}",
        waits_on=waits_on,
    )


def not_answered(name: str, answers: ParamsAnswers, *, waits_on: str, of: str) -> MissingInputError:
    """`params` failed, or answered without the input; `of` is the field that names whose it is."""
    error = answers.error
    said = "; ".join(_said(place, answer, name, of) for place, answer in answers.said())
    return MissingInputError(
        f"no {name}: {error or said}", advice=_remedy(name, error), waits_on=waits_on
    )


def _said(place: str, answer: Mapping[str, str], name: str, of: str) -> str:
    if answer.get(name):
        return f"{place} returned it for another {of}"
    names = ", ".join(answer)[:LONGEST_NAMES]
    return f"{place} returned {names} without it" if names else f"{place} returned no string fields"


def _remedy(name: str, error: CallError | None) -> str:
    if isinstance(error, AddressRefusedError):
        return f"let callbacks.allow and callbacks.deny permit the address, {ANOTHER_PARAMS}"
    return f'let it answer 200 with {{"{name}": "…"}}, {ANOTHER_PARAMS}'
