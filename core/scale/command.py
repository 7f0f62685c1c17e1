"""``python -m core embed WORLD_OR_FOLDER --out DIR`` and ``python -m core score DIR --history ITEM ...``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from core.types import LANGUAGES, MODALITIES, Method, Modality, Query, Request


def add_embed_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``embed``."""
    parser.add_argument("catalog", metavar="WORLD_OR_FOLDER", help="a world, or an import folder")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="made, or gone on with"
    )
    parser.add_argument("--shards", type=int, metavar="N", help="default: one for every 100 items")
    for modality in MODALITIES:
        parser.add_argument(f"--{modality}-encoder", metavar="ID", help=f"for {modality}")
    _add_runner(parser, workers=1)


def add_score_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``score``."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="what embed has made")
    parser.add_argument(
        "--history", nargs="+", default=[], metavar="ITEM", help="items of the world"
    )
    parser.add_argument("--visitor", metavar="ID", help="start from a known visitor's history")
    parser.add_argument("--world", help="whose model judges; default: the one that was embedded")
    parser.add_argument("--fusion", default="gated")
    parser.add_argument("--attention", default="off")
    parser.add_argument("--head", default="dot")
    parser.add_argument("-k", type=int, default=10)
    _add_runner(parser, workers=0)


def _add_runner(parser: argparse.ArgumentParser, workers: int) -> None:
    parser.add_argument(
        "--workers", type=int, default=workers, metavar="W", help=f"processes; default: {workers}"
    )
    parser.add_argument("--runner", default="native", metavar="native|ray")
    parser.add_argument("--address", metavar="A", help="of the Ray cluster; default: a local one")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of errors")


def run_embed(args: argparse.Namespace) -> None:
    """Run ``embed``: the folder to stdout, progress and what failed to stderr."""
    from core.engine import Engine
    from core.scale.embed import embed
    from core.scale.listing import list_folder, list_world
    from core.scale.runner import Runner

    by = {m: getattr(args, f"{m}_encoder") for m in MODALITIES}
    given = {Modality(m): id for m, id in by.items() if id}
    known = {card.key for card in Engine().worlds()}
    path = Path(args.catalog)
    folder = args.catalog not in known and path.exists()
    listing = list_folder(path, given, args.lang) if folder else list_world(args.catalog, given)
    for sentence in listing.said:
        _say(sentence)
    runner = Runner(args.runner, args.address, args.workers)
    done = embed(listing, args.out, count=args.shards, runner=runner, say=_say)
    for sentence in done.errors:
        _say(sentence)
    found: dict[str, Any] = {
        "folder": str(done.folder),
        "shards": done.shards,
        "skipped": done.skipped,
        "items": done.items,
        "failed": done.failed,
        "errors": list(done.errors),
        "seconds": round(done.seconds, 2),
        "working": round(done.working, 2),
        "ms_an_item": {m: round(1000 * s / n, 1) for m, (n, s, _) in done.spent.items() if n},
        "cpu_ms_an_item": {m: round(1000 * c / n, 1) for m, (n, _, c) in done.spent.items() if n},
    }
    _out(json.dumps(found, ensure_ascii=False, indent=2) if args.json else found["folder"])
    if not args.json:
        _say(
            f"{done.items} items in {done.seconds:.1f} s, {done.failed} failed; "
            f"{done.skipped} of {done.shards} shards were there"
        )


def run_score(args: argparse.Namespace) -> None:
    """Run ``score``."""
    from core.scale import shards
    from core.scale.runner import Runner
    from core.scale.score import score

    manifest, _ = shards.read(args.folder)
    world = args.world or manifest["world"] or Request().world
    method = Method(args.fusion, args.attention, args.head)
    request = Request(world, Query(args.visitor, tuple(args.history)), method, args.k)
    runner = Runner(args.runner, args.address, args.workers)
    best = score(args.folder, request, runner=runner)
    if args.json:
        rows = [{"id": each.id, "score": each.score} for each in best]
        _out(json.dumps({"world": world, "method": method.name, "items": rows}, indent=2))
        return
    for rank, each in enumerate(best, 1):
        _out(f"{rank:>3}  {each.score:+.3f}  {each.id}")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _out(text: str) -> None:
    sys.stdout.write(text + "\n")
