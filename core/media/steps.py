"""The preparation of a medium as a chain of named steps: run, looked into, and fingerprinted.

A :class:`Chain` is what :func:`core.media.decode` runs. Tracing walks the same steps and takes a look
between them, so what a page shows of a step is what that step did.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import TriadError
from core.types import Clean, Media

S = TypeVar("S")
C = TypeVar("C", bound=Clean)

Value = str | int | float
"""What facts and parameters are."""

Seen = NDArray[Any] | str | tuple[str, ...] | None
"""A picture (H, W[, C]), a sound (T,), a text, pieces of a text, or nothing that could be shown."""


class Stage(StrEnum):
    """Which part of the preparation a step belongs to."""

    DECODE = "decode"
    CLEAN = "clean"
    NORMALISE = "normalise"
    AUGMENT = "augment"
    ENCODER = "encoder"


@dataclass(frozen=True, eq=False)
class Look:
    """A medium between two steps: what it is, and what can be measured of it.

    Facts of pictures are ``width`` and ``height`` (pixels), ``mode``, ``low`` and ``high``; of sounds
    ``rate`` (Hz), ``seconds``, ``channels``, ``peak`` and ``loudness`` (LUFS); of texts ``characters``,
    ``lines`` and ``language``; of files ``bytes``.
    """

    value: Seen
    facts: Mapping[str, Value]


@dataclass(frozen=True, eq=False)
class Step:
    """What one step did."""

    key: str
    stage: Stage
    parameters: Mapping[str, Value]
    before: Look
    after: Look

    @property
    def changed(self) -> bool:
        """Whether the step had anything to do."""
        if self.before is self.after:
            return False
        return self.before.facts != self.after.facts or not _same(
            self.before.value, self.after.value
        )


def _same(one: Seen, other: Seen) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return type(one) is type(other) and one == other


@dataclass(frozen=True)
class Op(Generic[S]):
    """One named step.

    Attributes
    ----------
    run : takes a medium and returns the next; the same object where there is nothing to do
    parameters : everything but the code that decides what ``run`` does
    """

    key: str
    stage: Stage
    run: Callable[[S], S]
    parameters: Mapping[str, Value] = field(default_factory=dict)


def trace_ops(state: S, ops: tuple[Op[S], ...], look: Callable[[S], Look]) -> Iterator[Step]:
    """Run steps from ``state`` on and say what each did."""
    seen = look(state)  # at once: a step may work in place
    for op in ops:
        after = op.run(state)
        before, seen = seen, seen if after is state else look(after)
        state = after
        yield Step(op.key, op.stage, op.parameters, before, seen)


def _reraise(error: Exception, media: Media) -> Exception:
    return error


@dataclass(frozen=True)
class Chain(Generic[S, C]):
    """How the media of one modality are prepared.

    Attributes
    ----------
    version : counts changes of the code that no parameter tells of; part of the fingerprint
    read : from the file to the first state
    parameters : of ``read``
    ops : the steps after that
    finish : from the last state to what encoders take
    look : what is seen of a state
    broken : what to raise for an error that a damaged file causes later than in ``read``
    """

    version: int
    read: Callable[[Media], S]
    parameters: Mapping[str, Value]
    ops: tuple[Op[S], ...]
    finish: Callable[[S], C]
    look: Callable[[S], Look]
    broken: Callable[[Exception, Media], Exception] = _reraise

    def run(self, media: Media) -> C:
        """Prepare a medium."""
        state = self.read(media)
        try:
            for op in self.ops:
                state = op.run(state)
            return self.finish(state)
        except TriadError:
            raise
        except Exception as error:
            raise self.broken(error, media) from error

    def trace(self, media: Media) -> tuple[Step, ...]:
        """Prepare a medium and say what each step did; raises what :meth:`run` raises."""
        state = self.read(media)
        try:
            steps = tuple(trace_ops(state, self.ops, self.look))
            # Taken from the first step: by now ``state`` itself may have been worked on in place.
            first = steps[0].before
        except TriadError:
            raise
        except Exception as error:
            raise self.broken(error, media) from error
        file = Look(None, {"bytes": len(media.data)})
        return Step("decode", Stage.DECODE, self.parameters, file, first), *steps

    @property
    def fingerprint(self) -> str:
        """SHA-256 of names, parameters and version: equal chains prepare media equally."""
        steps = [["decode", dict(self.parameters)]]
        steps += [[op.key, dict(op.parameters)] for op in self.ops]
        spelled = json.dumps([self.version, steps], sort_keys=True)
        return hashlib.sha256(spelled.encode()).hexdigest()
