"""The leaderboard: what visitors trained beside what any fusion has to beat."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scipy.stats import ttest_ind_from_stats

from components.html import esc, number, signed
from components.i18n import Translator
from components.lab_curves import name_of
from components.lab_runs import Run
from core.evaluation.significance import holm


@dataclass(frozen=True)
class Row:
    """One line: ``kind`` is reference, shipped or mine; NDCG@10 over ``n`` seeds, ``sd`` None for one."""

    name: str
    kind: str
    mean: float
    sd: float | None = None
    n: int = 1

    @classmethod
    def of(cls, name: str, kind: str, seeds: Sequence[float]) -> Row:
        """Return the row of one value a seed."""
        sd = statistics.stdev(seeds) if len(seeds) > 1 else None
        return cls(name, kind, statistics.mean(seeds), sd, len(seeds))


def references(found: Mapping[str, Any], t: Translator) -> list[Row]:
    """Return the rows of ``bench quality``: popularity, each channel alone, all, the planted oracle."""
    rows = []
    for name, figures in found.items():
        said = t.word("lab.row", name.replace(" + ", " ").replace(" ", "_"))
        n = len(figures.get("seeds", ())) or figures.get("n", 1)
        rows.append(Row(said, "reference", figures["ndcg@10"], figures.get("sd"), n))
    return rows


def mine(runs: Iterable[Run], t: Translator) -> list[Row]:
    """Return this session's finished runs, those that differ in their seed only as one row."""
    same: dict[str, dict[int, Run]] = {}
    for run in runs:
        if run.reached:
            key = replace(run.config, seed=0).to_json()
            same.setdefault(key, {})[run.config.seed] = run
    rows = []
    for group in same.values():
        name = name_of(next(iter(group.values())), t)
        if len(group) > 1:  # the seed is the last thing a name says
            name = name.rpartition(t("punct.list"))[0]
        reached = [float(run.reached["ndcg@10"]) for run in group.values() if run.reached]
        rows.append(Row.of(name, "mine", reached))
    return rows


def p_values(rows: Sequence[Row], against: Row | None) -> dict[int, float]:
    """Return p of Welch's t-test over seeds against one row, after Holm, for rows with several seeds."""
    if against is None or against.sd is None:
        return {}
    which = {n: row for n, row in enumerate(rows) if row.kind == "mine" and row.sd is not None}
    raw = [
        float(
            ttest_ind_from_stats(
                row.mean, row.sd, row.n, against.mean, against.sd, against.n, equal_var=False
            ).pvalue
        )
        for row in which.values()
    ]
    return dict(zip(which, holm(raw), strict=True)) if which else {}


def board_html(rows: Sequence[Row], against: Row | None, t: Translator) -> str:
    """Return the table, best first, each mean drawn as a bar on one scale."""
    ordered = sorted(rows, key=lambda row: -row.mean)
    top = max(row.mean for row in ordered)
    sure = p_values(ordered, against)
    body = "".join(_row(n, row, top, against, sure, t) for n, row in enumerate(ordered))
    heads = "".join(
        f'<th{" class=num" if key != "name" else ""} scope="col">{esc(t(f"lab.head.{key}"))}</th>'
        for key in ("name", "ndcg", "seeds", "against", *(["p"] if sure else []))
    )
    return (
        f'<div class="tr tr-scroll"><table class="tr-table tr-board">'
        f"<caption>{esc(t('lab.board_line'))}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(
    n: int, row: Row, top: float, against: Row | None, sure: Mapping[int, float], t: Translator
) -> str:
    spread = f" ± {number(row.sd, 3)}" if row.sd is not None else ""
    gap = "" if against is None or row.kind == "reference" else signed(row.mean - against.mean, 3)
    p = f'<td class="num">{f"{sure[n]:.3f}" if n in sure else ""}</td>' if sure else ""
    kind = esc(t(f"lab.kind.{row.kind}"))
    return (
        f'<tr data-kind="{row.kind}"><th scope="row">{esc(row.name)} '
        f'<span class="tr-muted tr-small">{kind}</span>'
        f'<i class="tr-board-bar" style="width:{100 * max(row.mean, 0) / top:.1f}%"></i></th>'
        f'<td class="num">{number(row.mean, 3)}{spread}</td><td class="num">{row.n}</td>'
        f'<td class="num">{gap}</td>{p}</tr>'
    )
