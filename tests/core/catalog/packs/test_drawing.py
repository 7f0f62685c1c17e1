import io

import numpy as np
import pytest
from PIL import Image

from core.catalog.packs.drawing import rasterise

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100">'
)


def pixels(svg):
    return np.asarray(Image.open(io.BytesIO(rasterise(svg.encode(), 100))).convert("RGBA"))


def test_transparency_is_kept():
    drawn = pixels(f'{HEAD}<rect width="50" height="100" fill="#f00"/></svg>')
    assert tuple(drawn[50, 25]) == (255, 0, 0, 255)
    assert drawn[50, 75, 3] == 0


def test_lengths_in_points_have_a_length():
    drawn = pixels(
        '<svg xmlns="http://www.w3.org/2000/svg" width="30pt" height="60pt">'
        '<rect width="100%" height="100%"/></svg>'
    )
    assert drawn.shape == (100, 50, 4)


@pytest.mark.parametrize("attribute", ["href", "xlink:href"])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_files_outside_are_not_drawn(tmp_path, png, attribute, quote):
    (tmp_path / "secret.png").write_bytes(png)
    picture = f"<image width='100' height='100' {attribute}={quote}{tmp_path}/secret.png{quote}/>"
    assert not pixels(f"{HEAD}{picture}</svg>").any()


def test_references_inside_are_drawn():
    drawn = pixels(
        f'{HEAD}<defs><rect id="r" width="100" height="100"/></defs><use xlink:href="#r"/></svg>'
    )
    assert drawn[50, 50, 3] == 255


@pytest.mark.parametrize("svg", [b"", b"<svg", b"\x89PNG"])
def test_what_is_no_drawing_is_an_oserror(svg):
    with pytest.raises(OSError, match="damaged"):
        rasterise(svg)
