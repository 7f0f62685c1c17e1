"""``python -m core search --world W SENTENCE``: which items of a world a sentence is about."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from core.types import LANGUAGES, MODALITIES, Modality


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``search``."""
    parser.add_argument(
        "sentence", metavar="SENTENCE", help="in English, Chinese or another language"
    )
    parser.add_argument("--world", default="shop")
    parser.add_argument(
        "--modality",
        action="append",
        choices=[str(m) for m in MODALITIES],
        help="by what items may be found; may be given several times; default: all",
    )
    parser.add_argument(
        "--listen", action="store_true", help="let musicnn hear the sounds first; once, minutes"
    )
    parser.add_argument("-k", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--lang", choices=LANGUAGES, default="en", help="language of titles and errors"
    )


def run(args: argparse.Namespace) -> None:
    """Run ``search``."""
    from core.engine import Engine
    from core.search import Found, listen, search

    engine = Engine()
    if args.listen:
        listen(engine, args.world, say=_say)
    modalities = tuple(Modality(m) for m in args.modality or MODALITIES)
    found = search(engine, args.world, args.sentence, modalities=modalities, k=args.k)

    def row(each: Found) -> dict[str, Any]:
        return {
            "id": each.item.id,
            "title": each.item.text(args.lang).title,
            "modality": each.modality,
            "cosine": round(each.cosine, 4),
            "words": list(each.words),
        }

    rows = [row(each) for each in found]
    if args.json:
        answer = {"world": args.world, "sentence": args.sentence, "items": rows}
        _out(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    for rank, item in enumerate(rows, 1):
        words = "; ".join(item["words"])
        _out(
            f"{rank:>3}  {item['id']}  {item['modality']:<5}  {item['cosine']:+.3f}  "
            f"{item['title']}  [{words}]"
        )


def _say(done: int, total: int) -> None:
    if done % 20 == 0 or done == total:
        sys.stderr.write(f"heard {done} of {total}\n")


def _out(line: str) -> None:
    sys.stdout.write(line + "\n")
