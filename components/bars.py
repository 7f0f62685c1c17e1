"""Contribution bars: signed pieces diverging from one zero, and the waterfall that adds them up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from components.html import channel_label, esc, number, signed
from components.i18n import Translator

Contributions = Mapping[str, float]


@dataclass(frozen=True)
class Scale:
    """A common axis: ``low`` <= 0 <= ``high`` in logits, both at the same place in every bar."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Return where a value lies, in percent from the left."""
        return 100 * (value - self.low) / (self.high - self.low)

    def width(self, value: float) -> float:
        """Return how wide a piece of ``value`` logits is, in percent."""
        return 100 * abs(value) / (self.high - self.low)


def common_scale(bars: Iterable[Contributions]) -> Scale:
    """Return the scale on which all the bars fit, whatever is stacked to either side of zero."""
    lows, highs = [0.0], [0.0]
    for bar in bars:
        lows.append(sum(v for v in bar.values() if v < 0))
        highs.append(sum(v for v in bar.values() if v > 0))
    low, high = min(lows), max(highs)
    if low == high == 0:
        return Scale(-1, 1)
    margin = 0.02 * (high - low)
    return Scale(low - margin, high + margin)


def spoken(contributions: Contributions, present: Mapping[str, bool], t: Translator) -> str:
    """Say a bar in words, for screen readers and tooltips."""
    parts = (
        f"{t.name('channel', c)} {signed(v) if present.get(c) else t('card.absent')}"
        for c, v in contributions.items()
    )
    return t("punct.list").join(parts)


def bar(
    contributions: Contributions, present: Mapping[str, bool], scale: Scale, t: Translator
) -> str:
    """Return one item's bar: what raised its score right of zero, what lowered it left."""
    pieces, left, right = [], 0.0, 0.0
    for channel, value in contributions.items():
        if not present.get(channel) or value == 0:
            continue
        start = right if value > 0 else left + value
        if value > 0:
            right += value
        else:
            left += value
        pieces.append(
            f'<i data-c="{esc(channel)}" title="{esc(t.name("channel", channel))} {signed(value)}" '
            f'style="left:{scale.place(start):.2f}%;width:{scale.width(value):.2f}%"></i>'
        )
    return (
        f'<span class="tr-bar" role="img" aria-label="{esc(spoken(contributions, present, t))}">'
        f'{"".join(pieces)}<u style="left:{scale.place(0):.2f}%"></u></span>'
    )


def legend(channels: Sequence[str], t: Translator) -> str:
    """Return the key to the colours: icon and word each."""
    keys = "".join(
        f'<li data-c="{esc(c)}"><span class="tr-key"></span>{esc(t.name("channel", c))}</li>'
        for c in channels
    )
    direction = f"<li>{esc(t('bar.direction'))}</li>"
    return f'<ul class="tr-legend" title="{esc(t("bar.help"))}">{keys}{direction}</ul>'


def equation(base: float, contributions: Contributions, score: float) -> str:
    """Print the sum: base and contributions on the left, the score on the right."""
    terms = "".join(
        f" {'+' if float(f'{v:.2f}') >= 0 else '−'} {abs(v):.2f}" for v in contributions.values()
    )
    return f"{number(base)}{terms} = {number(score)}"


def waterfall(
    base: float,
    contributions: Contributions,
    present: Mapping[str, bool],
    score: float,
    t: Translator,
) -> str:
    """Return a table from base to score: one row a channel, its signed bar, its number.

    The table is its own text alternative: the bars repeat what the numbers say.
    """
    stops, level = [0.0, base], base
    for value in contributions.values():
        level += value
        stops.append(level)
    scale = common_scale([{"low": min(0.0, *stops)}, {"high": max(0.0, *stops)}])
    rows = [_row(f"<span>{esc(t('why.base'))}</span>", 0, base, scale, number(base))]
    level = base
    for channel, value in contributions.items():
        here = bool(present.get(channel))
        shown = signed(value) if here else esc(t("card.absent"))
        rows.append(_row(channel_label(t, channel), level, level + value, scale, shown, channel))
        level += value
    rows.append(
        _row(f"<span>{esc(t('why.score'))}</span>", 0, score, scale, number(score), total=True)
    )
    return (
        f'<table class="tr-table"><caption>{esc(t("why.caption"))}</caption><thead><tr>'
        f'<th scope="col">{esc(t("why.part"))}</th><th scope="col" class="fall"><span '
        f'class="tr-sr">'
        f'{esc(t("why.bar"))}</span></th><th scope="col" '
        f'class="num">{esc(t("why.logits"))}</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _row(
    label: str,
    start: float,
    end: float,
    scale: Scale,
    shown: str,
    channel: str = "",
    *,
    total: bool = False,
) -> str:
    left, right = sorted((scale.place(start), scale.place(end)))
    piece = f'<i style="left:{left:.2f}%;width:{right - left:.2f}%"></i>' if right > left else ""
    return (
        f'<tr{" class=total" if total else ""} data-c="{esc(channel)}"><th scope="row">{label}</th>'
        f'<td class="fall"><span class="tr-fall" aria-hidden="true">{piece}'
        f'<u style="left:{scale.place(0):.2f}%"></u></span></td><td class="num">{shown}</td></tr>'
    )
