"""``python -m core explain``: why one item is where it is."""

from __future__ import annotations

import argparse
import json
from typing import Final

from core.explain.door import Door
from core.explain.report import Explanation, explain
from core.explain.within import PartsReport
from core.types import CHANNELS, Request

PARTS: Final = ("tokens", "masked")
"""How parts are measured; ``masked`` comes with the other."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``explain`` takes beside the options of ``recommend``."""
    parser.add_argument("--item", required=True, metavar="ID", help="the item to explain")
    parser.add_argument(
        "--parts",
        choices=PARTS,
        default=PARTS[0],
        help="patches, phrases and seconds by the encoder's tokens, or taken out of the media as well, "
        "each encoded anew: slower, for any encoder",
    )
    parser.add_argument(
        "--no-parts", action="store_true", help="leave out patches, phrases and seconds"
    )


def run(args: argparse.Namespace, engine: Door, request: Request) -> str:
    """Return what ``explain`` prints: one JSON object with ``--json``, otherwise lines."""
    parts = not args.no_parts
    found = explain(
        engine,
        request,
        args.item,
        parts=parts,
        masked=parts and args.parts == "masked",
        language=args.lang,
    )
    if args.json:
        return json.dumps(found.as_json(), ensure_ascii=False, indent=2)
    return "\n".join(lines(found, args.lang))


def lines(found: Explanation, language: str) -> list[str]:
    """Return an explanation as lines of text; numbers are logits."""
    title = found.item.text(language).title if found.item.texts else found.item.id
    place = "-" if found.rank is None else f"#{found.rank}"
    out = [f"{place}  {found.item.id}  {title}", found.sentence.say(language), ""]
    heads = ("phi", "background", "leave-out", "gate")
    out.append(f"{'':10}" + "".join(f"{head:>11}" for head in heads))
    for c in CHANNELS:
        if not found.present[c]:
            out.append(f"{c:10}{'-':>11}")
            continue
        other = f"{found.against.contributions[c]:+.3f}" + "!" * (c in found.against.disagree)
        gate = "" if found.gates is None else f"{found.gates[c]:.2f}"
        cells = (f"{found.contributions[c]:+.3f}", other, f"{found.leave_one_out[c]:+.3f}", gate)
        out.append((f"{c:10}" + "".join(f"{cell:>11}" for cell in cells)).rstrip())
    out += [f"{p.first} x {p.second}: {p.value:+.3f}" for p in found.interactions]
    for near in found.evidence:
        out.append(f"{near.modality} ~ {near.id or 'upload'} ({near.cosine:.2f})")
    if found.smallest is not None:
        off = " + ".join(found.smallest.off)
        out.append(f"{off} -> {found.smallest.weight:.2f}: #{found.smallest.rank}")
    out += [_part(part) for part in found.parts]
    return out


def _part(report: PartsReport) -> str:
    """Return a line about what a modality consists of."""
    best = max(report.parts, key=lambda part: abs(part.occlusion))
    line = (
        f"{report.of} {report.modality}: {len(report.parts)} parts, strongest {best.label} "
        f"{best.occlusion:+.3f}; unexplained {report.occlusion_missing:+.3f}, gap {report.gap:.2f}"
    )
    if report.masked_missing is None:
        return line
    most = max(report.parts, key=lambda part: abs(part.masked or 0.0))
    return (
        f"{line}; masked, strongest {most.label} {most.masked or 0.0:+.3f}, "
        f"unexplained {report.masked_missing:+.3f}"
    )
