"""README's moving picture can be recorded again, and it moves."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the extra `dev`")


@pytest.mark.nightly
def test_the_picture_of_the_page_moves(tmp_path: Path):
    from PIL import Image

    from tests.desk.recorded import main

    main(tmp_path / "desk.gif")
    with Image.open(tmp_path / "desk.gif") as picture:
        assert picture.n_frames >= 10
    assert (tmp_path / "desk.gif").stat().st_size < 1_000_000
