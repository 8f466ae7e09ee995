"""The reasons of the native API's errors: stable words for programs, beside sentences for people."""

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
    TIME_PAST = "time.past", 400
    RULE_INVALID = "rule.invalid", 400

    KEY_MISSING = "key.missing", 401
    KEY_INVALID = "key.invalid", 401

    KEY_SCOPE = "key.scope", 403
    KEY_REACH = "key.reach", 403
    KEY_PROTECTED = "key.protected", 403
    REQUEST_NOT_LOCAL = "request.not_local", 403
    PUSH_REFUSED = "push.refused", 403

    ROUTE_UNKNOWN = "route.unknown", 404
    TYPE_UNKNOWN = "type.unknown", 404
    TASK_UNKNOWN = "task.unknown", 404
    TASK_NOT_YOURS = "task.not_yours", 404
    ACCOUNT_UNKNOWN = "account.unknown", 404
    KEY_UNKNOWN = "key.unknown", 404
    PUSHES_UNKNOWN = "pushes.unknown", 404
    APP_UNKNOWN = "app.unknown", 404
    TOPIC_UNKNOWN = "topic.unknown", 404
    SUBSCRIBER_UNKNOWN = "subscriber.unknown", 404
    SUBSCRIPTION_UNKNOWN = "subscription.unknown", 404
    MESSAGE_UNKNOWN = "message.unknown", 404
    DELIVERY_UNKNOWN = "delivery.unknown", 404
    REMINDER_UNKNOWN = "reminder.unknown", 404

    ROUTE_METHOD = "route.method", 405

    TASK_AMBIGUOUS = "task.ambiguous", 409
    IDEMPOTENCY_CONFLICT = "idempotency.conflict", 409
    DELIVERY_STATE = "delivery.state", 409
    REMINDER_STATE = "reminder.state", 409
    REMINDER_BUSY = "reminder.busy", 409

    BODY_TOO_LARGE = "body.too_large", 413
    REQUEST_UNSUPPORTED = "request.unsupported", 417

    MESSAGE_UNSENDABLE = "message.unsendable", 422
    SENTENCE_NOTHING = "sentence.nothing", 422
    SENTENCE_IMPOSSIBLE = "sentence.impossible", 422
    SENTENCE_PAST = "sentence.past", 422
    SENTENCE_AMBIGUOUS = "sentence.ambiguous", 422
    SENTENCE_TOO_LONG = "sentence.too_long", 422
    SENTENCE_TOO_OFTEN = "sentence.too_often", 422
    SENTENCE_TOO_FAR = "sentence.too_far", 422

    REQUEST_THROTTLED = "request.throttled", 429

    DAEMON_FAILED = "daemon.failed", 500

    TASK_PENDING = "task.pending", 503
    TASK_EXPIRED = "task.expired", 503
    STORE_UNAVAILABLE = "store.unavailable", 503
    PUBLIC_URL_MISSING = "public_url.missing", 503
    WECHAT_UNAVAILABLE = "wechat.unavailable", 503
    DAEMON_UNREADY = "daemon.unready", 503
