"""Jobs run one after another in processes of their own; what they print comes back, and a stop is kind."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from core.errors import TriadError
from core.lab.jobs import MAX_WAITING, Job, Queue, State

SAYS = """
import json
for n in range(3):
    print(json.dumps({"event": "epoch", "n": n}))
print("noise")
print(7)
"""
FAILS = "import sys; print('first', file=sys.stderr); sys.exit('what went wrong')"
LASTS = """
import json, signal, sys, threading
def end(*_):
    print(json.dumps({"event": "saved"}), flush=True)
    sys.exit(130)
signal.signal(signal.SIGINT, end)
print(json.dumps({"event": "ready"}), flush=True)
threading.Event().wait()
"""


def python(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-c", *arguments]


@pytest.fixture
def queue() -> Iterator[Queue]:
    made = Queue(command=python)
    yield made
    made.close()


def until(true: Callable[[], bool]) -> None:
    """Wait for something that happens in another process; fail after a minute."""
    tick = threading.Event()
    for _ in range(1200):
        if true():
            return
        tick.wait(0.05)
    pytest.fail("it never happened")


def over(job: Job) -> None:
    until(lambda: job.over)


def test_what_a_job_prints_comes_back_and_noise_does_not(queue: Queue) -> None:
    job = queue.submit([SAYS])
    over(job)
    assert job.state is State.DONE
    assert [e["n"] for e in job.events] == [0, 1, 2]


def test_a_failure_keeps_its_last_words(queue: Queue) -> None:
    job = queue.submit([FAILS])
    over(job)
    assert job.state is State.FAILED
    assert job.said[-1] == "what went wrong"


def test_one_at_a_time_in_order_and_a_stop_lets_it_save(queue: Queue) -> None:
    first, second, third = (queue.submit([LASTS]) for _ in range(3))
    until(lambda: len(first.events) == 1)
    assert (second.state, queue.ahead(second), queue.ahead(third)) == (State.WAITING, 0, 1)
    queue.stop(second)
    assert second.state is State.STOPPED
    queue.stop(first)
    until(lambda: len(third.events) == 1)
    assert first.state is State.STOPPED
    assert [e["event"] for e in first.events] == ["ready", "saved"]
    assert second.process is None


def test_a_full_queue_says_so(queue: Queue) -> None:
    running = queue.submit([LASTS])
    until(lambda: running.state is State.RUNNING)
    for _ in range(MAX_WAITING):
        queue.submit([SAYS])
    with pytest.raises(TriadError) as found:
        queue.submit([SAYS])
    assert found.value.code == "lab_full"


def test_closing_ends_what_runs() -> None:
    queue = Queue(command=python)
    job = queue.submit([LASTS])
    until(lambda: len(job.events) == 1)
    queue.close()
    over(job)
    assert job.process is not None
    assert job.process.returncode not in (None, 0)
