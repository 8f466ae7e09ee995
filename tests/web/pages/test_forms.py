"""A form that cannot be read is the sender's fault, on each page that has forms."""

from tests.sending.town import Town
from tests.web.pages.visiting import a_reminder, owned, visit
from wechat_scheduler.web.pages.paths import switches_path

URLENCODED = "application/x-www-form-urlencoded"
UNREADABLE = [
    (f"{URLENCODED}; charset=nope", b"do=mute"),
    (f"{URLENCODED}; charset=utf-16", b"do=mute"),
    (URLENCODED, b"do=%ff"),
    (URLENCODED, b"do=\xff"),
    (URLENCODED, b"a=1&" * 100),
    ("multipart/form-data", b"do=mute"),
    ("multipart/form-data; boundary=", b"do=mute"),
    ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
    ("application/json", b'{"do": "mute"}'),
    ("nope", b"do=mute"),
    ("", b"do=mute"),
]


async def forms(place: Town) -> list[str]:
    """The addresses that take a form."""
    uid = await place.follow()
    return [
        switches_path(place.links, uid, place.clock.now()),
        owned(place, await a_reminder(place, uid)),
    ]


async def test_a_form_that_cannot_be_read_is_a_400_on_every_page(place: Town) -> None:
    paths = await forms(place)
    for content_type, body in UNREADABLE:
        for path in paths:
            answer = await visit(
                place, "POST", path, data=body, headers={"Content-Type": content_type}
            )

            assert (answer.status, answer.headers["Content-Type"]) == (
                400,
                "text/html; charset=utf-8",
            ), (path, body)
            assert "<h1>" in answer.text, (path, body)


async def test_a_form_in_utf_8_is_read_on_every_page(place: Town) -> None:
    paths = await forms(place)
    for content_type in (URLENCODED, f"{URLENCODED}; charset=UTF-8"):
        for path in paths:
            answer = await visit(
                place, "POST", path, data=b"do=%E5%A5%BD", headers={"Content-Type": content_type}
            )

            assert answer.status == 404, path  # no such form, no such subscription
