"""The routes of the pages that people open in WeChat's browser."""

from typing import Final

from wechat_scheduler.web.pages import consent, message, qr_images, reminder, subscribing

PAGES: Final = (
    *consent.ROUTES,
    *message.ROUTES,
    *subscribing.ROUTES,
    *qr_images.ROUTES,
    *reminder.ROUTES,
)
