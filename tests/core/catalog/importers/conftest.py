import io
import zipfile

import numpy as np
import pytest

from core.catalog.importers import read
from core.errors import TriadError


@pytest.fixture
def tree(tmp_path):
    """Write files, given by path and content, into a folder, and return it."""

    def plant(files, name="data"):
        folder = tmp_path / name
        folder.mkdir()
        for path, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        return folder

    return plant


@pytest.fixture
def pack(tmp_path):
    """Write files into a zip archive, and return it. Names may be ``ZipInfo``, to make strange entries."""

    def zipped(files, name="data.zip", method=zipfile.ZIP_DEFLATED):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", method) as archive:
            for entry, content in files.items():
                archive.writestr(entry, content)
        return path

    return zipped


@pytest.fixture
def refused():
    """Read what must be refused; return the code, after checking that both languages have a sentence."""

    def code(path):
        with pytest.raises(TriadError) as caught:
            read(path)
        for language in ("en", "zh"):
            sentence = caught.value.say(language)
            assert sentence
            assert "{" not in sentence
            assert "\n" not in sentence
        return caught.value.code

    return code


@pytest.fixture
def npy():
    """Return the bytes of a ``.npy`` file."""

    def saved(array):
        stream = io.BytesIO()
        np.save(stream, array, allow_pickle=np.asarray(array).dtype.hasobject)
        return stream.getvalue()

    return saved
