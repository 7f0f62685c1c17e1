"""``python -m core explain``: why one item is where it is."""

from __future__ import annotations

import argparse
import json

from core.explain.report import Door, Explanation, explain
from core.types import CHANNELS, Request


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what ``explain`` takes beside the options of ``recommend``."""
    parser.add_argument("--item", required=True, metavar="ID", help="the item to explain")
    parser.add_argument(
        "--no-parts", action="store_true", help="leave out patches, phrases and seconds"
    )


def run(args: argparse.Namespace, engine: Door, request: Request) -> str:
    """Return what ``explain`` prints: one JSON object with ``--json``, otherwise lines."""
    found = explain(engine, request, args.item, parts=not args.no_parts, language=args.lang)
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
    for part in found.parts:
        best = max(part.parts, key=lambda p: abs(p.occlusion))
        out.append(
            f"{part.of} {part.modality}: {len(part.parts)} parts, strongest {best.label} "
            f"{best.occlusion:+.3f}; unexplained {part.occlusion_missing:+.3f}, gap {part.gap:.2f}"
        )
    return out
