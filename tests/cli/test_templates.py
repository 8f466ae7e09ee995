"""`apps templates`, with a daemon that is running."""

import json
from pathlib import Path

import structlog

from tests.cli.test_jobs import command
from tests.clock import FakeClock
from tests.house import daemon, wechat
from tests.web.tenants import made_app
from wechat_scheduler.sandbox.templates import SandboxTemplate

PARCEL = SandboxTemplate(
    template_id="T1",
    title="快递 到达",
    content="{{thing1.DATA}}{{phrase2.DATA}}",
    values={"phrase2": ["有", "无"]},
    is_notice=True,
)
MAPPED = {"parcel": {"template_id": "T1", "fields": {"thing9": "{title}"}}}


async def test_templates_are_imported_and_what_does_not_fit_is_said(tmp_path: Path) -> None:
    clock = FakeClock()
    with structlog.testing.capture_logs():  # else they are part of the output
        async with wechat(clock) as real, daemon(tmp_path, real.url, clock=clock) as caller:
            real.sandbox.put_template(PARCEL)
            await caller.register({"type": 0})
            await caller.settle()
            app = str((await made_app(caller, templates=MAPPED))["id"])

            imported = await command("apps", "templates", "import", app, state=tmp_path)
            listed = await command("apps", "templates", "list", app, "--json", state=tmp_path)

    assert [line.split() for line in imported.out.splitlines()] == [
        ["TEMPLATE", "CHANNEL", "KEYWORDS", "TITLE"],
        ["T1", "subscribe", "thing1,phrase2(有/无)", "快递", "到达"],
    ]
    assert imported.err.startswith(
        "templates.parcel.fields.thing9: is not a keyword of the template"
    )
    assert json.loads(listed.out)["templates"][0]["keywords"] == {
        "thing1": [],
        "phrase2": ["有", "无"],
    }


async def test_an_account_without_templates_is_said_to_have_none(tmp_path: Path) -> None:
    clock = FakeClock()
    with structlog.testing.capture_logs():
        async with wechat(clock) as real, daemon(tmp_path, real.url, clock=clock) as caller:
            await caller.register({"type": 0})
            await caller.settle()
            app = str((await made_app(caller))["id"])

            imported = await command("apps", "templates", "import", app, state=tmp_path)

    assert imported.code == 0
    assert imported.err == "no templates: add some to the account at WeChat, and import them\n"
