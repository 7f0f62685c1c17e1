"""The lessons as data: which views they show, what they ask, and their words in a language."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from components.view_state import View
from core.types import CHANNELS

FOLDER: Final[Path] = Path(__file__).resolve().parent.parent / "assets" / "lessons"

KEPT: Final = ("language", "present", "encoder", "room", "lesson", "step")
"""What of a view a lesson leaves as it is."""


@dataclass(frozen=True)
class Step:
    """One question beside one widget; see ``assets/lessons/plan.toml`` for what the parts mean."""

    key: str
    widget: str
    ask: str
    options: tuple[str, ...]
    limits: tuple[float, ...] = ()
    play: tuple[str, ...] = ()
    view: Mapping[str, Any] = field(default_factory=dict)
    then: Mapping[str, Any] = field(default_factory=dict)

    def option(self, value: float) -> str:
        """Return the option within whose limit a value lies."""
        place = sum(value > limit for limit in self.limits)
        return self.options[place]


@dataclass(frozen=True)
class Lesson:
    """Some steps under one title."""

    slug: str
    minutes: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class StepWords:
    """What a step says: ``told`` comes with the answer and has places for what was measured."""

    title: str
    text: str
    question: str
    options: tuple[str, ...]
    told: str


@dataclass(frozen=True)
class Words:
    """What a lesson says. ``lead`` is one sentence, ``end`` what to take home."""

    title: str
    lead: str
    steps: tuple[StepWords, ...]
    end: str


@lru_cache(maxsize=1)
def lessons() -> tuple[Lesson, ...]:
    """Return all lessons, in order."""
    found = tomllib.loads((FOLDER / "plan.toml").read_text(encoding="utf-8"))
    return tuple(
        Lesson(each["slug"], each["minutes"], tuple(map(_step, each["step"])))
        for each in found["lesson"]
    )


def _step(said: Mapping[str, Any]) -> Step:
    lists = {name: tuple(said.get(name, ())) for name in ("options", "limits", "play")}
    return Step(**{**said, **lists})


@lru_cache(maxsize=32)
def words(slug: str, language: str) -> Words:
    """Return the words of a lesson."""
    return parsed((FOLDER / language / f"{slug}.md").read_text(encoding="utf-8"))


def parsed(markdown: str) -> Words:
    """Read a lesson: ``#`` title and lead, a ``##`` for each step and a last one without a question.

    Below a step's text come ``### ?`` with the question and its options as a list, and ``### !`` with
    what is said once the answer is known.
    """
    head, *parts = re.split(r"^## ", markdown, flags=re.MULTILINE)
    title, _, lead = head.removeprefix("# ").partition("\n")
    *steps, end = (part.partition("\n")[::2] for part in parts)
    return Words(title.strip(), lead.strip(), tuple(_said(*each) for each in steps), end[1].strip())


def _said(title: str, body: str) -> StepWords:
    text, asked = re.split(r"^### \?\s*$", body, flags=re.MULTILINE)
    asked, told = re.split(r"^### !\s*$", asked, flags=re.MULTILINE)
    options = tuple(line[2:].strip() for line in asked.splitlines() if line.startswith("- "))
    question = "\n".join(line for line in asked.splitlines() if not line.startswith("- "))
    return StepWords(title.strip(), text.strip(), question.strip(), options, told.strip())


def figures() -> Mapping[str, Any]:
    """Return what was measured beforehand and cannot be measured here; ``docs/benchmarks.md`` has the how."""
    found: Mapping[str, Any] = json.loads((FOLDER / "figures.json").read_text(encoding="utf-8"))
    return found


def opening(view: View, step: Step, history: tuple[str, ...], *, answered: bool) -> View:
    """Return the view with which a step begins, or which its answer shows.

    Parameters
    ----------
    history : what the default visitor of the step's world likes
    """
    parts = {**step.view, **(step.then if answered else {})}
    if "on" in parts:
        parts["on"] = tuple(c for c in CHANNELS if c in parts["on"])
    if "columns" in parts:
        parts["columns"] = tuple(tuple(pair.split(".")) for pair in parts["columns"])
    if isinstance(parts.get("likes"), int):
        parts["likes"] = history[-parts["likes"] :]
    return replace(View(), **{name: getattr(view, name) for name in KEPT}, **parts)
