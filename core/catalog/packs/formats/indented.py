"""Endless Sky's data format: a tree by indentation, words in quotes or backticks.

References
----------
https://github.com/endless-sky/endless-sky/wiki/DataFormat
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_WORD: Final = re.compile(r"""`([^`]*)`?|"([^"]*)"?|(\S+)""")


@dataclass(frozen=True)
class Node:
    """A line and what is indented below it. ``line`` counts from 1."""

    line: int
    words: tuple[str, ...]
    children: list[Node] = field(default_factory=list)


def parse_indented(text: str) -> list[Node]:
    """Return the lines that are not indented, each with its children."""
    top: list[Node] = []
    open_nodes: list[tuple[int, list[Node]]] = [(-1, top)]
    for number, line in enumerate(text.split("\n"), start=1):
        words = _words(line)
        if not words:
            continue
        depth = len(line) - len(line.lstrip())
        while open_nodes[-1][0] >= depth:
            open_nodes.pop()
        node = Node(number, words)
        open_nodes[-1][1].append(node)
        open_nodes.append((depth, node.children))
    return top


def _words(line: str) -> tuple[str, ...]:
    words = []
    for match in _WORD.finditer(line):
        if match[0].startswith("#"):
            break
        words.append(next(group for group in match.groups() if group is not None))
    return tuple(words)
