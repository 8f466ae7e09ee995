"""The routes of the pages that people open in WeChat's browser."""

from typing import Final

from wechat_scheduler.web.pages import consent, follow, message, qr_images, reminder

PAGES: Final = (
    *consent.ROUTES,
    *message.ROUTES,
    *follow.ROUTES,
    *qr_images.ROUTES,
    *reminder.ROUTES,
)
