"""Words the errors about missing inputs, and their remedies."""

from collections.abc import Mapping

from wechat_scheduler.credentials import fault_sentences as sentences
from wechat_scheduler.credentials.model import JobKey
from wechat_scheduler.credentials.params_answers import ParamsAnswers
from wechat_scheduler.engine.records import dataclass, field
from wechat_scheduler.errors import AddressRefusedError, CallError, SchedulerError

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
    how = sentences.FIX_PARENT if parent.failing else sentences.PARENT_COMES
    return MissingInputError(
        sentences.WAITING_FOR.fill(key=parent.key), advice=how.en, waits_on=waits_on, parent=parent
    )


def no_params(name: str, *, waits_on: str, is_pushed: bool) -> MissingInputError:
    """The error of a task without a `params` URL."""
    if not is_pushed:
        return MissingInputError(
            sentences.NO_PARAMS.fill(name=name),
            advice=sentences.REGISTER_PARAMS.en,
            waits_on=waits_on,
        )
    return MissingInputError(
        sentences.NOT_PUSHED.fill(name=name),
        advice=f"{sentences.LET_PUSH.fill()}; {sentences.OR_REGISTER_PARAMS.en}",
        waits_on=waits_on,
    )


def not_answered(name: str, answers: ParamsAnswers, *, waits_on: str, of: str) -> MissingInputError:
    """`params` failed, or answered without the input; `of` is the field that names whose it is."""
    error = answers.error
    said = "; ".join(_said(place, answer, name, of) for place, answer in answers.said())
    return MissingInputError(
        sentences.NOT_ANSWERED.fill(name=name, error=error or said),
        advice=_remedy(name, error),
        waits_on=waits_on,
    )


def _said(place: str, answer: Mapping[str, str], name: str, of: str) -> str:
    if answer.get(name):
        return sentences.OF_ANOTHER.fill(place=place, whose=of)
    names = ", ".join(answer)[:LONGEST_NAMES]
    if not names:
        return sentences.NO_STRINGS.fill(place=place)
    return sentences.WITHOUT_IT.fill(place=place, names=names)


def _remedy(name: str, error: CallError | None) -> str:
    if isinstance(error, AddressRefusedError):
        return sentences.PERMIT_ADDRESS.fill(another=sentences.ANOTHER_PARAMS.en)
    return sentences.ANSWER_IT.fill(name=name, another=sentences.ANOTHER_PARAMS.en)
