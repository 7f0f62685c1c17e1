"""Lists side by side: ranks, lines between them, facts under them, the table of what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot

from components.bars import Scale, bar, legend
from components.cards import Card
from components.html import esc, number, picture
from components.i18n import Translator
from components.ranks import kendall_tau, overlap, rank_biased_overlap

GAP_REM = 4.0
"""Width of the gap between columns, Streamlit's "large"; as ``.tr-slopes`` in theme.css."""

ROW_REM = 3.0
"""Height of a row; ``.tr-ranks li`` in theme.css has the same."""


@dataclass(frozen=True)
class Facts:
    """What is known of a column's method."""

    milliseconds: float | None = None
    parameters: float | None = None
    ndcg: float | None = None


def column_html(
    cards: Sequence[Card], left: Sequence[Card] | None, scale: Scale, t: Translator, *, number: int
) -> str:
    """Return one column: its ranked rows, and lines from the ranks of the column to its left."""
    rows = "".join(
        f'<li><b>{c.rank}</b>{picture(c.picture, t, short=True)}<span style="min-width:0">'
        f'<p class="tr-title" title="{esc(c.title)}">{esc(c.title)}</p>'
        f"{bar(c.contributions, c.present, scale, t)}</span></li>"
        for c in cards
    )
    lines = slopes(left, cards) if left is not None else ""
    label = esc(t("compare.column", number=number))
    return (
        f'<div class="tr tr-col">{lines}<ol class="tr-ranks" aria-label="{label}">{rows}</ol></div>'
    )


def slopes(left: Sequence[Card], right: Sequence[Card]) -> str:
    """Return the lines between two columns; the table of what changed says the same in words."""
    old = {c.id: c.rank for c in left}
    depth = max(len(left), len(right), 1)

    def y(rank: int) -> float:
        return (rank - 0.5) * 100 / depth

    marks = []
    for c in right:
        if c.id in old:
            move = "up" if old[c.id] > c.rank else "down" if old[c.id] < c.rank else "level"
            a, b = f"{y(old[c.id]):.2f}%", f"{y(c.rank):.2f}%"
            half = 0.8 * hypot(
                1, (old[c.id] - c.rank) * ROW_REM / GAP_REM
            )  # equally thick at any slope
            band = ",".join(
                f"{x}% calc({end} {sign} {half:.2f}px)"
                for x, end, sign in ((4, a, "-"), (96, b, "-"), (96, b, "+"), (4, a, "+"))
            )
            marks.append(f'<i class="{move}" style="clip-path:polygon({band})"></i>')
    style = f"height:{depth * ROW_REM}rem"
    return f'<div class="tr-slopes" aria-hidden="true" style="{style}">{"".join(marks)}</div>'


def facts_html(
    cards: Sequence[Card], reference: Sequence[Card] | None, facts: Facts, t: Translator
) -> str:
    """Return the facts under a column; ``reference`` is the first column, None for itself."""
    ids = [c.id for c in cards]
    rows: list[tuple[str, str]] = []
    if reference is None:
        rows += [(t("compare.versus"), t("compare.reference")), ("\u00a0", ""), ("\u00a0", "")]
    else:
        first = [c.id for c in reference]
        tau = kendall_tau(first, ids)
        rows += [
            (
                t("compare.overlap"),
                t("compare.overlap_value", count=overlap(first, ids), k=len(ids)),
            ),
            (t("compare.tau"), "–" if tau is None else number(tau)),
            (t("compare.rbo"), number(rank_biased_overlap(first, ids))),
        ]
    unknown = t("compare.unknown")
    rows += [
        (t("compare.ndcg"), unknown if facts.ndcg is None else number(facts.ndcg, 3)),
        (
            t("compare.parameters"),
            unknown if facts.parameters is None else f"{facts.parameters:,.0f}",
        ),
        (
            t("compare.latency"),
            unknown
            if facts.milliseconds is None
            else t("compare.ms", value=number(facts.milliseconds, 0)),
        ),
    ]
    blank = ' class="tr-blank"'
    inner = "".join(
        f"<dt{'' if value else blank}>{esc(name)}</dt><dd{'' if value else blank}>{esc(value)}</dd>"
        for name, value in rows
    )
    return f'<dl class="tr tr-facts">{inner}</dl>'


def _heading(name: str) -> str:
    """Return a column's name, of which a phone shows the number: the lists above have the rest."""
    number, _, rest = name.partition(" ")
    return f'{esc(number)}<span class="tr-far"> {esc(rest)}</span>'


def changes_html(columns: Sequence[Sequence[Card]], names: Sequence[str], t: Translator) -> str:
    """Return the table of every item's rank in every list: the text alternative of the lines."""
    titles: dict[str, str] = {c.id: c.title for cards in columns for c in cards}
    ranks: list[Mapping[str, int]] = [{c.id: c.rank for c in cards} for cards in columns]
    order = sorted(titles, key=lambda id: (min(r.get(id, 10**6) for r in ranks), titles[id]))
    head = "".join(f'<th scope="col" class="num">{_heading(name)}</th>' for name in names)
    body = []
    for id in order:
        places = [r.get(id) for r in ranks]
        known = [p for p in places if p is not None]
        spread = t("card.new") if len(known) == 1 else str(max(known) - min(known) or "–")
        cells = "".join(f'<td class="num">{"–" if p is None else p}</td>' for p in places)
        body.append(
            f'<tr><th scope="row">{esc(titles[id])}</th>{cells}<td '
            f'class="num">{esc(spread)}</td></tr>'
        )
    return (
        f'<div class="tr tr-scroll"><table class="tr-table"><caption>'
        f"{esc(t('compare.changed_line', k=max(len(c) for c in columns)))}</caption>"
        f'<thead><tr><th scope="col">{esc(t("compare.item"))}</th>{head}'
        f'<th scope="col" class="num">{esc(t("compare.largest"))}</th></tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


__all__ = ["Facts", "changes_html", "column_html", "facts_html", "legend", "slopes"]
