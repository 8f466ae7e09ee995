"""`docs/limits.md` names every bound of the daemon, with its value."""

import ast
import importlib
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import msgspec

from tests.documents import PACKAGE, ROOT, parsed
from wechat_scheduler.config import notation
from wechat_scheduler.config.settings import SETTINGS

PAGE, CHINESE = ROOT / "docs" / "limits.md", ROOT / "docs" / "limits.zh-CN.md"
ROW = re.compile(r"^\| (`[^|]*`) \| ([^|]*) \| [^|]+ \| [^|]+ \|$")

# Programs beside the daemon, and files whose numbers are shapes, codes and calendars.
ELSEWHERE = (
    "agent/", "cli/", "client/", "demo/", "doctor/", "reminders/language/", "reminders/recurrence/calendar.py",
    "reminders/recurrence/lunar.py", "sandbox/", "storage/access/link_secrets.py", "storage/sealing.py",
    "storage/sealing_keys.py", "upkeep/", "web/pages/poster_layout.py", "web/pages/qr.py",
    "wechat/decoding.py", "wechat/errcodes.py", "wechat/sending_errcodes.py",
)  # fmt: skip
# Units, ids, codes, sizes of random texts, and what only compares.
NO_BOUNDS = """
    access/links.py PROOF
    credentials/census.py DEAD_DAY
    credentials/policy.py DAY
    credentials/policy.py LEAST_SLACK
    credentials/refresher.py WHOLE_SECOND
    credentials/stopgap.py LEAP
    daemon/systemd.py FIRST_DESCRIPTOR
    delivery/sending_app.py ACCOUNT
    engine/places.py BEHIND
    engine/places.py NEIGHBOURS
    engine/places.py PLACES
    mail/carrier.py FOR_GOOD
    metrics/counters.py BUCKETS
    reminders/overview.py NUMBER
    storage/audience/aliases.py SIZES
    storage/lost_commits.py VERSIONS_AHEAD
    storage/checks.py LATEST
    storage/sqlite/files.py FRAME_HEADER
    storage/sqlite/files.py LARGEST_PAGE
    storage/sqlite/files.py LOG_HEADER
    storage/audience/joined.py NAMED
    storage/access/keys.py ENDED
    storage/access/keys.py ENDING
    storage/credentials/notifications.py NO_APP
    web/console/credentials/register.py LENGTH
    storage/reminders/reminders.py ALWAYS
    storage/reminders/reminders.py NEVER
    storage/rows.py MICROSECOND
    web/compat/replies.py BUSY
    web/compat/tencent/slots.py LEAST_TYPE
    web/compat/wecron/fields.py MINUTE
    web/compat/wecron/fields.py SECOND
    web/compat/wecron/shown.py MINUTE
    web/compat/wxpusher/users.py APP_TYPE
    web/compat/wxpusher/users.py TOPIC_TYPE
    web/console/people/codes.py LARGE
    web/kit/ids.py LARGEST_ID
    web/kit/memo.py DATE_LENGTH
    web/native/openapi.py GUARDED
    web/native/statistics.py HOURS
    web/native/reminders/bodies.py MINUTE
    web/native/reminders/bodies.py SECOND
    web/native/reminders/sentences.py NEXT
    web/pages/reminder_forms.py SOON
    web/tunnels.py PORT
    web/pages/responses.py GONE
    wechat/answers.py GATEWAY_TIMEOUT
    wechat/answers.py SHORTEST_SECRET
    wechat/dates.py WHOLE
"""
NO_LIMITS = ("server.port", "compat.wecron_created", "gateway.connect_port")


def test_every_bound_of_the_code_has_a_row() -> None:
    named = {name for name, _ in _rows(PAGE) if name not in SETTINGS}
    known = {" ".join(line.split()) for line in NO_BOUNDS.strip().splitlines()}

    assert sorted(set(_constants()) - named - known) == []
    assert sorted((named | known) - set(_constants())) == []
    assert sorted(named & known) == []


def test_every_setting_that_bounds_something_has_a_row() -> None:
    bounds = {
        path
        for path, setting in SETTINGS.items()
        if isinstance(setting.default, int | float | timedelta)
        and not isinstance(setting.default, bool)
    }

    named = {name for name, _ in _rows(PAGE) if name in SETTINGS}
    assert named == bounds - set(NO_LIMITS)


def test_each_row_gives_the_value_that_is_in_force() -> None:
    values = {
        **{name: _shown(value) for name, value in _constants().items()},
        **{
            path: setting.notation.show(setting.default)
            for path, setting in SETTINGS.items()
            if setting.default is not msgspec.NODEFAULT
        },
    }

    for page in (PAGE, CHINESE):
        for names, shown in _cells(page):
            assert shown == ", ".join(values[name] for name in names), names


def test_both_pages_have_the_same_rows() -> None:
    assert list(_rows(PAGE)) == list(_rows(CHINESE))


def _rows(page: Path) -> Iterator[tuple[str, str]]:
    """Each name on a row, and the default of that row."""
    for names, shown in _cells(page):
        yield from ((name, shown) for name in names)


def _cells(page: Path) -> Iterator[tuple[list[str], str]]:
    for line in page.read_text("utf-8").splitlines():
        if found := ROW.match(line):
            path, *names = re.findall(r"`([^`]+)`", found[1])
            yield [f"{path} {name}" for name in names] or [path], found[2]


@cache
def _constants() -> dict[str, object]:
    """The public constants of modules that are numbers, durations, or tuples of these."""
    found: dict[str, object] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        file = path.relative_to(PACKAGE).as_posix()
        names = list(_assigned(path))
        if names and not file.startswith(ELSEWHERE):
            module = importlib.import_module(f"{PACKAGE.name}.{file[:-3].replace('/', '.')}")
            values = {name: getattr(module, name) for name in names}
            found |= {f"{file} {name}": value for name, value in values.items() if _bounds(value)}
    return found


def _assigned(path: Path) -> Iterator[str]:
    for node in parsed(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        for target in targets:
            for name in ast.walk(target):
                if isinstance(name, ast.Name) and re.fullmatch(r"[A-Z][A-Z0-9_]*", name.id):
                    yield name.id


def _bounds(value: object) -> bool:
    if isinstance(value, tuple):
        return bool(value) and all(map(_bounds, value))
    return type(value) in (int, float, timedelta)


def _shown(value: object) -> str:
    match value:
        case tuple():
            return ", ".join(map(_shown, value))
        case timedelta():
            return notation.DURATION.show(value)
        case int():
            return f"{value:,}"
        case _:
            return str(value)
