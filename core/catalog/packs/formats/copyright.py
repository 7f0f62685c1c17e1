"""Debian's ``copyright`` files: who holds the rights in which file, under which licence.

References
----------
https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/ (DEP-5)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.catalog.importers.source import Credit

_FIELD: Final = re.compile(r"^([A-Za-z-]+):[ \t]*((?:.*\n?)(?:[ \t].*\n?)*)", re.MULTILINE)
_BEFORE_NAME: Final = re.compile(
    r"^(?:copyright|\(c\)|©|by\b|\d{4}(?:\s*-\s*\d{4})?|[\s,])+", re.IGNORECASE
)
_MAIL: Final = re.compile(r"\s*(?:<[^>]*>|\([^()]*@[^()]*\))")


@dataclass(frozen=True)
class _Paragraph:
    files: re.Pattern[str]
    holder: str
    licence: str


@dataclass(frozen=True)
class Copyright:
    """A parsed file; an empty one knows nothing and says so with empty credits."""

    source: str = ""
    paragraphs: tuple[_Paragraph, ...] = ()

    def of(self, file: str) -> Credit:
        """Return the credit of a file by its path in the source package; the last match counts."""
        for paragraph in reversed(self.paragraphs):
            if paragraph.files.fullmatch(file):
                return Credit(paragraph.holder, paragraph.licence, self.source)
        return Credit(source=self.source)


def parse_copyright(text: str) -> Copyright:
    """Read a ``copyright`` file; one in free form is as good as empty."""
    stanzas = [_fields(stanza) for stanza in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))]
    return Copyright(
        source=next((_first_line(s["source"]) for s in stanzas if "source" in s), ""),
        paragraphs=tuple(_paragraph(stanza) for stanza in stanzas if "files" in stanza),
    )


def _fields(stanza: str) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in _FIELD.findall(stanza)}


def _paragraph(stanza: Mapping[str, str]) -> _Paragraph:
    globs = (_pattern(glob) for glob in stanza["files"].split())
    holders = (_holder(line) for line in stanza.get("copyright", "").splitlines())
    return _Paragraph(
        files=re.compile("|".join(globs), re.DOTALL),
        holder=", ".join(filter(None, holders)),
        licence=_first_line(stanza.get("license", "")),
    )


def _pattern(glob: str) -> str:
    """Translate a DEP-5 glob: ``*`` and ``?`` match slashes too, and there are no classes."""
    wild = {"*": ".*", "?": "."}
    parts = re.findall(r"\\.|.", glob, re.DOTALL)
    return "".join(wild.get(part) or re.escape(part[-1]) for part in parts)


def _holder(line: str) -> str:
    """Keep the name: years say nothing to a reader, and addresses are not ours to spread."""
    return _MAIL.sub("", _BEFORE_NAME.sub("", line.strip())).strip()


def _first_line(value: str) -> str:
    return value.partition("\n")[0].strip()
