"""What was taken of a catalog and what was not, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from core.catalog.importers.source import Problem, Source
from core.resources import ASSETS
from core.types import MODALITIES, Modality


@dataclass(frozen=True)
class Summary:
    """An import in numbers.

    Attributes
    ----------
    kind : of the source
    items : how many
    present : modality -> how many items have it
    widths : modality -> how many numbers a feature has, where features came with the data
    events : how many interactions
    visitors : how many different users they are of
    problems : how many rows or files were not taken, or only in part
    notes : how many decisions were made
    """

    kind: str
    items: int
    present: Mapping[Modality, int]
    widths: Mapping[Modality, int]
    events: int
    visitors: int
    problems: int
    notes: int


def summary(source: Source) -> Summary:
    """Count what was taken and what was not."""
    return Summary(
        kind=source.kind,
        items=len(source.items),
        present={m: int(source.has(m).sum()) for m in MODALITIES},
        widths={m: matrix.shape[1] for m, matrix in source.vectors.items()},
        events=len(source.events),
        visitors=len({event.user for event in source.events}),
        problems=sum(problem.count for problem in source.problems),
        notes=sum(note.count for note in source.notes),
    )


def report(source: Source, language: str = "en") -> list[str]:
    """Return the summary, the problems and the notes, a sentence a line."""
    counts, words = summary(source), _sentences(language)
    lines = [
        words["report_items"].format(
            count=counts.items, **{str(m): n for m, n in counts.present.items()}
        ),
        words["report_events"].format(count=counts.events, visitors=counts.visitors),
    ]
    lines += [
        words["report_features"].format(modality=words[f"report_{m}"], width=width)
        for m, width in counts.widths.items()
    ]
    if source.problems:
        lines.append(words["report_problems"].format(count=counts.problems))
        lines += [say(problem, language) for problem in source.problems]
    if source.notes:
        lines.append(words["report_notes"].format(count=counts.notes))
        lines += [say(note, language) for note in source.notes]
    return lines


def say(problem: Problem, language: str = "en") -> str:
    """Return a problem or note as a sentence, with the file and row it is about if it is about one."""
    words = _sentences(language)
    sentence = words[problem.code].format(**{"name": problem.file, **problem.values})
    if not problem.file:
        return sentence
    place = "place_file" if problem.row is None else "place_row"
    return words[place].format(file=problem.file, row=problem.row, sentence=sentence)


@lru_cache(maxsize=4)
def _sentences(language: str) -> dict[str, str]:
    text = (ASSETS / "locales" / f"{language}.json").read_text(encoding="utf-8")
    words: dict[str, dict[str, str]] = json.loads(text)
    # A medium that cannot be decoded is told in the words in which an upload would be refused.
    return words["errors"] | words["problems"]
