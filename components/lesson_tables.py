"""Small tables and bars of the lessons. Each is its own text alternative: the bars repeat the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.html import channel_label, esc, number
from components.i18n import Translator
from components.lesson_bits import LEVELS
from components.lesson_guess import Guess
from core.types import CHANNELS, Channel, Method


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of markup; the first cell of a row names it."""
    first, *others = head
    heads = f'<th scope="col">{first}</th>' + "".join(
        f'<th scope="col" class="num">{name}</th>' for name in others
    )
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f'<td class="num">{cell}</td>' for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="tr tr-scroll"><table class="tr-table"><caption>{esc(caption)}</caption><thead><tr>'
        f"{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def meter(value: float, most: float, channel: str = "") -> str:
    """Return a bar from zero."""
    width = 100 * value / most if most else 0
    colour = f' data-c="{esc(channel)}"' if channel else ""
    return f'<span class="tr-les-meter" aria-hidden="true"{colour}><i style="width:{width:.1f}%"></i></span>'


def bars_html(
    caption: str, values: Mapping[str, float], *, digits: int = 3, hidden: Sequence[str] = ()
) -> str:
    """Return named values as bars on one scale; what is ``hidden`` is asked about, and shows a mark."""
    most = max(values.values(), default=1.0)
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td class="fall">{"" if name in hidden else meter(v, most)}</td>'
        f'<td class="num">{"?" if name in hidden else number(v, digits)}</td></tr>'
        for name, v in values.items()
    )
    return (
        f'<div class="tr"><table class="tr-table tr-les-bars"><caption>{esc(caption)}</caption>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def shares_html(shares: Mapping[Channel, float], t: Translator) -> str:
    """Return every channel's share of all contributions."""
    most = max(shares.values(), default=1.0)
    rows = "".join(
        f'<tr><th scope="row">{channel_label(t, c)}</th><td class="fall">{meter(v, most, c)}</td>'
        f'<td class="num">{100 * v:.0f} %</td></tr>'
        for c, v in shares.items()
    )
    return (
        f'<div class="tr"><table class="tr-table tr-les-bars"><caption>{esc(t("lessons.shares"))}</caption>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def kept_html(kept: Mapping[Method, Mapping[Channel, int]], k: int, t: Translator) -> str:
    """Return how many items stay without each channel, a row a method."""
    rows = [
        [esc(t.name("fusion", method.fusion)), *(str(row[c]) for c in CHANNELS)]
        for method, row in kept.items()
    ]
    head = [esc(t("bar.fusion")), *(channel_label(t, c) for c in CHANNELS)]
    return table(t("lessons.kept_table", k=k), head, rows)


def scores_html(scores: Mapping[str, Mapping[str, float]], t: Translator) -> str:
    """Return test figures, a row a fusion and a column a world, the best of each world in bold."""
    best = {world: max(row.values()) for world, row in scores.items()}
    fusions = sorted(
        next(iter(scores.values())), key=lambda f: -sum(row[f] for row in scores.values())
    )
    rows = [
        [
            esc(t.name("fusion", fusion)),
            *(
                f"<b>{number(row[fusion], 3)}</b>"
                if row[fusion] == best[world]
                else number(row[fusion], 3)
                for world, row in scores.items()
            ),
        ]
        for fusion in fusions
    ]
    head = [esc(t("bar.fusion")), *(esc(t.name("scenario", world)) for world in scores)]
    return table(t("lessons.scores"), head, rows)


def pairs_html(pairs: Mapping[str, tuple[float, float]], t: Translator) -> str:
    """Return what pairs of channels do together, a row a fusion: overlap left of zero, boost right."""
    most = max((v for pair in pairs.values() for v in pair), default=1.0) or 1.0
    rows = "".join(
        f'<tr><th scope="row">{esc(t.name("fusion", fusion))}</th><td class="num">{number(repeat)}</td>'
        f'<td class="fall"><span class="tr-fall" aria-hidden="true">'
        f'<i style="left:{50 - 49 * repeat / most:.1f}%;width:{49 * repeat / most:.1f}%"></i>'
        f'<i style="left:50%;width:{49 * boost / most:.1f}%"></i><u style="left:50%"></u></span></td>'
        f'<td class="num">{number(boost)}</td></tr>'
        for fusion, (boost, repeat) in pairs.items()
    )
    return (
        f'<div class="tr"><table class="tr-table"><caption>{esc(t("lessons.pairs"))}</caption><thead><tr>'
        f'<th scope="col">{esc(t("bar.fusion"))}</th><th scope="col" class="num">'
        f'{esc(t("why.redundant"))}</th><th scope="col" class="fall"><span class="tr-sr">'
        f'{esc(t("why.bar"))}</span></th><th scope="col" class="num">{esc(t("why.synergy"))}</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def guesses_html(guesses: Mapping[Channel, Guess], t: Translator) -> str:
    """Return how good the guesses are, a row a channel."""
    rows = [
        [channel_label(t, c), f"{100 * g.closer:.0f} %", f"{100 * g.first:.0f} %"]
        for c, g in guesses.items()
    ]
    head = [esc(t("lessons.guessed")), esc(t("lessons.closer")), esc(t("lessons.closest"))]
    return table(t("lessons.guesses"), head, rows)


def bits_html(
    kept: Mapping[int, float], parameters: float, shown: Sequence[int], t: Translator
) -> str:
    """Return size and items kept, a row for every number of bits; those not ``shown`` are asked about."""
    rows = [
        [
            esc(t("lessons.bits", bits=bits)),
            f"{parameters * bits / 8 / 1000:,.0f}",
            number(kept[bits], 1) if bits in shown else "?",
        ]
        for bits in LEVELS
    ]
    head = [esc(t("lessons.weight")), esc(t("lessons.kilobytes")), esc(t("lessons.kept"))]
    return table(t("lessons.bits_table"), head, rows)
