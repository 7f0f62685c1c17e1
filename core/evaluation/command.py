"""``python -m core evaluate``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.catalog.dataset import Dataset
from core.errors import TriadError
from core.evaluation.loading import load
from core.evaluation.partitions import SPLITS, usual_split
from core.evaluation.protocol import Table, evaluate
from core.evaluation.search import Entry
from core.evaluation.significance import Figure
from core.types import LANGUAGES

ORACLE: Final = "oracle"
METHOD: Final = ("fusion", "attention", "head")
"""What may follow ``two-tower/``, in this order."""
COLUMNS: Final = ("recall", "ndcg", "hit", "mrr", "map_capped", "precision", "coverage", "novelty")


class Oracle:
    """Ranks by the utilities that were planted in a simulated world, without noise: the best there can be."""

    def __init__(self, utility: NDArray[np.float32]) -> None:
        self._utility = utility

    def fit(self, train: csr_array, *_: Any, **__: Any) -> Self:
        """Learn nothing."""
        return self

    def scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        """Return the utilities (B, I)."""
        return self._utility[users]


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
        help="one or more; two-tower/FUSION/ATTENTION/HEAD; oracle where the truth is known",
    )
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="how many runs")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--split",
        metavar="NAME",
        help=f"{', '.join(SPLITS)}; default: the authors' own, else time, else random",
    )
    which.add_argument("--cold", action="store_true", help="hold whole items out: --split cold")
    parser.add_argument("-k", type=int, default=20, help="length of the lists")
    parser.add_argument(
        "--trials",
        type=int,
        default=1,
        metavar="N",
        help="settings tried by validation for each recommender; default: only its own",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of errors")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Run the command: print a table or JSON, and return what JSON says."""
    for name in ("seeds", "trials"):
        if getattr(args, name) < 1:
            raise TriadError("bad_count", name=f"--{name}", value=getattr(args, name), low=1)
    data = load(args.data)
    table = evaluate(
        [entry(key, data) for key in dict.fromkeys(args.recommender)],
        data,
        "cold" if args.cold else args.split or usual_split(data),
        range(args.seeds),
        args.k,
        budget=args.trials,
        say=lambda line: print(line, file=sys.stderr, flush=True),  # noqa: T201
    )
    found = table.as_json()
    text = json.dumps(found, ensure_ascii=False, indent=2) if args.json else "\n".join(lines(table))
    sys.stdout.write(text + "\n")
    return found


def entry(key: str, data: Dataset) -> Entry:
    """Return a recommender of the registry, or the oracle, as it takes part.

    Raises
    ------
    TriadError
        ``unknown_recommender``, ``no_oracle``
    """
    if key == ORACLE:
        truth = data.truth
        if truth is None:
            raise TriadError("no_oracle", data=data.name)
        return Entry(key, lambda: Oracle(truth.utility), scores_unseen=True)
    from core.recommenders.base import RECOMMENDERS

    name, *parts = key.split("/")
    if name == "two-tower" and 1 <= len(parts) <= len(METHOD):
        chosen = dict(zip(METHOD, parts, strict=False))
        _check_method(chosen)
        return Entry(key, partial(RECOMMENDERS[name], **chosen), scores_unseen=True)
    found = RECOMMENDERS[key]
    return Entry(key, found, found.card.scores_unseen, found.space)


def _check_method(chosen: Mapping[str, str]) -> None:
    """Refuse a fusion, attention or head that is not registered (``unknown_fusion`` and the like)."""
    from core.fusion import ATTENTIONS, FUSIONS
    from core.recommenders.tower import HEADS

    FUSIONS[chosen["fusion"]]
    ATTENTIONS[chosen.get("attention", "off")]
    if chosen.get("head", "dot") not in HEADS:
        raise TriadError("unknown_head", key=chosen["head"], known=", ".join(HEADS))


def lines(table: Table) -> Iterator[str]:
    """Yield the table as text: what was measured, by group, and which differences hold."""
    sizes = " + ".join(map(str, table.sizes[0]))
    yield (
        f"{table.data}, {'simulated' if table.simulated else 'real'} visitors: {table.items} items,"
        f" {sizes} interactions by {table.split}, {table.users[0]} visitors asked,"
        f" {len(table.seeds)} seeds, {table.budget} trials"
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
