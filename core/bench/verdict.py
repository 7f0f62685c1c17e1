"""From the cells of ``bench fusion`` to a verdict: means over seeds, and what beats what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from core.evaluation.significance import Figure, Floats, holm, paired_interval, paired_p
from core.types import CHANNELS, MODALITIES, Channel

if TYPE_CHECKING:
    from core.bench.fusion import Cell, Found, Grid

AGAINST: Final = ("single", Channel.BEHAVIOUR.value, "ensemble")
"""Baselines that every fusion is compared with, visitor by visitor."""

LABELS: Final = {"features": "planted factors, not rendered", "visitors": "simulated"}


def document(grid: Grid, cells: Mapping[Cell, Found]) -> dict[str, Any]:
    """Return the document that :mod:`core.bench.fusion` describes."""
    baselines, rows = [], []
    for redundancy in grid.redundancies:
        for missing in grid.missing:
            place = {"redundancy": redundancy, "missing": missing}
            alone = _seeds(grid, cells, "alone", redundancy, missing)
            ndcg = {name: [np.array(f["ndcg"][name]) for f in alone] for name in alone[0]["ndcg"]}
            best = max(MODALITIES, key=lambda m: sum(f["valid"][m] for f in alone))
            ndcg["single"] = ndcg[best]
            for name in ("popularity", *map(str, CHANNELS), "single", "ensemble", "oracle"):
                which = {"which": str(best)} if name == "single" else {}
                baselines.append({"name": name, **place, **_figure(ndcg[name]), **which})
            fused = {
                key: [
                    np.array(f["ndcg"][key]) for f in _seeds(grid, cells, key, redundancy, missing)
                ]
                for key in grid.fusions
            }
            over = {name: _over(fused, ndcg[name]) for name in AGAINST}
            rows += [
                {
                    "fusion": key,
                    **place,
                    **_figure(values),
                    "over": {name: over[name][key] for name in AGAINST},
                }
                for key, values in fused.items()
            ]
    config = {
        "world": grid.world,
        "redundancies": list(grid.redundancies),
        "missing": list(grid.missing),
        "seeds": grid.seeds,
        "metric": "ndcg@10",
        "epochs": grid.epochs,
        **asdict(grid.sizes),
    }
    return {"labels": LABELS, "config": config, "baselines": baselines, "rows": rows}


def _seeds(
    grid: Grid, cells: Mapping[Cell, Found], name: str, redundancy: float, missing: float
) -> list[Found]:
    return [cells[name, redundancy, missing, seed] for seed in range(grid.seeds)]


def _figure(values: list[Floats]) -> dict[str, Any]:
    figure = Figure.of([float(v.mean()) for v in values])
    assert figure is not None, "every visitor of a planted world has something held out"
    sd = None if figure.sd is None else round(figure.sd, 4)
    return {"mean": round(figure.mean, 4), "sd": sd, "n": len(values)}


def _over(fused: Mapping[str, list[Floats]], other: list[Floats]) -> dict[str, list[float]]:
    """Return, for every fusion, how far it is above a baseline: [difference, low, high, p after Holm]."""
    gaps = {key: np.concatenate(v) - np.concatenate(other) for key, v in fused.items()}
    p = holm([paired_p(gap) for gap in gaps.values()])
    return {
        key: [
            round(x, 4)
            for x in (float(gap.mean()), *paired_interval(gap, resamples=1000), corrected)
        ]
        for (key, gap), corrected in zip(gaps.items(), p, strict=True)
    }


def lines(made: Mapping[str, Any]) -> dict[str, str]:
    """Return the document as a table: a line a method, a column a cell, best fusions last.

    A ``*`` marks what is above the best single modality and above behaviour alone, both intervals excluding
    zero; a ``+`` what is above the ensemble as well.
    """
    config = made["config"]
    places = [(r, m) for r in config["redundancies"] for m in config["missing"]]
    out = {
        "features: planted factors; visitors: simulated": f"{config['world']}, NDCG@10",
        "redundancy": "".join(f" {r:<7}" for r, _ in places),
        "missing": "".join(f" {m:<7}" for _, m in places),
    }
    table: dict[str, dict[tuple[float, float], str]] = {}
    total: dict[str, float] = {}
    for row in (*made["baselines"], *made["rows"]):
        over = row.get("over", {})
        better = [name for name in AGAINST if name in over and over[name][1] > 0]
        mark = ("*" if set(AGAINST[:2]) <= set(better) else "") + (
            "+" if "ensemble" in better else ""
        )
        name = row.get("fusion") or f"[{row['name']}]"
        table.setdefault(name, {})[row["redundancy"], row["missing"]] = f"{row['mean']:.3f}{mark:2}"
        total[name] = total.get(name, 0.0) + row["mean"]
    fusions = sorted((n for n in table if not n.startswith("[")), key=lambda n: total[n])
    for name in (*(n for n in table if n.startswith("[")), *fusions):
        out[name] = "".join(f" {table[name][place]}" for place in places)
    return out
