"""Votes and results as markup: counts, the interval around a share, the table by fusion."""

from __future__ import annotations

from collections.abc import Mapping

from components.html import esc, number
from components.i18n import Translator
from core.classroom.results import RoundResult, Share
from core.classroom.room import State


def counts_html(result: RoundResult, t: Translator) -> str:
    """Return how many voted for which list, named once that is revealed.

    Nobody can be swayed by the counts of an open round: whether his left list is list 1 or list 2 is
    different for every student, and not said.
    """
    shown = result.round.state is State.REVEALED
    names = (
        fusion_name(result.round.first, t) if shown else t("class.list_1"),
        fusion_name(result.round.second, t) if shown else t("class.list_2"),
        t("class.same"),
    )
    counts = (result.first, result.second, result.same)
    most = max(1, *counts)
    rows = "".join(
        f'<div data-n="{n}"><dt>{esc(name)}</dt><dd><i style="width:{100 * count / most:.1f}%"></i>'
        f"<b>{count}</b></dd></div>"
        for n, (name, count) in enumerate(zip(names, counts, strict=True), 1)
    )
    total = t("class.votes_one") if result.votes == 1 else t("class.votes", count=result.votes)
    return (
        f'<section class="tr tr-class-counts" aria-label="{esc(t("class.counts"))}">'
        f'<p class="tr-class-total">{esc(total)}</p><dl>{rows}</dl></section>'
    )


def verdict_html(result: RoundResult, t: Translator) -> str:
    """Return who won a revealed round, with the interval in words and drawn."""
    share = result.share
    leads = share.part >= 0.5
    name = fusion_name(result.round.first if leads else result.round.second, t)
    if not share.votes:
        return f'<p class="tr tr-class-verdict">{esc(t("class.nobody"))}</p>'
    key = "class.won" if result.winner else "class.undecided"
    ahead = share if leads else opposite(share)
    said = t(key, fusion=name, wins=ahead.wins, votes=ahead.votes, **percent(ahead))
    return (
        f'<div class="tr tr-class-verdict"><p>{esc(said)}</p>{interval_html(ahead)}'
        f'<p class="tr-small tr-muted">{esc(t("class.p", p=number(result.p, 3)))}</p></div>'
    )


def table_html(shares: Mapping[str, Share], t: Translator) -> str:
    """Return the table by fusion over all revealed rounds."""
    rows = "".join(
        f'<tr><th scope="row">{esc(fusion_name(fusion, t))}</th>'
        f'<td class="num">{share.wins} / {share.votes}</td>'
        f'<td class="num">{number(100 * share.part, 0)} %</td>'
        f'<td class="tr-class-wide">{interval_html(share) if share.votes else ""}</td>'
        f'<td class="num">{number(100 * share.low, 0)}–{number(100 * share.high, 0)} %</td></tr>'
        for fusion, share in shares.items()
    )
    heads = "".join(
        f'<th scope="col"{attributes}>{esc(t(f"class.table.{key}"))}</th>'
        for key, attributes in (
            ("fusion", ""),
            ("preferred", ' class="num"'),
            ("share", ' class="num"'),
            ("drawn", ' class="tr-class-wide"'),
            ("interval", ' class="num"'),
        )
    )
    return (
        f'<div class="tr"><table class="tr-table tr-class-table"><caption>'
        f"{esc(t('class.table.caption'))}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def interval_html(share: Share) -> str:
    """Draw a share and its interval between nobody and everybody; the words beside it say the same."""
    low, high, at = (f"{100 * x:.1f}%" for x in (share.low, share.high, share.part))
    return (
        f'<div class="tr-class-ci" aria-hidden="true"><i style="left:{low};right:calc(100% - {high})">'
        f'</i><b style="left:{at}"></b></div>'
    )


def opposite(share: Share) -> Share:
    """Return the share of the other list."""
    return Share(share.votes - share.wins, share.votes, 1 - share.high, 1 - share.low)


def percent(share: Share) -> dict[str, str]:
    """Return share, low and high in percent, as sentences want them."""
    parts = {"share": share.part, "low": share.low, "high": share.high}
    return {name: number(100 * value, 0) for name, value in parts.items()}


def fusion_name(fusion: str, t: Translator) -> str:
    """Return what a fusion is called."""
    return t.name("fusion", fusion)
