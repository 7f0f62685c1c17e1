"""MiniLM through ONNX Runtime, in single precision and with 8-bit weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.encoders.onnx_runtime import OnnxNetwork, export, opened, quantize_weights
from core.encoders.registry import register
from core.encoders.text_minilm import MiniLm

if TYPE_CHECKING:
    from torch import Tensor


class _Exported(MiniLm):
    """The same tokenizer, network and pooling; only the arithmetic runs elsewhere."""

    def _load(self) -> None:
        super()._load()
        model = self._model
        self._model = _Unpadded(opened(self.card, lambda path: self._write(model, path)))

    def _write(self, model: Any, path: Path) -> None:
        import torch
        from torch import nn

        class Whole(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.body = model

            def forward(self, pieces: Tensor) -> Tensor:
                states: Tensor = self.body(input_ids=pieces).last_hidden_state
                return states

        model.set_attn_implementation("eager")  # exported, it is the faster one
        example = {"pieces": torch.ones(1, 8, dtype=torch.long)}
        export(Whole().eval(), example, ("states",), path, free={1: "length"})


class _Unpadded:
    """Looks like the model of transformers, but reads one text at a time.

    Without padding that is faster than a batch, and a text's vector cannot depend on its neighbours,
    which in 8 bits it would: they share the range to which states are rounded.
    """

    def __init__(self, network: OnnxNetwork) -> None:
        self._network = network

    def __call__(self, input_ids: Tensor, attention_mask: Tensor) -> Any:
        import torch
        from transformers.modeling_outputs import BaseModelOutput

        lengths = attention_mask.sum(dim=1).tolist()
        rows = [
            self._network(pieces=row[None, :length])[0][0]
            for row, length in zip(input_ids, lengths, strict=True)
        ]
        states: Any = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        return BaseModelOutput(last_hidden_state=states)


@register
class MiniLmOnnx(_Exported):
    """MiniLM by ONNX Runtime: the same vectors."""

    card = replace(
        MiniLm.card,
        id="minilm-l6-v2-onnx",
        source=f"{MiniLm.card.source}; ONNX Runtime",
        revision=f"{MiniLm.card.revision}-1",
        parameters=22_713_216,
        megabytes=90.4,
    )


@register
class MiniLmInt8(_Exported):
    """MiniLM with 8-bit weights: a quarter of the size, half the time, nearly the same vectors."""

    card = replace(
        MiniLm.card,
        id="minilm-l6-v2-int8",
        source=f"{MiniLm.card.source}; ONNX Runtime, 8-bit weights",
        revision=f"{MiniLm.card.revision}-1",
        parameters=22_713_216,
        megabytes=23.0,
    )

    def _write(self, model: Any, path: Path) -> None:
        whole = path.with_suffix(".whole.onnx")
        super()._write(model, whole)
        quantize_weights(whole, path)
