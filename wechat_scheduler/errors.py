"""Every error that the code raises on purpose. Any other error is a bug.

SchedulerError
├── StartError                   the program cannot start; one sentence, exit code
│   ├── ConfigError              a setting is wrong; names file, path and the nearest valid setting
│   ├── StateError               the state folder or the database cannot be used
│   │   └── InUseError           a daemon is using the state folder
│   ├── SealingError             a sealed secret cannot be opened: the key is lost or wrong
│   └── OutputError              a file, command, child or Redis of the agent cannot be used
├── StorageError                 the store did not answer; nothing was changed, try again
├── RequestError                 a request cannot be met; has a reason
│   ├── InvalidRequestError      400, names the field
│   ├── UnauthorizedError        401
│   ├── ForbiddenError           403
│   │   └── RefusedPushError     a push that is not WeChat's, or that came twice
│   ├── NotFoundError            404
│   ├── ConflictError            409
│   ├── TooLargeError            413
│   ├── CompressedError          415
│   ├── UnprocessableError       422
│   ├── ThrottledError           429, says when to come back
│   └── UnavailableError         503, says when to come back
└── CallError                    a call to another server failed
    ├── LastingError             the same call fails until a person changes something
    │   └── AddressRefusedError  the configuration does not allow calls to the address
    ├── CrowdedError             not called: too many calls are open; says when to try again
    ├── UnreachableError         the daemon does not answer; names the address that was tried
    ├── SendError                a message was not accepted; has the verdict on its delivery
    └── WeChatError              WeChat refused a call or did not answer; has the reaction that fits

Messages are lower case, end without a full stop, and never contain a secret.
"""

from datetime import timedelta
from typing import Any

from wechat_scheduler.reasons import Reaction, Reason, Verdict


class SchedulerError(Exception):
    """The root of all errors that are raised on purpose."""


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
    """No key of the state folder opens a sealed secret."""


class OutputError(StartError):
    """A file, command, child or Redis of the agent cannot be used. After its start, the agent tries again."""


class StorageError(SchedulerError):
    """The store did not answer. Nothing was changed; the same call may be made again."""


class RequestError(SchedulerError):
    """A request cannot be met. `status` is that of HTTP; `reason` tells the cases of a status apart.

    `field` is the path of the wrong value as the caller wrote it (`tasks[2].type`), empty if the whole
    request is meant; `sentence` is the message without it. `further` are errors of other fields.
    """

    status = 400
    further: tuple["RequestError", ...] = ()

    def __init__(
        self, message: str, *, reason: Reason = Reason.REQUEST_INVALID, field: str = ""
    ) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.reason, self.field, self.sentence = reason, field, message


class _SpecificError(RequestError):
    """An error whose status has several reasons: one must be given."""

    def __init__(self, message: str, *, reason: Reason, field: str = "") -> None:
        super().__init__(message, reason=reason, field=field)


class InvalidRequestError(RequestError):
    """The request does not have the documented form."""


class UnauthorizedError(_SpecificError):
    """The request has no key, or one that is not valid."""

    status = 401


class ForbiddenError(_SpecificError):
    """The key is valid but not for this."""

    status = 403


class RefusedPushError(ForbiddenError):
    """A push is not proven to come from WeChat. `detail` says why, for the operator; the sender always
    reads the same sentence."""

    def __init__(self, detail: str) -> None:
        super().__init__("this is refused", reason=Reason.PUSH_REFUSED)
        self.detail = detail


class NotFoundError(_SpecificError):
    """There is nothing with this name or id."""

    status = 404


class ConflictError(_SpecificError):
    """The request fits several things, or contradicts what is stored."""

    status = 409


class TooLargeError(RequestError):
    """The body is larger than the limit."""

    status = 413

    def __init__(self, message: str, *, reason: Reason = Reason.BODY_TOO_LARGE) -> None:
        super().__init__(message, reason=reason)


class CompressedError(_SpecificError):
    """The body is compressed."""

    status = 415


class UnprocessableError(_SpecificError):
    """The request has the right form, but cannot be carried out."""

    status = 422


class _LaterError(RequestError):
    """`retry_after` says when to come back."""

    def __init__(self, message: str, *, reason: Reason, retry_after: timedelta) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after


class ThrottledError(_LaterError):
    """The caller made too many requests."""

    status = 429


class UnavailableError(_LaterError):
    """The thing exists but cannot be handed out now."""

    status = 503


class CallError(SchedulerError):
    """A call to another server failed: no answer, or not the one that was agreed."""


class LastingError(CallError):
    """The same call fails again until a person changes something, here or at the other server."""


class CrowdedError(CallError):
    """The call was not made: too many are open. It may be made after `retry_after`."""

    def __init__(self, message: str, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class AddressRefusedError(LastingError):
    """The configuration does not allow calls to this address."""


class UnreachableError(CallError):
    """The daemon does not answer its client."""


class SendError(CallError):
    """A message was not accepted. `way` is how it was sent; `errcode` and `rid` are WeChat's, if it answered;
    `advice` is for an operator; `retry_after` comes with PAUSE and SLOWER; `before` are refused attempts by other ways."""

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
        self.verdict, self.way, self.retry_after = verdict, way, retry_after
        self.errcode, self.rid, self.advice = errcode, rid, advice
        self.before: tuple[Any, ...] = ()


class WeChatError(CallError):
    """WeChat refused a call, or did not answer it: then `errcode` is None. `rid` is WeChat's request id;
    an operator can act on `advice`; `refused` names the input at fault (`refresh_token`), if one is; `retry_after`
    comes with WAIT_UNTIL; `calls` counts the calls; `verdict` is None if `reaction` implies it; `belongs_to` is
    the user whose refresh token was given for another's.
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
        belongs_to: str = "",
    ) -> None:
        super().__init__(message)
        self.reaction, self.endpoint, self.calls = reaction, endpoint, calls
        self.verdict, self.belongs_to = verdict, belongs_to
        self.errcode, self.rid, self.advice = errcode, rid, advice
        self.refused, self.retry_after = refused, retry_after
