"""Media are made once, in the background, and a failure is not remembered for ever."""

from __future__ import annotations

import threading

import pytest

from components.media import Workshop


def test_the_same_order_is_made_once() -> None:
    made: list[int] = []
    workshop = Workshop(4)

    def make() -> bytes:
        made.append(1)
        return b"x"

    first = workshop.order(("a",), make)
    assert workshop.order(("a",), make) is first
    assert first.result(5) == b"x"
    assert len(made) == 1


def test_nobody_waits_for_what_is_being_made() -> None:
    go = threading.Event()
    order = Workshop(4).order(("slow",), lambda: b"x" if go.wait(5) else b"")
    with pytest.raises(TimeoutError):
        order.result(timeout=0)
    go.set()
    assert order.result(5) == b"x"


def test_what_failed_is_tried_again_after_a_while() -> None:
    patient = Workshop(4, retry=3600)
    failed = patient.order(("a",), lambda: bytes(1 // 0))
    with pytest.raises(ZeroDivisionError):
        failed.result(5)
    assert patient.order(("a",), lambda: b"y") is failed

    workshop = Workshop(4, retry=0)
    first = workshop.order(("a",), lambda: bytes(1 // 0))
    with pytest.raises(ZeroDivisionError):
        first.result(5)
    assert workshop.order(("a",), lambda: b"y").result(5) == b"y"


def test_the_oldest_is_forgotten() -> None:
    workshop = Workshop(2)
    first = workshop.order(("0",), lambda: b"0")
    for n in "12":
        workshop.order((n,), lambda: b"").result(5)
    assert workshop.order(("0",), lambda: b"again") is not first
