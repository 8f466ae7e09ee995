"""Templates are filled from a message's data, and checked before WeChat sees them, for every sender."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.reminders.remembering import draft
from tests.sending.town import TEMPLATE, Town
from tests.web.compat.wxpushing import send as wxpusher_send
from wechat_scheduler.audience.model import Template
from wechat_scheduler.delivery.model import DeliveryState

NOTICES = "/message/v2/notices"
SEND = "/cgi-bin/message/template/send"
PARCEL = {"character_string1": "{number}", "thing2": "{title}", "time3": "{time}"}


async def map_templates(place: Town, **fields: dict[str, str]) -> None:
    templates = {
        purpose: Template(template_id=TEMPLATE, fields=texts) for purpose, texts in fields.items()
    }
    place.app = replace(place.app, templates=templates)
    await place.directory.change_app(place.app.id, lambda _: place.app)


async def order(place: Town, uid: str, **wish: Any) -> Any:
    body = {"app": place.app.id, "to": [uid], "template": "parcel", "title": "耳机到了"} | wish
    return await place.call("POST", "/v1/messages", body)


async def test_a_mapping_is_filled_from_the_data_of_a_message(place: Town) -> None:
    uid = await place.follow()
    await map_templates(place, parcel=PARCEL)

    await order(place, uid, data={"number": "SF1234567890123456789012345678"})
    await place.settle()
    notice = {"number": {"value": 17}, "thing2": {"value": "长" * 21}}
    answer = await place.call(
        "POST", NOTICES, {"to": uid, "template": "parcel", "data": notice}, key=place.token
    )
    await place.settle()

    assert answer.headers["Warning"] == '299 - "WeChat shows only the beginning of thing2"'
    assert [one.fields for one in await place.arrived(uid)] == [
        {
            "character_string1": "SF1234567890123456789012345678",
            "thing2": "耳机到了",
            "time3": "2026年11月18日 10:30",
        },
        {
            "character_string1": "17",
            "thing2": "长" * 19 + "…",
            "time3": "2026年11月18日 10:30",
        },
    ]


FAULTS: dict[str, dict[str, str]] = {
    "character_string1 needs {number} in data": {},
    "character_string1 takes at most 32 letters, digits and signs": {"number": "十七"},
    "time3 takes a time such as 15:01": {"number": "17", "time3": "tomorrow"},
}


async def test_what_wechat_would_refuse_is_refused_before_it_is_stored(place: Town) -> None:
    uid = await place.follow()
    await map_templates(place, parcel=PARCEL)

    for fault, data in FAULTS.items():
        answer = await order(place, uid, data=data)
        given = {name: {"value": text} for name, text in ({"thing2": "耳机"} | data).items()}
        body = {"to": uid, "template": "parcel", "data": given}
        notice = await place.call("POST", NOTICES, body, key=place.token)

        assert (answer.status, answer.json["reason"]) == (400, "template.unfilled")
        assert answer.json["message"].startswith(
            f"data: the template {TEMPLATE} is not filled: {fault}"
        )
        assert (notice.status, notice.json["code"]) == (400, 400)
        assert fault in notice.json["message"]
        assert not await place.deliveries()


async def test_a_template_that_is_not_known_is_named_before_its_keywords(place: Town) -> None:
    uid = await place.follow()
    await map_templates(place, parcel=PARCEL)
    hints = {
        "parcels": "did you mean parcel?",
        "nosuch": "if it is WeChat's id, give data for its keywords",
    }

    for named, hint in hints.items():
        body = {"app": place.app.id, "to": [uid], "template": named, "text": "x"}
        answer = await place.call("POST", "/v1/messages", body)

        assert (answer.status, answer.json["reason"]) == (400, "template.missing")
        assert answer.json["message"] == (
            f"template: the app {place.app.name} has no template {named}, and none of this id was "
            f"imported; {hint}"
        )


async def test_a_message_that_does_not_fill_the_apps_template_is_dead_without_a_call(
    place: Town,
) -> None:
    uid = await place.follow()
    await map_templates(place, message=PARCEL, reminder={"amount1": "{title}"})
    soon = place.clock.now() + timedelta(days=3)
    await place.desk.create(draft(soon, title="还款", app_id=place.app.id, owner=uid))

    place.clock.advance_to(soon)
    await wxpusher_send(place, uids=[uid])
    await place.settle()

    dead = await place.deliveries(state=DeliveryState.DEAD)
    assert sorted(one.reason.partition(" is not filled: ")[2][:22] for one in dead) == [
        "amount1 takes an amoun",
        "character_string1 need",
    ]
    assert place.wechat.sandbox.calls(SEND) == 0


async def test_a_text_that_a_keyword_shows_in_part_has_a_page(place: Town) -> None:
    uid = await place.follow()
    await map_templates(place, parcel={"thing1": "{content}"})

    await order(place, uid, text="长" * 21)
    await place.settle()

    (shown,) = await place.arrived(uid)
    assert shown.fields == {"thing1": "长" * 19 + "…"}
    assert "/m/" in shown.url


async def test_a_reminder_shows_its_time_as_wechat_reads_it(place: Town) -> None:
    uid = await place.follow()
    await map_templates(place, reminder={"thing1": "{title}", "time2": "{time}"})
    soon = place.clock.now() + timedelta(days=3)
    await place.desk.create(draft(soon, title="浇花" * 11, app_id=place.app.id, owner=uid))

    place.clock.advance_to(soon)
    await place.settle()

    (shown,) = await place.arrived(uid)
    assert shown.fields == {"thing1": ("浇花" * 11)[:19] + "…", "time2": "2026年11月21日 10:30"}


@pytest.mark.parametrize("channel", ["template", "subscribe"])
async def test_a_channel_that_needs_a_template_of_the_app_is_refused_without_one(
    place: Town, channel: str
) -> None:
    uid = await place.follow()
    await map_templates(place)
    wish = {"template": "", "text": "到了", "channel": channel}
    remind = {
        "app": place.app.id,
        "to": [uid],
        "title": "喝水",
        "time": "2026-11-19T08:00:00+08:00",
    }

    now = await order(place, uid, **wish)
    later = await order(place, uid, not_before="2026-11-19T08:00:00+08:00", **wish)
    named = await order(place, uid, **(wish | {"template": TEMPLATE, "data": {"thing2": "耳机"}}))
    reminder = await place.call("POST", "/v1/reminders", remind | {"channel": channel})
    kept = (await place.call("POST", "/v1/reminders", remind)).result
    path = f"/v1/reminders/{kept['id']}"
    changed = await place.call("PATCH", path, {"channel": channel})
    renamed = await place.call("PATCH", path, {"title": "喝茶"})

    for answer, purpose in ((now, "message"), (later, "message"), (reminder, "reminder")):
        assert (answer.status, answer.json["reason"]) == (400, "template.missing")
        assert answer.json["message"] == (
            f"channel: the app {place.app.name} has no template for the purpose {purpose}: map the "
            "purpose to one of the account's templates in the app's templates, or use the channel auto"
        )
    assert changed.json == reminder.json
    assert (named.status, renamed.status) == (200, 200)
    assert len(await place.deliveries()) == 1
