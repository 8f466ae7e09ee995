"""The stable words that errors carry for programs, beside their sentences for people: `Reason` for callers
of the native API, `Reaction` and `Verdict` for the daemon itself."""

import enum


class Reason(enum.StrEnum):
    """Each reason with the one HTTP status that it comes with; `docs/errors.md` explains each.

    A reason is never renamed and keeps its meaning. Two cases have two reasons where a program would
    do different things about them.
    """

    status: int

    def __new__(cls, value: str, status: int = 0) -> "Reason":
        member = str.__new__(cls, value)
        member._value_ = value
        member.status = status
        return member

    @classmethod
    def _missing_(cls, value: object) -> "Reason":
        """A reason that a newer daemon gives to an older client: the word as it is."""
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        member.status = 0
        return member

    REQUEST_INVALID = "request.invalid", 400
    BODY_UNREADABLE = "body.unreadable", 400
    PAGE_UNKNOWN = "page.unknown", 400
    PARAMS_MISSING = "params.missing", 400
    RECEIVER_UNKNOWN = "receiver.unknown", 400
    TEMPLATE_MISSING = "template.missing", 400
    TEMPLATE_UNFILLED = "template.unfilled", 400
    TIME_PAST = "time.past", 400
    RULE_INVALID = "rule.invalid", 400
    REMINDER_ONLY_NEXT = "reminder.only_next", 400

    KEY_MISSING = "key.missing", 401
    KEY_INVALID = "key.invalid", 401
    SESSION_MISSING = "session.missing", 401

    KEY_SCOPE = "key.scope", 403
    KEY_REACH = "key.reach", 403
    KEY_PROTECTED = "key.protected", 403
    REQUEST_NOT_LOCAL = "request.not_local", 403
    FORM_FOREIGN = "form.foreign", 403
    PUSH_REFUSED = "push.refused", 403
    ORIGIN_REFUSED = "origin.refused", 403

    ROUTE_UNKNOWN = "route.unknown", 404
    TYPE_UNKNOWN = "type.unknown", 404
    TASK_UNKNOWN = "task.unknown", 404
    TASK_NOT_YOURS = "task.not_yours", 404
    ACCOUNT_UNKNOWN = "account.unknown", 404
    KEY_UNKNOWN = "key.unknown", 404
    SESSION_UNKNOWN = "session.unknown", 404
    CONSUMER_UNKNOWN = "consumer.unknown", 404
    PUSHES_UNKNOWN = "pushes.unknown", 404
    APP_UNKNOWN = "app.unknown", 404
    TOPIC_UNKNOWN = "topic.unknown", 404
    SUBSCRIBER_UNKNOWN = "subscriber.unknown", 404
    SUBSCRIPTION_UNKNOWN = "subscription.unknown", 404
    MESSAGE_UNKNOWN = "message.unknown", 404
    DELIVERY_UNKNOWN = "delivery.unknown", 404
    REMINDER_UNKNOWN = "reminder.unknown", 404
    ALERT_UNKNOWN = "alert.unknown", 404
    ALERT_TARGET_UNKNOWN = "alert.target_unknown", 404

    ROUTE_METHOD = "route.method", 405

    SUBSCRIBER_NAME_TAKEN = "subscriber.name_taken", 409
    CONSUMER_EXISTS = "consumer.exists", 409
    TASK_AMBIGUOUS = "task.ambiguous", 409
    IDEMPOTENCY_CONFLICT = "idempotency.conflict", 409
    DELIVERY_STATE = "delivery.state", 409
    REMINDER_STATE = "reminder.state", 409
    REMINDER_BUSY = "reminder.busy", 409
    ALERT_STATE = "alert.state", 409

    REQUEST_OUTDATED = "request.outdated", 412

    BODY_TOO_LARGE = "body.too_large", 413
    BODY_COMPRESSED = "body.compressed", 415

    MESSAGE_UNSENDABLE = "message.unsendable", 422
    SENTENCE_NOTHING = "sentence.nothing", 422
    SENTENCE_IMPOSSIBLE = "sentence.impossible", 422
    SENTENCE_PAST = "sentence.past", 422
    SENTENCE_AMBIGUOUS = "sentence.ambiguous", 422
    SENTENCE_VAGUE = "sentence.vague", 422
    SENTENCE_UNREAD = "sentence.unread", 422
    SENTENCE_SEVERAL = "sentence.several", 422
    SENTENCE_CHAT = "sentence.chat", 422
    SENTENCE_UNSURE = "sentence.unsure", 422
    SENTENCE_COMMAND = "sentence.command", 422
    SENTENCE_TOO_LONG = "sentence.too_long", 422
    SENTENCE_TOO_OFTEN = "sentence.too_often", 422
    SENTENCE_TOO_FAR = "sentence.too_far", 422

    REQUEST_THROTTLED = "request.throttled", 429

    ROW_DAMAGED = "row.damaged", 500
    DAEMON_FAILED = "daemon.failed", 500

    TASK_PENDING = "task.pending", 503
    TASK_EXPIRED = "task.expired", 503
    STORE_UNAVAILABLE = "store.unavailable", 503
    WECHAT_UNAVAILABLE = "wechat.unavailable", 503
    DAEMON_UNREADY = "daemon.unready", 503


class Reaction(enum.StrEnum):
    """What a failed fetch of a credential calls for. Every failure has exactly one."""

    TRANSIENT = "transient"
    """It may pass by itself: back off with jitter, and serve the old value while it is valid."""

    PARENT_INVALID = "parent_invalid"
    """The credential that the call was made with is bad: refresh that one, then try again."""

    NEEDS_INPUT = "needs_input"
    """An input from outside is missing or was refused: wait until it arrives."""

    WAIT_UNTIL = "wait_until"
    """It passes at a known time."""

    OPERATOR = "operator"
    """A person must act: say exactly what to do, probe slowly."""


class Verdict(enum.StrEnum):
    """What a failed send of a message calls for. Every failure has exactly one."""

    RETRY = "retry"
    """The message was certainly not accepted: back off with jitter."""

    AMBIGUOUS = "ambiguous"
    """The answer was lost: the message may have been accepted."""

    PAUSE = "pause"
    """All messages of the account wait until a known time."""

    CREDENTIAL = "credential"
    """The account's token is dead or missing, and is being replaced: the message is not at fault."""

    SLOWER = "slower"
    """Too many messages to this receiver: wait for a while."""

    TEXTS_ENDED = "texts_ended"
    """The receiver gets no more texts until they do something: the message may go in another way."""

    UNREACHABLE = "unreachable"
    """The receiver accepts no messages any more."""

    REJECTED = "rejected"
    """This message will never be accepted: say why."""

    USED_UP = "used_up"
    """The receiver allows no more notices of this template until they allow one more."""

    OPERATOR = "operator"
    """A person must act, then the message is accepted: probe slowly."""

    NO_TEXTS = "no_texts"
    """As OPERATOR; until then the account may send no texts at all."""
