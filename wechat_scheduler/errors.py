"""Every error raised on purpose. Whatever else surfaces is a bug.

SchedulerError
├── StartError                   the program cannot start; one sentence, exit code
│   ├── ConfigError              a setting is wrong; names file, path and the nearest valid key
│   ├── StateError               the state folder or the database cannot be used
│   │   └── InUseError           a daemon is using the state folder
│   └── SealingError             a sealed secret cannot be opened: the key is lost or wrong
├── StorageError                 the store did not answer; nothing was changed, try again
├── RequestError                 a caller asked for something that cannot be had
│   ├── InvalidRequestError      400, names the field
│   ├── UnauthorizedError        401
│   ├── ForbiddenError           403
│   │   └── RefusedPushError     what came as WeChat's is not, or came twice
│   ├── NotFoundError            404
│   ├── ConflictError            409
│   ├── TooLargeError            413
│   ├── UnprocessableError       422
│   ├── ThrottledError           429, says when to come back
│   └── UnavailableError         503, says when to come back
└── CallError                    a call to somebody else's server failed
    ├── AddressRefusedError      the address is one that must not be called
    ├── UnreachableError         the daemon does not answer; says where it was looked for
    ├── SendError                a message was not taken; carries the verdict on its delivery
    └── WeChatError              WeChat refused; carries the reaction that fits

Messages are lower case, end without a full stop, and never contain a secret.
"""

from datetime import timedelta

from wechat_scheduler.reactions import Reaction as Reaction
from wechat_scheduler.reactions import Verdict as Verdict
from wechat_scheduler.reasons import Reason


class SchedulerError(Exception):
    """The root: catch it to catch everything that is raised on purpose."""


class StartError(SchedulerError):
    """The program cannot start. `str(error)` is one sentence that says what to do."""

    exit_code = 1


class ConfigError(StartError):
    """A setting is unknown or wrong."""

    exit_code = 2


class StateError(StartError):
    """The state folder or the database cannot be used as it is."""


class InUseError(StateError):
    """A daemon is using the state folder."""


class SealingError(StartError):
    """A sealed secret cannot be opened with the keys at hand."""


class StorageError(SchedulerError):
    """The store did not answer. Nothing was changed; the same call may be made again."""


class RequestError(SchedulerError):
    """A caller asked for something that cannot be had.

    `status` is the HTTP status (and the `code` of the native envelope); `reason` tells the cases of a
    status apart; `field` is the path of the offending value as the caller wrote it (`tasks[2].type`),
    empty when the request as a whole is meant; `sentence` is the message without it.
    """

    status = 400

    def __init__(
        self, message: str, *, reason: Reason = Reason.REQUEST_INVALID, field: str = ""
    ) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.reason = reason
        self.field = field
        self.sentence = message


class _SpecificError(RequestError):
    """Its status has several reasons: one must be given."""

    def __init__(self, message: str, *, reason: Reason, field: str = "") -> None:
        super().__init__(message, reason=reason, field=field)


class InvalidRequestError(RequestError):
    """The request is not of the documented form."""

    status = 400


class UnauthorizedError(_SpecificError):
    """No key came with the request, or one that is not known."""

    status = 401


class ForbiddenError(_SpecificError):
    """The key is known but does not reach this far."""

    status = 403


class RefusedPushError(ForbiddenError):
    """A push that does not prove to come from WeChat. `detail` says why and is for the operator; the
    sender is always told the same."""

    def __init__(self, detail: str) -> None:
        super().__init__("this is refused", reason=Reason.PUSH_REFUSED)
        self.detail = detail


class NotFoundError(_SpecificError):
    """There is nothing of that name."""

    status = 404


class ConflictError(_SpecificError):
    """The request fits more than one thing, or contradicts what is stored."""

    status = 409


class TooLargeError(RequestError):
    """The body is larger than the limit."""

    status = 413

    def __init__(self, message: str, *, reason: Reason = Reason.BODY_TOO_LARGE) -> None:
        super().__init__(message, reason=reason)


class UnprocessableError(_SpecificError):
    """The request is of the right form, but nothing can be made of it."""

    status = 422


class ThrottledError(RequestError):
    """Too much of that lately; `retry_after` says when to come back."""

    status = 429

    def __init__(
        self,
        message: str,
        *,
        reason: Reason = Reason.REQUEST_THROTTLED,
        retry_after: timedelta,
    ) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after


class UnavailableError(RequestError):
    """What was asked for exists but cannot be handed out now; `retry_after` says when to come back."""

    status = 503

    def __init__(self, message: str, *, reason: Reason, retry_after: timedelta) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after


class CallError(SchedulerError):
    """A call to somebody else's server failed: no answer, or not the one that was agreed."""


class AddressRefusedError(CallError):
    """The address points where the configuration does not allow calls to go."""


class UnreachableError(CallError):
    """A client of the daemon got no answer from it."""


class SendError(CallError):
    """A message was not taken. `way` is how it was tried.

    `errcode` and `rid` are WeChat's, if it answered; `advice` is a sentence an operator can act on;
    `retry_after` comes with PAUSE and SLOWER.
    """

    def __init__(
        self,
        message: str,
        *,
        verdict: Verdict,
        way: str = "",
        errcode: int | None = None,
        rid: str = "",
        advice: str = "",
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.way = way
        self.errcode = errcode
        self.rid = rid
        self.advice = advice
        self.retry_after = retry_after


class WeChatError(CallError):
    """WeChat refused a call, or did not answer it.

    `errcode` is None when there was no answer to read; `rid` is WeChat's request id; `advice` is a
    sentence an operator can act on; `refused` names the input that was the cause
    (`refresh_token`, `component_access_token`), empty if none; `retry_after` comes with WAIT_UNTIL.
    `calls` is how often WeChat was asked before it was given up. `verdict` is what it means for a
    message; None if that follows from the reaction.
    """

    def __init__(
        self,
        message: str,
        *,
        reaction: Reaction,
        endpoint: str,
        errcode: int | None = None,
        rid: str = "",
        advice: str = "",
        refused: str = "",
        retry_after: timedelta | None = None,
        calls: int = 1,
        verdict: Verdict | None = None,
    ) -> None:
        super().__init__(message)
        self.calls = calls
        self.verdict = verdict
        self.reaction = reaction
        self.endpoint = endpoint
        self.errcode = errcode
        self.rid = rid
        self.advice = advice
        self.refused = refused
        self.retry_after = retry_after
