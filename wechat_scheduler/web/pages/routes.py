"""The pages that people are shown: links lead there, programs have no use for them."""

from typing import Final

from wechat_scheduler.web.pages import consent, follow_visits, landing, qr_images, reminder_pages

PAGES: Final = (
    *consent.ROUTES,
    *landing.ROUTES,
    *follow_visits.ROUTES,
    *qr_images.ROUTES,
    *reminder_pages.ROUTES,
)
