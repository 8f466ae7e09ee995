"""Shows how a target of alerts is added: the lines to write for each form, with what is known filled in."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from wechat_scheduler.config.alert_targets import AlertForm
from wechat_scheduler.web.console.alerts.wording import KINDS
from wechat_scheduler.web.console.app_choice import apps_of
from wechat_scheduler.web.console.links import link
from wechat_scheduler.web.console.parts import joined, with_code
from wechat_scheduler.web.console.visit import Visit
from wechat_scheduler.web.console.words import Phrase, Words
from wechat_scheduler.web.native.sending.app_bodies import AppResult
from wechat_scheduler.web.pages.markup import Html, fill

W = Words

# Where our unit reads its configuration, and files beside it.
FOLDER: Final = "/etc/wechat-scheduler"
ADD = W("Add one", "添加一个")
SECRET_FILE = W(
    "Put it into a file that the daemon can read: run each command below, paste, then press Enter and Ctrl-D. A daemon without the unit has no group {group}: leave out `-g {group}`, run it as the user of the daemon, and take any folder.",
    "把它写进守护进程能读的文件：逐条执行下面的命令，粘贴，再按 Enter 和 Ctrl-D。没有使用单元的守护进程没有 {group} 这个组：去掉 `-g {group}`，用运行守护进程的用户执行，目录可以任选。",
).filled(group="wechat-scheduler")
LINES = W(
    "Write these lines at the end of the configuration file, which is {file} with the unit of this program. A daemon that was started without one has none: write them to a new file, and start it again with `wechat-scheduler serve --config FILE`:",
    "把这几行写到配置文件末尾；使用本程序的 systemd 单元时，配置文件是 {file}。没有用配置文件启动的守护进程：把它们写进一个新文件，再用 `wechat-scheduler serve --config 文件` 重新启动：",
).filled(file=f"`{FOLDER}/config.toml`")
RELOAD = W(
    "Have it read again: `systemctl reload wechat-scheduler`, or SIGHUP to a daemon without the unit. A mistake changes nothing and is "
    "named. Then the list above has it, with a button that sends a test.",
    "让守护进程重新读取：`systemctl reload wechat-scheduler`；没有使用单元时向它发送 SIGHUP。写错时什么也不会改变，并会指出错在哪里。"
    "之后上面的列表里有它，以及发送测试的按钮。",
)
APPS = W("The apps: {apps}.", "应用：{apps}。")
PEOPLE = W("Find the uid of a person in the list of subscribers", "在订阅者列表里查看 uid")
NO_APP = W("Make an app first", "请先创建一个应用")
# In the place of an app while there is none.
NO_ID: Final = "ID"
# Of very many apps those that are named.
MOST_APPS: Final = 10


class _Form(NamedTuple):
    """Where one finds what the form needs, its lines, and which of its fields are in files."""

    where: Words
    lines: tuple[str, ...]
    files: tuple[str, ...] = ()


_FORMS: Final[Mapping[AlertForm, _Form]] = {
    AlertForm.WECOM: _Form(
        W(
            "In the group: its settings, the robots of the group (群机器人), add one, and copy its Webhook address.",
            "在群里：群设置 → 群机器人 → 添加，复制它的 Webhook 地址。",
        ),
        (),
        ("url",),
    ),
    AlertForm.DINGTALK: _Form(
        W(
            "In the group: its settings, robots (机器人), add a custom one (自定义). As its security choose 加签, and copy the address "
            "and the secret; with the key word wechat-scheduler instead, leave out the line of the secret.",
            "在群里：群设置 → 机器人 → 添加“自定义”机器人。安全设置选“加签”，复制 Webhook 地址和密钥；"
            "如果改用自定义关键词 wechat-scheduler，去掉密钥那一行。",
        ),
        (),
        ("url", "secret"),
    ),
    AlertForm.FEISHU: _Form(
        W(
            "In the group: its settings, robots of the group (群机器人), add a custom one (自定义机器人). Copy its address, and the secret of "
            "签名校验 if you choose that; else leave out the line of the secret.",
            "在群里：设置 → 群机器人 → 添加“自定义机器人”。复制 Webhook 地址；如果打开“签名校验”，再复制密钥，否则去掉密钥那一行。",
        ),
        (),
        ("url", "secret"),
    ),
    AlertForm.EMAIL: _Form(
        W(
            "The server of your mailbox, and a password for programs (授权码), which the settings of the mailbox give.",
            "邮箱的发信服务器，以及邮箱设置里给客户端用的授权码。",
        ),
        (
            'server = "smtps://smtp.example.com:465"',
            'user = "wechat@example.com"',
            'from = "wechat@example.com"',
            'to = ["ops@example.com"]',
        ),
        ("password",),
    ),
    AlertForm.FOLLOWER: _Form(
        W(
            "A subscriber of one of the apps here, by the uid or by the app's own name.",
            "这里某个应用的订阅者，填 uid，或应用自己的用户名。",
        ),
        ('app = "{app}"', 'to = "{to}"'),
    ),
    AlertForm.WEBHOOK: _Form(
        W(
            "An address of your own system, which takes JSON.",
            "你自己的系统的地址，它接收 JSON。",
        ),
        (),
        ("url",),
    ),
}


async def adding(visit: Visit, names: Collection[str]) -> Html:
    """An entry for each form. `names` are taken."""
    apps = await apps_of(visit)
    made = [_entry(visit, form, names, apps) for form in _FORMS]
    return fill("<h3>{add}</h3>{made}", add=visit.say(ADD), made=made)


def _entry(
    visit: Visit, form: AlertForm, names: Collection[str], apps: Mapping[int, AppResult]
) -> Html:
    known, name = _FORMS[form], _free(form.value, names)
    return fill(
        '<details><summary>{form}</summary><p>{where}</p>{apps}{files}<p>{lines}</p><pre tabindex="0">{text}</pre>'
        "<p>{reload}</p></details>",
        form=visit.say(KINDS[form]),
        where=visit.say(known.where),
        apps=_apps(visit, apps) if form is AlertForm.FOLLOWER else "",
        files=_files(visit, name, known),
        lines=with_code(visit.say(LINES)),
        text="\n".join(_toml(form, name, known, apps)),
        reload=with_code(visit.say(RELOAD)),
    )


def _free(name: str, names: Collection[str]) -> str:
    """The name, with a number if another target has it."""
    tries = (name, *(f"{name}-{number}" for number in range(2, len(names) + 3)))
    return next(one for one in tries if one not in names)


def _files(visit: Visit, name: str, known: _Form) -> Html:
    if not known.files:
        return Html()
    commands = "\n".join(
        f"install -m 640 -g wechat-scheduler /dev/stdin {_file(name, field)}"
        for field in known.files
    )
    return fill(
        '<p>{words}</p><pre tabindex="0">{commands}</pre>',
        words=with_code(visit.say(SECRET_FILE)),
        commands=commands,
    )


def _file(name: str, field: str) -> str:
    return f"{FOLDER}/alerts-{name}.{field}"


def _toml(form: AlertForm, name: str, known: _Form, apps: Mapping[int, AppResult]) -> Iterator[str]:
    yield "[[alerts.targets]]"
    yield f'name = "{name}"'
    yield f'kind = "{form.value}"'
    for line in known.lines:
        yield line.format(app=next(iter(apps), NO_ID), to="uid")
    for field in known.files:
        yield f'{field}_file = "{_file(name, field)}"'


def _apps(visit: Visit, apps: Mapping[int, AppResult]) -> Html:
    if not apps:
        return fill("<p>{link}</p>", link=link("/console/people", visit.say(NO_APP)))
    some: list[tuple[int, Phrase]] = [(app.id, app.name) for app in [*apps.values()][:MOST_APPS]]
    told = visit.listed(f"{number} {name}" for number, name in some)
    first = some[0][0]
    return joined(
        [
            fill("<p>{told}</p>", told=visit.say(APPS, apps=told)),
            fill(
                "<p>{link}</p>",
                link=link(f"/console/apps/{first}/subscribers", visit.say(PEOPLE)),
            ),
        ]
    )
