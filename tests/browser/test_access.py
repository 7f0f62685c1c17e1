"""Axe finds nothing of ours: what Streamlit draws itself is not in our hands, what is inside ``.tr`` is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

from tests.browser.test_looks import READY

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")

# Rules about a whole document need one; ours are parts of Streamlit's.
RUN = """async () => {
    const ours = [...document.querySelectorAll('.tr, .tr-mount, .tr-maps')];
    const found = await axe.run({ include: ours }, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'],
        rules: { region: { enabled: false }, 'heading-order': { enabled: false } },
    });
    return found.violations.map((v) => ({
        rule: v.id, help: v.help,
        nodes: v.nodes.map((n) => n.html.slice(0, 200) + ' ' + (n.any[0]?.message ?? '')).slice(0, 5),
    }));
}"""


@pytest.mark.parametrize(
    ("path", "theme"), [(path, ("light", "dark")[n % 2]) for n, path in enumerate(READY)]
)
def test_axe_finds_nothing_of_ours(visit: Callable, path: str, theme: str) -> None:
    here = visit("en", theme)
    page = here.open(path)
    page.add_script_tag(path=str(AXE))
    found: list[dict[str, Any]] = page.evaluate(RUN)
    assert not found, "\n".join(
        f"{f['rule']}: {f['help']}\n  " + "\n  ".join(f["nodes"]) for f in found
    )
