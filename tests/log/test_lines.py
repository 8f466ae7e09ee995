"""Lines that wait for one another: none is lost, and they keep their order."""

import io
import json
import subprocess
import sys
import textwrap
from threading import Event, Thread

from wechat_scheduler.log.lines import MOST, LineQueue


class Slow(io.StringIO):
    """Takes a text once `gate` is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = Event()
        self.writes = 0

    def write(self, text: str) -> int:
        self.gate.wait()
        self.writes += 1
        return super().write(text)


def test_an_error_is_written_at_once_with_all_before_it() -> None:
    stream = io.StringIO()
    lines = LineQueue(stream)
    for number in range(100):
        lines.info(str(number))

    lines.error("error")

    assert stream.getvalue().split() == [*map(str, range(100)), "error"]


def test_lines_that_wait_are_written_together() -> None:
    stream = Slow()
    lines = LineQueue(stream)
    for number in range(1000):
        lines.info(str(number))

    stream.gate.set()
    lines.flush()

    assert stream.getvalue().split() == [*map(str, range(1000))]
    assert stream.writes <= 2


def test_lines_of_several_threads_keep_the_order_of_each() -> None:
    stream = io.StringIO()
    lines = LineQueue(stream)

    def write(name: str) -> None:
        for number in range(500):
            (lines.error if number % 7 == 0 else lines.info)(f"{name}{number}")

    threads = [Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines.flush()

    written = stream.getvalue().split()
    for name in "abcd":
        assert [one for one in written if one[0] == name] == [f"{name}{n}" for n in range(500)]


def test_only_so_many_lines_wait() -> None:
    stream = io.StringIO()
    lines = LineQueue(stream)

    for _ in range(MOST + 1):
        lines.info("line")

    assert len(lines._waiting) <= MOST


ENDS = ("", "raise SystemExit(3)", "raise ValueError")


def test_the_end_of_a_process_loses_no_line() -> None:
    program = """
        import os, structlog, sys
        from wechat_scheduler.log.setup import LogQueue, configure
        for end in sys.argv[1:]:
            if child := os.fork():
                os.waitpid(child, 0)
                continue
            queue = LogQueue(sys.stderr, lambda: 0.0)
            configure(level="info", format="json", stream=sys.stderr, queue=queue)
            for number in range(90):
                structlog.get_logger().info(f"event.{number}", end=end)
            exec(end)
            break
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *ENDS], capture_output=True, text=True
    )

    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert [(line["end"], line["event"]) for line in lines] == [
        (end, f"event.{number}") for end in ENDS for number in range(90)
    ]
