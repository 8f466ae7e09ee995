"""The pages of people: apps, their subscribers, topics, codes and templates."""

from datetime import datetime, timedelta
from pathlib import Path

from tests.access.doors import make
from tests.clock import FakeClock
from tests.console.visitor import Browser, Page, browser
from tests.house import APPID, Caller, WeChat, daemon, in_memory
from tests.web.tenants import bound, made_app, opened_shop
from wechat_scheduler.audience.model import AccountTemplate
from wechat_scheduler.sandbox.templates import SandboxTemplate
from wechat_scheduler.web.console.people.codes import LARGE
from wechat_scheduler.web.pages.qr import qr_data

OTHER = "wx5555555555555555"
PARCEL = SandboxTemplate(
    template_id="AT0001-parcels", title="快递", content="单号:{{thing1.DATA}}\n说明:{{thing2.DATA}}"
)


async def test_an_app_is_made_its_tokens_shown_once_and_its_page_opened(
    admin: Browser, keeper: Caller
) -> None:
    page = await admin.open("/console/people")
    assert "Make the first one" in page.text
    form = await admin.open("/console/people/make")

    asked = await admin.submit(form, "/console/people/make", name="Shop", appid=APPID)
    made = await admin.submit(asked, button="Yes, do it")
    again = await admin.submit(asked, button="Yes, do it")
    listed = (await admin.open("/console/people?search=sho")).table("Apps")

    assert f"The account {APPID} has no credential here" in asked.text
    assert asked.root.one("a", href=f"/console/credentials/register?appid={APPID}")
    secrets = [one.text for one in made.root.find("code", class_="secret")]
    assert [secret.partition("_")[0] for secret in (secrets[0], secrets[2])] == ["AT", "whsec"]
    assert f"The account {APPID} has no credential here" in made.text
    assert secrets == [one.text for one in again.root.find("code", class_="secret")]
    assert [row["Name"] for row in listed] == ["Shop"]
    app = await admin.open(f"/console/apps/{listed[0]['Id']}")
    assert app.title == "Shop · App"
    assert f"The account {APPID} has no credential here" in app.text
    form = await admin.open(f"/console/credentials/register?appid={APPID}")
    assert app.root.one("a", href=str(form.url.relative()))
    assert form.root.one(id="field-appid")["value"] == APPID
    await keeper.register({"type": 0})
    assert "nothing can be sent" not in (await admin.open(str(app.url.path))).text
    assert not app.root.find("code", class_="secret")


async def test_what_is_wrong_with_an_app_stands_at_its_field_with_what_was_typed(
    admin: Browser,
) -> None:
    form = await admin.open("/console/people/make")

    page = await admin.submit(form, "/console/people/make", name="Shop", appid="no spaces")

    assert page.status == 400
    assert "Must be letters, digits" in page.root.one(id="error-appid").text
    assert page.root.one(id="field-name")["value"] == "Shop"


async def test_a_callback_is_removed_where_there_is_one(admin: Browser, keeper: Caller) -> None:
    one = await made_app(keeper, "one", callback="https://shop.example.com/hook")
    bare = await made_app(keeper, "bare")

    pages = [await admin.open(f"/console/apps/{app['id']}/settings") for app in (one, bare)]

    assert [len(page.root.find("input", name="no_callback")) for page in pages] == [1, 0]


async def test_an_app_is_changed_gets_a_new_token_and_is_removed(
    admin: Browser, keeper: Caller
) -> None:
    made = await made_app(keeper, callback="https://shop.example.com/hook?secret=1")
    url = f"/console/apps/{made['id']}"

    form = await admin.open(f"{url}/settings")
    saved = await admin.submit(
        form, f"{url}/settings", name="Store", networks="10.0.0.0/8\r\n::1/128", per_minute="60"
    )
    wrong = await admin.submit(
        await admin.open(f"{url}/settings"), f"{url}/settings", headers={"Accept-Language": "zh"},
        zone="Mars/Olympus", per_minute="x", recipient_per_minute="-",
    )  # fmt: skip
    tokens = [await admin.submit(saved, f"{url}/token") for _ in range(2)]
    app = (await keeper.call("GET", f"/v1/apps/{made['id']}")).result
    gone = await admin.submit(saved, f"{url}/remove")

    assert "The settings are saved." in saved.text
    assert (app["name"], app["per_minute"]) == ("Store", 60)
    assert app["networks"] == ["10.0.0.0/8", "::1/128"]
    assert app["callback"] == "https://shop.example.com/hook"
    assert [one.text for one in wrong.root.find("p", class_="error")] == [
        "不是时区，例如 Asia/Shanghai。", "必须是 1 到 1,000,000 条，0 表示不限。", "必须是 1 到 1,000,000 条，0 表示不限。",
    ]  # fmt: skip
    (token,) = {page.root.one("code", class_="secret").text for page in tokens}
    assert token.startswith("AT_")
    assert (gone.title, "The app is removed." in gone.text) == ("People", True)
    assert (await keeper.call("GET", "/v1/apps")).result == []


async def test_subscribers_are_found_bound_changed_blocked_and_removed(
    admin: Browser, keeper: Caller
) -> None:
    app = await made_app(keeper)
    url = f"/console/apps/{app['id']}/subscribers"
    empty = await admin.open(url)

    bound_one = await admin.submit(empty, button="Bind a user", external_id="amy", openid="o_amy")
    found = (await admin.open(f"{url}?name=o_amy")).table("Subscribers")
    none = await admin.open(f"{url}?name=nobody")
    assert found[0]["User"].startswith("amy UID_")
    assert found[0]["State"] == "Bound, not heard of yet"
    person = await admin.open(f"{url}/amy")
    assert person.title.endswith(" · User amy")
    uid = person.facts()["uid"]
    changed = await admin.submit(person, button="Save", nickname="Amy", quiet="22:00-07:30")
    wrong = await admin.submit(changed, button="Save", quiet="late")
    tokens = [
        {
            (await admin.submit(person, button=button)).root.one("code", class_="secret").text
            for _ in range(2)
        }
        for button in (
            "Make the user's token, for programs that manage their reminders",
            "Make an SPT, with which programs write to this user",
        )
    ]
    blocked = await admin.submit(changed, button="Block the user")
    removed = await admin.submit(blocked, button="Remove from the app")

    assert f"#{app['id']}" in empty.text
    assert "The user is bound." in bound_one.text
    assert [row["openid"] for row in found] == ["o_amy"]
    assert "No user fits." in none.text
    assert (changed.facts()["Nickname"], changed.facts()["Quiet hours"]) == ("Amy", "22:00-07:30")
    assert changed.facts()["The apps' own names"] == "amy"
    assert "22:00-07:30" in wrong.root.one(id="error-quiet").text
    assert [len(of_one_form) for of_one_form in tokens] == [1, 1]
    assert blocked.facts()["State"] == "Blocked by the app"
    assert "removed from the app" in removed.text
    assert "The user left the app" in (await admin.open(f"{url}/{uid}")).text


async def test_a_name_of_another_user_moves_only_after_a_question_that_says_whose_it_is(
    admin: Browser, keeper: Caller
) -> None:
    app = await made_app(keeper)
    before = await bound(keeper, app, "amy")
    form = await admin.open(f"/console/apps/{app['id']}/subscribers")

    asked = await admin.submit(form, button="Bind a user", external_id="amy", openid="o_new")
    kept = await admin.open(f"/console/apps/{app['id']}/subscribers/amy")
    moved = await admin.submit(asked, button="Yes, do it")
    new = await admin.open(f"/console/apps/{app['id']}/subscribers/amy")

    assert asked.title == "Are you sure?"
    assert f"amy is the name of another user now: {before['amy']} (o_amy)." in asked.text
    assert kept.facts()["openid"] == "o_amy"
    assert "The user is bound." in moved.text
    assert new.facts()["openid"] == "o_new"


async def test_the_template_of_a_purpose_is_replaced_only_after_a_question(
    admin: Browser, keeper: Caller
) -> None:
    app = await made_app(keeper, templates={"message": {"template_id": "T1", "fields": {"a": "x"}}})
    url = f"/console/apps/{app['id']}/templates/map"

    async def kept() -> str:
        found = (await keeper.call("GET", f"/v1/apps/{app['id']}")).result["templates"]
        return str(found["message"]["template_id"])

    opened = await admin.open(f"{url}?purpose=message")
    changed = await admin.submit(opened, url, template_id="T2")
    new = await admin.open(url)
    asked = await admin.submit(new, url, purpose="message", template_id="T3", more="a: x")
    before = await kept()
    await admin.submit(asked, button="Yes, do it")

    assert "The template is saved." in changed.text
    assert "“message” has the template T2 now. Use T3 for it in its place?" in asked.text
    assert (before, await kept()) == ("T2", "T3")


async def test_a_list_goes_on_by_its_link_with_its_filters(admin: Browser, keeper: Caller) -> None:
    app = await made_app(keeper)
    await bound(keeper, app, *(f"n{number}" for number in range(101)))

    first = await admin.open(f"/console/apps/{app['id']}/subscribers?blocked=false")
    (onward,) = first.root.one("nav", class_="pager").find("a")
    second = await admin.open(onward["href"])

    assert len(first.table("Subscribers")) == 100
    assert len(second.table("Subscribers")) == 1
    assert second.root.one(id="field-blocked").one("option", selected="")["value"] == "false"


async def test_users_of_all_accounts_lead_to_their_apps(admin: Browser, keeper: Caller) -> None:
    shop, game = await made_app(keeper), await made_app(keeper, "game", appid=OTHER)
    uids = await bound(keeper, shop, "amy")
    await bound(keeper, game, "amy")

    page = await admin.open("/console/people/users?called=o_amy")

    rows = page.table("Users of the accounts")
    (binding,) = [one for one in page.root.find("a") if one.text == "How users are bound"]
    reference = await admin.open(binding["href"])

    assert reference.status == 200
    assert [(row["Account (appid)"], row["Apps"]) for row in rows] == [
        (APPID, "shop"),
        (OTHER, "game"),
    ]
    assert f"/console/apps/{shop['id']}/subscribers/{uids['amy']}" in page.html


async def test_a_user_is_found_by_nickname_and_the_list_leads_to_those_of_topics(
    admin: Browser, keeper: Caller
) -> None:
    app = await made_app(keeper)
    base = f"/v1/apps/{app['id']}"
    topic = (await keeper.call("POST", f"{base}/topics", body={"name": "news"})).result["id"]
    await bound(keeper, app, "c-17", "c-18")
    await keeper.call("PATCH", f"{base}/subscribers/c-17", body={"nickname": "小红"})
    url = f"/console/apps/{app['id']}/subscribers"

    of_app = await admin.open(f"{url}?name=小红")
    of_topic = await admin.open(f"{url}?topic={topic}")
    of_all = await admin.open("/console/people/users?called=小")

    assert [row["openid"] for row in of_app.table("Subscribers")] == ["o_c-17"]
    assert "Those who joined by a topic's code are listed with the topic: news" in of_app.text
    assert f"{url}?topic={topic}" in {one["href"] for one in of_app.root.find("a")}
    assert "joined by a topic's code" not in of_topic.text
    (row,) = of_all.table("Users of the accounts")
    assert row["User"] == "小红 c-17o_c-17"


async def test_topics_are_made_and_removed(admin: Browser, keeper: Caller) -> None:
    app = await made_app(keeper)
    url = f"/console/apps/{app['id']}/topics"

    made = await admin.submit(
        await admin.open(url), url, button="Make a topic", name="news", description="daily"
    )
    (row,) = made.table("Topics")
    asked = await admin.submit(await admin.open(url), url, button="Make a topic", name="news")
    twice = await admin.submit(asked, button="Yes, do it")
    second = next(one["Id"] for one in twice.table("Topics") if one["Id"] != row["Id"])
    written = await admin.open(f"/console/reminders/write?app={app['id']}")
    await admin.submit(twice, f"{url}/{second}/remove")
    gone = await admin.submit(await admin.open(url), f"{url}/{row['Id']}/remove")

    assert row["Name"].split() == ["news", "daily"]
    assert f"The app has a topic “news” already ({row['Id']})." in asked.text
    assert all(f"news ({one})" in written.text for one in (row["Id"], second))
    assert "The topic is removed." in gone.text
    assert "No topics yet." in gone.text


async def test_a_topic_is_renamed_found_and_shown_with_its_subscribers(
    admin: Browser, keeper: Caller
) -> None:
    app = await made_app(keeper)
    path, url = f"/v1/apps/{app['id']}/topics", f"/console/apps/{app['id']}/topics"
    ids = [
        (await keeper.call("POST", path, body={"name": f"news {number}"})).result["id"]
        for number in range(101)
    ]
    first, last = (f"{url}/{one}" for one in (ids[0], ids[-1]))

    asked = await admin.open(first)
    refused = await admin.submit(asked, first, name=" ", description="daily")
    renamed = await admin.submit(refused, first, name="Letters")
    found = await admin.open(f"{url}?search=letter")
    page = await admin.open(url)
    second = await admin.open(
        str(next(one["href"] for one in page.root.find("a") if one.text == "Next page"))
    )
    none = await admin.open(f"{url}?search=parcels")
    codes = await admin.open(f"/console/apps/{app['id']}/codes?topic={ids[-1]}")

    assert refused.status == 400
    assert "Must be 1 to 64" in refused.root.one(id="error-name").text
    assert "The topic is changed." in renamed.text
    assert renamed.title.startswith("shop · Topic Letters")
    assert renamed.facts()["Description"] == "daily"
    assert [(one["Id"], one["Subscribers"]) for one in found.table("Topics")] == [
        (str(ids[0]), "0")
    ]
    assert (len(page.table("Topics")), len(second.table("Topics"))) == (100, 1)
    assert "No topic fits." in none.text
    assert "news 100" in (await admin.open(last)).title
    assert "news 100" in codes.text


async def test_a_user_is_answered_while_48_hours_last_and_the_page_says_until_when(
    admin: Browser, keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    app = await opened_shop(keeper, weixin, "alice", "bob")
    url = f"/console/apps/{app['id']}/subscribers"
    subscribers = keeper.daemon.ground.stores.subscribers
    await subscribers.follow(APPID, "o_alice", uid="", now=clock.now())

    page = await admin.open(f"{url}/alice")
    uid = page.facts()["uid"]
    empty = await admin.submit(page, f"{url}/{uid}/answer", text=" ")
    sent = await admin.submit(page, f"{url}/{uid}/answer", text="We close at six.")
    await keeper.call(
        "PATCH", f"/v1/apps/{app['id']}/subscribers/alice", body={"quiet": "00:00-23:59"}
    )
    quiet = await admin.open(f"{url}/alice")
    await admin.submit(quiet, f"{url}/{uid}/answer", text="We open.", urgent="on")
    unheard = await admin.open(f"{url}/bob")
    await subscribers.follow(APPID, "o_bob", uid="", now=clock.now() - timedelta(hours=49))
    over = await admin.open(f"{url}/bob")

    assert "What users write is not kept here" in page.text
    assert "WeChat takes texts to this user until 2026-11-20 10:30" in page.text
    assert empty.status == 400
    assert sent.url.path.startswith("/console/deliveries/")
    assert "It is stored." in sent.text
    assert sent.facts()["To"] == "alice (…_alice)"
    await keeper.settle()
    later, waits = (await keeper.call("GET", "/v1/deliveries")).result
    assert [(one["to"], one["way"]) for one in (later, waits)] == [(uid, "text"), (uid, "")]
    assert page.root.find("input", name="urgent") == []
    assert "It waits for the end of the user's quiet hours" in quiet.text
    assert "WeChat has told of no act of this user yet" in unheard.text
    assert "WeChat takes no text to this user now" in over.text


async def test_an_answer_that_the_user_no_longer_takes_is_shown_again(
    admin: Browser, keeper: Caller, weixin: WeChat, clock: FakeClock
) -> None:
    app = await opened_shop(keeper, weixin, "alice")
    url = f"/console/apps/{app['id']}/subscribers"
    subscribers = keeper.daemon.ground.stores.subscribers
    await subscribers.follow(APPID, "o_alice", uid="", now=clock.now())
    page = await admin.open(f"{url}/alice")
    uid = page.facts()["uid"]
    await keeper.call("DELETE", f"/v1/apps/{app['id']}/subscribers/alice")

    late = await admin.submit(page, f"{url}/{uid}/answer", text="We open at nine.")

    assert late.status == 422
    assert "This was not sent:We open at nine." in late.text
    assert "This was not sent" not in (await admin.open(f"{url}/{uid}")).text


async def test_pages_of_an_app_and_of_its_topics_lead_to_what_is_written_there(
    admin: Browser, keeper: Caller
) -> None:
    await made_app(keeper, "other")
    app = await made_app(keeper)
    path, url = f"/v1/apps/{app['id']}/topics", f"/console/apps/{app['id']}"
    topic = (await keeper.call("POST", path, body={"name": "news"})).result["id"]

    async def led(page: str, words: str) -> Page:
        leads = (await admin.open(page)).root.one("main").find("a")
        return await admin.open(next(one["href"] for one in leads if one.text == words))

    message = await led(url, "Write a message")
    reminder = await led(url, "Write a reminder")
    to_topic = await led(f"{url}/topics", "Write a message")
    reminding = await led(f"{url}/topics", "Write a reminder")

    chosen, users = [
        one["value"] for one in message.root.find("option") if "selected" in one.attributes
    ]
    assert (chosen, users) == (str(app["id"]), "")
    assert [
        one["value"] for one in reminder.root.find("option") if "selected" in one.attributes
    ] == [chosen, "auto"]
    assert "To all subscribers of the topic news" in to_topic.text
    ticked = [
        one["value"]
        for one in reminding.root.find("input", name="topics")
        if "checked" in one.attributes
    ]
    assert ticked == [str(topic)]


class Ticking(FakeClock):
    """A millisecond goes by whenever somebody asks for the time."""

    def now(self) -> datetime:
        self._now += timedelta(milliseconds=1)
        return self._now


async def test_a_code_is_shown_and_downloaded_as_png_and_svg(
    weixin: WeChat, tmp_path: Path
) -> None:
    async with (
        daemon(
            tmp_path, weixin.url, clock=Ticking(), opener=in_memory,
            server__public_url="https://wx.example.com",
        ) as keeper,
        browser(keeper) as admin,
    ):  # fmt: skip
        await admin.sign_in(keeper.daemon.admin_key, follow=False)
        await keeper.register({"type": 0})
        await keeper.settle()
        url = f"/console/apps/{(await made_app(keeper))['id']}/codes"
        form = await admin.open(url)

        made = await admin.submit(form, url, expires_in="3600", extra="poster-7")
        again = await admin.open(made.url.raw_path_qs)
        lasting = await admin.submit(form, url)
        refused = await admin.submit(form, url, reminder="no")

    picture = made.root.one("img", class_="qr")
    downloads = [one for one in made.root.find("a") if one["download"]]
    assert picture["src"].startswith("data:image/png;base64,")
    assert [one["href"].partition(",")[0] for one in downloads] == [
        "data:image/png;base64",
        "data:image/svg+xml;charset=utf-8",
    ]
    assert made.facts()["Content"].startswith("http")
    assert again.root.one("section", id="code").text == made.root.one("section", id="code").text
    assert again.root.one("input", name="extra")["value"] == "poster-7"
    assert len(lasting.root.find("img", class_="qr")) == 2
    for_print = [one for one in lasting.root.find("a") if one["download"].endswith("-print.png")]
    assert for_print[0]["href"] == qr_data(lasting.facts()["Page with the code"], size=LARGE)
    assert "No codes yet." in form.text
    assert [(row["For"], row["Extra"]) for row in made.table("Codes that were made")] == [
        ("The app itself", "poster-7")
    ]
    kept = lasting.table("Codes that were made")
    assert sorted(row["Extra"] for row in kept) == ["", "poster-7"]
    assert {row["It ends"] for row in kept} == {"never", "in 1 h"}
    assert {row["Created"] for row in kept} == {"just now"}
    assert "Times are Beijing time (UTC+8)" in lasting.text
    said = refused.root.one(id="error-reminder").text
    assert (refused.status, said) == (400, "Must be an id of 32 hexadecimal digits.")


async def test_templates_are_imported_mapped_previewed_and_removed(
    admin: Browser, keeper: Caller, weixin: WeChat
) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    weixin.sandbox.put_template(PARCEL)
    app = await made_app(keeper)
    url = f"/console/apps/{app['id']}/templates"

    known = await admin.submit(await admin.open(url), f"{url}/import")
    template_id = known.table("Templates of the account")[0]["Id"]
    form = await admin.open(f"{url}/map?template_id={template_id}")
    keywords = [one["name"] for one in form.root.find("input") if "keyword-" in one["name"]]
    filled = dict.fromkeys(keywords, "{title}")
    preview = await admin.submit(form, f"{url}/map", preview="on", purpose="pickup", **filled)
    wrong = await admin.submit(form, f"{url}/map", **dict.fromkeys(keywords, "{title"))
    lacking = await admin.submit(
        form, f"{url}/map", preview="on", more="thing1: {title}", **dict.fromkeys(keywords, "")
    )
    line = await admin.submit(form, f"{url}/map", more="thing1 {title}")
    both = {
        **filled,
        keywords[0]: "",
        "more": f"{keywords[0].removeprefix('keyword-')} = {{title}}",
    }
    saved = await admin.submit(form, f"{url}/map", purpose="pickup", **both)
    (row,) = saved.table("Templates of the app")
    gone = await admin.submit(saved, f"{url}/remove")

    assert "1 template is imported." in known.text
    labels = [one.text for one in form.root.find("label") if "keyword-" in one["for"]]
    assert [row["Keyword"] for row in preview.table("Preview")] == labels
    assert (await keeper.call("GET", f"/v1/apps/{app['id']}")).result["templates"] == {}
    assert (wrong.status, "one pair of braces" in wrong.text) == (400, True)
    assert known.table("Templates of the account")[0]["Keywords"] == "单号 thing1说明 thing2"
    assert labels == ["单号 thing1", "说明 thing2"]
    assert "Thing2 is needed too" not in lacking.root.one(id="error-keyword-thing2").text
    assert "needed too" in lacking.root.one(id="error-keyword-thing2").text
    assert "Needs a colon" in line.root.one(id="error-more").text
    assert "needed too" in line.root.one(id="error-keyword-thing1").text
    assert row["Texts of its keywords"] == "说明 thing2: {title}单号 thing1: {title}"
    assert (row["Purpose or alias"], row["Template"]) == ("pickup", f"快递{template_id}")
    assert "None yet." in gone.text


async def test_a_keyword_that_may_refuse_a_title_is_saved_only_after_a_question(
    admin: Browser, keeper: Caller
) -> None:
    app = await made_app(keeper)
    url = f"/console/apps/{app['id']}/templates/map"
    more = "character_string1: {title}"
    written = {"purpose": "message", "template_id": "T1", "more": more}

    shown = await admin.submit(await admin.open(url), url, preview="on", **written)
    asked = await admin.submit(await admin.open(url), url, **written)
    before = (await keeper.call("GET", f"/v1/apps/{app['id']}")).result["templates"]
    saved = await admin.submit(asked, button="Yes, do it")
    hinted = await admin.open(f"{url}?purpose=message")

    doubt = "character_string1 takes at most 32 letters, digits and signs, without Chinese"
    assert doubt in shown.text
    assert f"{doubt}: a message whose {{title}} is anything else is not sent" in asked.text
    assert before == {}
    assert "The template is saved." in saved.text
    hint = hinted.root.one(id="hint-keyword-character_string1").text
    assert hint == "WeChat takes at most 32 letters, digits and signs, without Chinese."


async def test_templates_without_labels_show_each_keyword_once_and_are_offered_for_import(
    admin: Browser, keeper: Caller, weixin: WeChat
) -> None:
    await keeper.register({"type": 0})
    await keeper.settle()
    weixin.sandbox.put_template(
        SandboxTemplate(template_id="plain-0001", title="T", content="thing2:{{thing2.DATA}}")
    )
    app = await made_app(keeper)
    url = f"/console/apps/{app['id']}/templates"
    old = AccountTemplate(template_id="plain-0001", title="T", keywords={"thing2": ()})
    await keeper.daemon.cores.audience.directory.keep_templates(APPID, [old])

    before = await admin.open(url)
    after = await admin.submit(before, f"{url}/import")
    form = await admin.open(f"{url}/map?template_id=plain-0001")

    assert "import again to see them" in before.text
    assert "import again to see them" not in after.text
    assert after.table("Templates of the account")[0]["Keywords"] == "thing2"
    assert [one.text for one in form.root.find("label") if "keyword-" in one["for"]] == ["thing2"]


async def test_a_key_with_limits_sees_its_own_and_is_offered_what_it_may(
    visitor: Browser, keeper: Caller
) -> None:
    mine = await made_app(keeper, "mine")
    other = await made_app(keeper, "other", appid=OTHER)
    key = await make(keeper, "push", appids=[APPID])
    await visitor.sign_in(key.text)

    for language, shown in (("en", "en"), ("zh", "zh-CN")):
        listed = await visitor.open("/console/people", Accept_Language=language)
        page = await visitor.open(f"/console/apps/{mine['id']}", Accept_Language=language)
        beyond = await visitor.open(f"/console/apps/{other['id']}", Accept_Language=language)

        assert "other" not in listed.text
        assert "/console/people/make" not in listed.html
        assert f"/console/apps/{mine['id']}/remove" not in page.html
        assert beyond.status == 404
        assert page.root.one("html")["lang"] == shown
