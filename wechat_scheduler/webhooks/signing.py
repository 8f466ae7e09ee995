"""Headers of Standard Webhooks, by which receivers recognise a repeat and verify the sender.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
from base64 import b64decode, b64encode
from datetime import datetime


def webhook_headers(*, message: str, at: datetime, body: bytes, secret: str) -> dict[str, str]:
    """The headers of a call with `body` at the time `at`.

    `message` is the same in all attempts. `secret` is `whsec_` and the key in base64; without it
    there is no signature.
    """
    timestamp = str(int(at.timestamp()))
    headers = {"webhook-id": message, "webhook-timestamp": timestamp}
    if secret:
        signed = f"{message}.{timestamp}.".encode() + body
        headers["webhook-signature"] = f"v1,{_signature(signed, secret)}"
    return headers


def _signature(signed: bytes, secret: str) -> str:
    key = b64decode(secret.removeprefix("whsec_"))
    return b64encode(hmac.digest(key, signed, "sha256")).decode()
