"""QR codes with a scene: their tickets and pictures."""

import random
from datetime import datetime, timedelta
from io import BytesIO

import segno

from wechat_scheduler.engine.records import dataclass
from wechat_scheduler.sandbox.errcodes import RefusedError
from wechat_scheduler.sandbox.periods import ExpiringDict, Periods
from wechat_scheduler.sandbox.tokens import random_text

LONGEST_SCENE = 64
MOST_PERMANENT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class QRCode:
    """The picture shows `url`. A permanent code has no `expires_at`."""

    appid: str
    scene: str
    ticket: str
    url: str
    expires_at: datetime | None = None

    def alive(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


class QRCodes:
    """A scene has one permanent code, and any number of temporary ones."""

    def __init__(self, periods: Periods, rng: random.Random) -> None:
        self._rng = rng
        self._temporary = ExpiringDict[str, QRCode](periods.qrcode)
        self._permanent: dict[str, QRCode] = {}
        self._by_scene: dict[tuple[str, str], QRCode] = {}
        self._used: dict[str, int] = {}

    def temporary(self, appid: str, scene: str, lasts: timedelta, now: datetime) -> QRCode:
        qrcode = self._make(appid, scene, now + lasts)
        for name in (qrcode.ticket, qrcode.url):
            self._temporary.put(name, qrcode, now)
        return qrcode

    def permanent(self, appid: str, scene: str) -> QRCode:
        """Raises RefusedError 45029 if the account has 100,000 of them."""
        if known := self._by_scene.get((appid, scene)):
            return known
        used = self._used.get(appid, 0)
        if used >= MOST_PERMANENT:
            raise RefusedError(45029)
        self._used[appid] = used + 1
        qrcode = self._make(appid, scene, None)
        self._permanent[qrcode.ticket] = self._permanent[qrcode.url] = qrcode
        self._by_scene[appid, scene] = qrcode
        return qrcode

    def find(self, name: str, now: datetime) -> QRCode | None:
        """The code with this ticket, or whose picture shows this URL; None if it is unknown or has expired."""
        qrcode = self._permanent.get(name) or self._temporary.get(name, now)
        return qrcode if qrcode is not None and qrcode.alive(now) else None

    def _make(self, appid: str, scene: str, expires_at: datetime | None) -> QRCode:
        return QRCode(
            appid=appid,
            scene=scene,
            ticket="gQ" + random_text(self._rng, 68),
            url=f"http://weixin.qq.com/q/{random_text(self._rng, 16)}",
            expires_at=expires_at,
        )


def picture(qrcode: QRCode) -> bytes:
    """A PNG of about 430 pixels, as large as WeChat's."""
    image = BytesIO()
    segno.make(qrcode.url, error="m", micro=False).save(image, kind="png", scale=12, border=2)
    return image.getvalue()
