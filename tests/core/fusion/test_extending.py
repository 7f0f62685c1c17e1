"""``docs/extending.md`` is followed to the letter."""

import re
from pathlib import Path

import torch

from core.fusion import FUSIONS, create_fusion

GUIDE = Path(__file__).parents[3] / "docs" / "extending.md"


def test_the_fusion_of_the_guide_works_as_written():
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    try:
        exec(compile(code, str(GUIDE), "exec"), {"__name__": "guide"})
        fusion = create_fusion("average", {"image": 3, "text": 5}, width=4)
        x = {"text": torch.randn(2, 5), "image": torch.full((2, 3), torch.nan)}
        present = torch.tensor([[False, True], [False, False]])
        z = fusion(x, present).z
        expected = fusion.project["text"](x["text"][0])
        torch.testing.assert_close(z[0], expected)
        assert (z[1] == 0).all()
    finally:
        FUSIONS._entries.pop("average", None)
