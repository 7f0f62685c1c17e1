import io

import pytest
from PIL import Image


@pytest.fixture(scope="session")
def png():
    """A picture with transparency, as the packages have them."""
    out = io.BytesIO()
    Image.new("RGBA", (32, 24), (200, 30, 30, 128)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def write(tmp_path):
    """Write a file below the tree that stands for /usr/share."""

    def write(path, content):
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    return write


@pytest.fixture
def copyright_of(write):
    """Install a package's copyright file."""

    def copyright_of(package, *paragraphs):
        head = "Format: https://example.org/\nSource: https://example.org/project"
        write(f"doc/{package}/copyright", "\n\n".join((head, *paragraphs)) + "\n")

    return copyright_of
