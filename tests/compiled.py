"""Compiles what each worker of the tests imports, before they start: else each compiles all of it."""

import compileall
import fnmatch
import gzip
import json
import os
import sys
from pathlib import Path

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
        return
    compiled = get_cache_dir(file) / (file.name.removesuffix(".py") + PYC_TAIL)
    if compiled.exists() and compiled.stat().st_mtime >= file.stat().st_mtime:
        return
    compiled.parent.mkdir(exist_ok=True)
    origin, code = _rewrite_test(file, config)
    _write_pyc(config.stash[assertstate_key], code, origin, compiled)


def tell_characters() -> None:
    """Tell hypothesis what UTF-8 can encode: all but the surrogates. It would encode each of a million characters
    to find that out, in each worker of a fresh checkout. The file is its own, and may have another name one day."""
    try:
        from hypothesis.internal.charmap import charmap_file
    except ImportError:
        return
    file = charmap_file("codec-v2-utf-8")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        known = [[[0, 0xD7FF], [0xE000, sys.maxunicode]], []]
        written = file.with_suffix(f".{os.getpid()}")
        written.write_bytes(gzip.compress(json.dumps(known).encode()))
        written.rename(file)
