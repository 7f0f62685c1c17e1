"""``python -m core evaluate``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from core.errors import TriadError
from core.evaluation.loading import load
from core.evaluation.naming import entry
from core.evaluation.partitions import SPLITS, usual_split
from core.evaluation.protocol import Table, evaluate
from core.evaluation.significance import Figure
from core.types import LANGUAGES

COLUMNS: Final = ("recall", "ndcg", "hit", "mrr", "map_capped", "precision", "coverage", "novelty")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "--data",
        required=True,
        metavar="PATH_OR_WORLD",
        help="a world, or a RecBole or MMRec folder",
    )
    parser.add_argument(
        "--recommender",
        required=True,
        nargs="+",
        action="extend",
        metavar="KEY",
        help="one or more; KEY:MODALITY for one modality; two-tower/FUSION/ATTENTION/HEAD; late, rank or"
        " stacking, or late=MEMBER+MEMBER; MEMBER*3 for the mean of three seeds; oracle in a world",
    )
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="how many runs")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="number of the first run")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--split",
        metavar="NAME",
        help=f"{', '.join(SPLITS)}; default: the authors' own, else time, else random",
    )
    which.add_argument("--cold", action="store_true", help="hold whole items out: --split cold")
    parser.add_argument("-k", type=int, default=20, help="length of the lists")
    parser.add_argument(
        "--histories",
        choices=("known", "train"),
        default="known",
        help="what visitors are known by at test: training and validation, or training alone",
    )
    parser.add_argument(
        "--trials",
        type=int,
        default=1,
        metavar="N",
        help="settings tried by validation for each recommender, or for each member of an ensemble that is"
        " fitted in closed form; default: only its own",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of errors")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Run the command: print a table or JSON, and return what JSON says."""
    for name in ("seeds", "trials"):
        if getattr(args, name) < 1:
            raise TriadError("bad_count", name=f"--{name}", value=getattr(args, name), low=1)
    if args.first < 0:
        raise TriadError("bad_count", name="--first", value=args.first, low=0)
    data = load(args.data)
    table = evaluate(
        [entry(key, data) for key in dict.fromkeys(args.recommender)],
        data,
        "cold" if args.cold else args.split or usual_split(data),
        range(args.first, args.first + args.seeds),
        args.k,
        budget=args.trials,
        histories=args.histories,
        say=lambda line: print(line, file=sys.stderr, flush=True),  # noqa: T201
    )
    found = table.as_json()
    text = json.dumps(found, ensure_ascii=False, indent=2) if args.json else "\n".join(lines(table))
    sys.stdout.write(text + "\n")
    return found


def lines(table: Table) -> Iterator[str]:
    """Yield the table as text: what was measured, by group, and which differences hold."""
    sizes = " + ".join(map(str, table.sizes[0]))
    yield (
        f"{table.data}, {'simulated' if table.simulated else 'real'} visitors: {table.items} items,"
        f" {sizes} interactions by {table.split}, {table.users[0]} visitors asked,"
        f" {len(table.seeds)} seeds, {table.budget} trials"
        + (", histories of training alone" if table.histories == "train" else "")
    )
    yield ""
    names = [*(f"{name}@{table.k}" for name in COLUMNS), "auc"]
    yield from _columns(
        [
            ("", *names),
            *((row.recommender, *(_cell(row.figures, n) for n in names)) for row in table.rows),
        ]
    )
    groups = list(dict.fromkeys(name for row in table.rows for name in row.groups))
    yield from ("", table.metric)
    yield from _columns(
        [
            ("", *groups),
            *(
                (row.recommender, *(_cell(row.groups.get(g, {}), table.metric) for g in groups))
                for row in table.rows
            ),
        ]
    )
    if table.comparisons:
        yield ""
        yield from _columns(
            [
                (table.metric, "difference", "95 % interval", "p (Holm)"),
                *(
                    (
                        f"{c.first} - {c.second}",
                        f"{c.difference:+.4f}",
                        f"{c.low:+.4f} to {c.high:+.4f}",
                        f"{c.p_holm:.2g}",
                    )
                    for c in table.comparisons
                ),
            ]
        )


def _cell(figures: Mapping[str, Figure], name: str) -> str:
    figure = figures.get(name)
    if figure is None:
        return "-"
    return f"{figure.mean:.4f}" + ("" if figure.sd is None else f" ±{figure.sd:.4f}")


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
