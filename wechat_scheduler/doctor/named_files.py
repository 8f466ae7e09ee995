"""Looks at the files and folders that the configuration names."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from wechat_scheduler.config.loading import Loaded, SettingOrigin
from wechat_scheduler.config.settings import Config
from wechat_scheduler.errors import SealingError

# How a file of fonts begins: TrueType (two ways), OpenType, a collection.
FONTS = (b"\x00\x01\x00\x00", b"true", b"OTTO", b"ttcf")


class NamedFiles(NamedTuple):
    """`wrong` are sentences about what a daemon could not use; `unseen` are about what this user may
    not look at."""

    wrong: list[str]
    unseen: list[str]


def named_files(loaded: Loaded) -> NamedFiles:
    found = NamedFiles([], [])
    for path, look in _LOOKS.items():
        (setting,) = (one for one in loaded.origins if one.path == path)
        try:
            found.wrong.extend(f"{_where(setting)}: {said}" for said in look(loaded.config))
        except OSError as error:
            said = (error.strerror or "").lower()
            found.unseen.append(
                f"{_where(setting)}: {error.filename}: {said}, so it is not checked"
            )
    return found


def _where(setting: SettingOrigin) -> str:
    """The beginning of a sentence, as those about values have it."""
    kind, _, name = setting.origin.partition(" ")
    if kind == "file":
        return f"{name}: {setting.path}"
    return setting.origin if kind in ("flag", "environment") else setting.path


def _folder(config: Config) -> Iterator[str]:
    folder = config.state.dir
    if _is(Path.is_dir, folder) is False:
        yield f"{folder} is a file: name a folder"


def _database(config: Config) -> Iterator[str]:
    url = config.state.database
    if not url.startswith("sqlite:"):
        return
    file = Path(url.removeprefix("sqlite://"))
    if _is(Path.is_file, file) is False:
        yield f"{file} is a folder: name a file in it"
    elif file.parent != config.state.dir and _is(Path.is_dir, file.parent) is not True:
        yield f"{file.parent} is not a folder: create it"


def _sealing_key(config: Config) -> Iterator[str]:
    file = config.state.sealing_key_file
    if _is(Path.is_file, file) is None:
        if file.parent != config.state.dir and _is(Path.is_dir, file.parent) is not True:
            yield f"{file.parent} is not a folder: create it"
        return
    with file.open("rb"):
        pass  # raises if this user may not
    # It takes long to import, and is needed only if there is a key.
    from wechat_scheduler.storage.sealing_keys import load_or_create_keys

    try:
        load_or_create_keys(file, create=False)
    except SealingError as error:
        yield str(error)


def _font(config: Config) -> Iterator[str]:
    file = config.reminders.font
    if file is None:
        return
    if _is(Path.is_file, file) is not True:
        yield f"{file} does not exist"
        return
    with file.open("rb") as font:
        if font.read(4) not in FONTS:
            yield f"{file} is not a font: name a .ttf, .otf or .ttc"


def _is(kind: Callable[[Path], bool], path: Path) -> bool | None:
    """Whether what is there is of that kind; None if nothing is. Raises PermissionError."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return kind(path)


_LOOKS: dict[str, Callable[[Config], Iterator[str]]] = {
    "state.dir": _folder,
    "state.database": _database,
    "state.sealing_key_file": _sealing_key,
    "reminders.font": _font,
}
