"""New names and secrets. Whoever guesses one of the long ones guesses for ever."""

import secrets
import string

from wechat_scheduler.audience.model import TokenKind

LETTERS = string.ascii_letters + string.digits


def new_id() -> int:
    """Clients read ids as floats: 52 bits are exact. Never 0, which stands for none."""
    return secrets.randbelow((1 << 52) - 1) + 1


def new_uid() -> str:
    return f"UID_{_letters(28)}"


def new_token(kind: TokenKind) -> str:
    return f"{kind.value}{_letters(32)}"


def new_app_key() -> str:
    """Letters and digits only: PHP SDKs sign differently with `-` and `_` in a key."""
    return _letters(32)


def new_scene_id() -> str:
    """WeChat takes 64 characters at most, and whoever has it may ask who scanned it."""
    return _letters(32)


def new_openid() -> str:
    """The openid of signed calls: their SDKs refuse one that is not 32 hex digits, as WeChat's are not."""
    return secrets.token_hex(16)


def new_openkey() -> str:
    return secrets.token_hex(24)


def _letters(size: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(size))
