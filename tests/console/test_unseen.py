"""A text with characters that turn it around is shown with their names, and goes back as it was."""

from tests.console.visitor import Browser
from tests.house import Caller, WeChat
from tests.web.tenants import opened_shop, send
from wechat_scheduler.web.console.plain_text import plainly

TURNED = "pay\u202e001"


def test_what_a_form_sends_back_and_where_a_link_leads_stay_as_they_are() -> None:
    page = (
        '<input value="{0}"><a href="/{0}" title="{0}">{0}</a><textarea id="a">\n{0}</textarea>{0}'
    )

    shown = plainly(page.format(TURNED))

    marked = "pay[U+202E]001"
    kept = (
        '<input value="{0}"><a href="/{0}" title="{1}">{1}</a><textarea id="a">\n{0}</textarea>{1}'
    )
    assert shown == kept.format(TURNED, marked)
    assert plainly(page.format("👨‍👩‍👧")) == page.format("👨‍👩‍👧")


async def test_no_page_reads_backwards(admin: Browser, keeper: Caller, weixin: WeChat) -> None:
    shop = await opened_shop(keeper, weixin, "alice")
    path = f"/v1/apps/{shop['id']}/subscribers/alice"
    await keeper.call("PATCH", path, body={"nickname": TURNED})
    await send(keeper, shop, "alice", title=TURNED, text=TURNED)

    listed = await admin.open("/console/messages")
    people = await admin.open(f"/console/apps/{shop['id']}/subscribers")
    form = await admin.open("/console/messages/write")
    typed = {"app": str(shop["id"]), "to": "alice", "text": TURNED}
    seen = await admin.submit(form, "/console/messages/write", **typed)
    await admin.submit(seen, "/console/messages/write/send")

    assert all("pay[U+202E]001" in page.text for page in (listed, people, seen))
    assert [page.url.path for page in (listed, people) if "\u202e" in page.html] == []
    assert "The message holds U+202E" in seen.text
    newest = (await keeper.call("GET", "/v1/messages")).result[0]
    sent = (await keeper.call("GET", f"/v1/messages/{newest['id']}")).result
    assert sent["text"] == TURNED
