"""What the model weighs inside, for one item: gates and maps of attention. Apart from all contributions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.engine import engine
from components.html import esc
from components.i18n import Translator
from components.inside_weights import map_html
from components.why_ask import remembered
from components.why_sum import internal_html

if TYPE_CHECKING:
    from core.explain.report import Explanation
    from core.inside import AttentionMap


def attention_of(found: Explanation) -> tuple[AttentionMap, ...]:
    """Return the maps of attention on the item; nothing where the method has none."""

    def make() -> tuple[AttentionMap, ...]:
        import numpy as np  # both bring torch, which a first paint does without

        from core.explain.door import pair_of
        from core.inside.weights import fuse_again, maps_of
        from core.recommenders.two_tower import TwoTower

        pair = pair_of(engine(), found.request, found.item.id)
        if not isinstance(pair.model, TwoTower):
            return ()
        rows = np.array([pair.row])
        return maps_of(*fuse_again(pair.model, pair.visitor, rows, pair.on))

    key = ("attention", found.request, found.item.id)
    return remembered(key, make, found.request.query.media)


def weights_html(found: Explanation, t: Translator) -> str:
    """Return gates and maps, whichever there are, or that there are none."""
    maps = attention_of(found)
    gates = internal_html(found, t) if found.gates or not maps else ""
    if not maps:
        return gates
    drawn = "".join(map_html(each, each.weights[0], t) for each in maps)
    return (
        f'{gates}<div class="tr tr-internal" style="margin-top:.8rem"><p class="tr-small tr-muted">'
        f'{esc(t("why.maps_line"))}</p><div class="tr-scroll tr-gap">{drawn}</div></div>'
    )
