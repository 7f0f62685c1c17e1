"""The leaderboard: what visitors trained beside what any fusion has to beat."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scipy.stats import ttest_ind

from components.html import esc, number, signed
from components.i18n import Translator
from components.lab_curves import name_of
from components.lab_runs import Run
from core.evaluation.significance import holm


@dataclass(frozen=True)
class Row:
    """One line: ``kind`` is reference, shipped or mine; ``seeds`` are NDCG@10, one a seed."""

    name: str
    kind: str
    seeds: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean over seeds."""
        return statistics.mean(self.seeds)

    @property
    def sd(self) -> float | None:
        """The standard deviation over seeds, if there are several."""
        return statistics.stdev(self.seeds) if len(self.seeds) > 1 else None


def references(found: Mapping[str, Any], t: Translator) -> list[Row]:
    """Return the rows of ``bench quality``: popularity, each channel alone, all, the planted oracle."""
    rows = []
    for name, figures in found.items():
        seeds = tuple(figures.get("seeds") or (figures["ndcg@10"],))
        rows.append(
            Row(t.word("lab.row", name.replace(" ", "_").replace("_+_", "_")), "reference", seeds)
        )
    return rows


def mine(runs: Iterable[Run], t: Translator) -> list[Row]:
    """Return this session's finished runs, those that differ in their seed only as one row."""
    same: dict[str, list[Run]] = {}
    for run in runs:
        if run.reached:
            same.setdefault(replace(run.config, seed=0).to_json(), []).append(run)
    return [
        Row(
            name_of(group[0], t)
            if len(group) == 1
            else name_of(group[0], t).rsplit(t("punct.list"), 1)[0],
            "mine",
            tuple(
                {
                    run.config.seed: float(run.reached["ndcg@10"]) for run in group if run.reached
                }.values()
            ),
        )
        for group in same.values()
    ]


def p_values(rows: Sequence[Row], against: Row | None) -> dict[int, float]:
    """Return p of Welch's t-test over seeds against one row, after Holm, for rows with several seeds."""
    if against is None or len(against.seeds) < 2:
        return {}
    which = [n for n, row in enumerate(rows) if row.kind == "mine" and len(row.seeds) > 1]
    raw = [float(ttest_ind(rows[n].seeds, against.seeds, equal_var=False).pvalue) for n in which]
    return dict(zip(which, holm(raw), strict=True)) if which else {}


def board_html(rows: Sequence[Row], against: Row | None, t: Translator) -> str:
    """Return the table, best first, each mean drawn as a bar on one scale."""
    ordered = sorted(rows, key=lambda row: -row.mean)
    top = max(row.mean for row in ordered)
    sure = p_values(ordered, against)
    body = "".join(_row(n, row, top, against, sure, t) for n, row in enumerate(ordered))
    heads = "".join(
        f'<th{" class=num" if key != "name" else ""} scope="col">{esc(t(f"lab.head.{key}"))}</th>'
        for key in ("name", "ndcg", "seeds", "against", "p")
    )
    return (
        f'<table class="tr tr-table tr-board"><caption>{esc(t("lab.board_line"))}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def _row(
    n: int, row: Row, top: float, against: Row | None, sure: Mapping[int, float], t: Translator
) -> str:
    spread = f" ± {number(row.sd, 3)}" if row.sd is not None else ""
    gap = "" if against is None or row.kind == "reference" else signed(row.mean - against.mean, 3)
    p = f"{sure[n]:.3f}" if n in sure else ""
    kind = esc(t(f"lab.kind.{row.kind}"))
    return (
        f'<tr data-kind="{row.kind}"><th scope="row">{esc(row.name)} '
        f'<span class="tr-muted tr-small">{kind}</span>'
        f'<i class="tr-board-bar" style="width:{100 * max(row.mean, 0) / top:.1f}%"></i></th>'
        f'<td class="num">{number(row.mean, 3)}{spread}</td><td class="num">{len(row.seeds)}</td>'
        f'<td class="num">{gap}</td><td class="num">{p}</td></tr>'
    )
