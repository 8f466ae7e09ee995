"""Compiles what each worker of the tests imports, before they start: else each compiles all of it. So it is with
what hypothesis looks for in each module."""

import compileall
import fnmatch
import os
import warnings
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest
from _pytest.assertion import assertstate_key
from _pytest.assertion.rewrite import PYC_TAIL, _rewrite_test, _write_pyc, get_cache_dir

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "wechat_scheduler"
REWRITTEN = ("conftest.py", "test_*.py")


def compile_all(config: pytest.Config) -> None:
    """In a process for each core, and only what changed."""
    parts = len(os.sched_getaffinity(0))
    files = sorted((*TESTS.rglob("*.py"), *PACKAGE.rglob("*.py")), key=_size)
    children = [_forked(files[part::parts], config) for part in range(parts)]
    for child in children:
        os.waitpid(child, 0)


def _size(file: Path) -> int:
    return file.stat().st_size


def _forked(files: list[Path], config: pytest.Config) -> int:
    """The number of a process that compiles the files. What it cannot compile, the workers name."""
    if child := os.fork():
        return child
    try:
        for file in files:
            _compile(file, config)
    finally:
        os._exit(0)


def _compile(file: Path, config: pytest.Config) -> None:
    if not any(fnmatch.fnmatch(file.name, pattern) for pattern in REWRITTEN):
        compileall.compile_file(file, quiet=2)
        if file.is_relative_to(PACKAGE):
            _find_constants(file)
        return
    compiled = get_cache_dir(file) / (file.name.removesuffix(".py") + PYC_TAIL)
    if compiled.exists() and compiled.stat().st_mtime >= file.stat().st_mtime:
        return
    compiled.parent.mkdir(exist_ok=True)
    origin, code = _rewrite_test(file, config)
    _write_pyc(config.stash[assertstate_key], code, origin, compiled)


def _find_constants(file: Path) -> None:
    """Has hypothesis remember the constants of a module, which it tries as examples: it reads every module that
    a worker has imported for them. The function is its own, and may be gone one day."""
    with suppress(ImportError), warnings.catch_warnings(action="ignore"):
        from hypothesis.internal.constants_ast import constants_from_module

        module = ModuleType(file.stem)
        module.__file__ = str(file)
        constants_from_module(module)
