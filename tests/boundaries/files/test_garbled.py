"""Texts read in the wrong encoding are named; real ones, foreign ones among them, are left alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from boundaries.errors import FileError
from boundaries.files import read_areas
from boundaries.files.garbled import refuse_garbled, true_encoding

CHINESE = ["第一网格", "东街社区", "其余地块", "河湾", "石桥村"]


@pytest.mark.parametrize(
    ("texts", "right"),
    [
        ([], None),
        (["grid 1", ""], None),
        (CHINESE, None),
        (["Béjaïa", "Aïn Témouchent", "M'Sila", "Médéa", "Zürich", "Kraków", "São Paulo"], None),
        (["أدرار", "الشلف"], None),
        ([text.encode().decode("latin-1") for text in CHINESE], "UTF-8"),
        ([text.encode("gb18030").decode("latin-1") for text in CHINESE], "GB18030"),
        ([text.encode().decode("gb18030", errors="replace") for text in ["网格", "社区网格", "街道社区"]], "UTF-8"),
        ([*CHINESE, "ab\ufffdc"], "?"),
    ],
)
def test_the_true_encoding(texts: Sequence[str], right: str | None) -> None:
    assert true_encoding(texts) == right


def test_the_refusal_names_row_and_encoding() -> None:
    with pytest.raises(FileError) as refusal:
        refuse_garbled(["plain", *(text.encode("gb18030").decode("latin-1") for text in CHINESE)], name="grids.shp")
    assert (refusal.value.code, refusal.value.row, refusal.value.params["right"]) == ("texts_garbled", 1, "GB18030")
    assert "GB18030" in refusal.value.text("zh")


@pytest.mark.parametrize(("cpg", "right"), [("ISO-8859-1", "GB18030"), ("GB18030", None)])
def test_a_shapefile_whose_cpg_lies(frame: Any, tmp_path: Path, cpg: str, right: str | None) -> None:
    frame["label"] = ["第一网格", "东街社区"]
    frame.to_file(tmp_path / "gbk.shp", encoding="GB18030")
    (tmp_path / "gbk.cpg").write_text(cpg)
    if right is None:
        assert read_areas(tmp_path / "gbk.shp", code="grid", name="label")["name"].tolist() == ["第一网格", "东街社区"]
        return
    with pytest.raises(FileError) as refusal:
        read_areas(tmp_path / "gbk.shp", code="grid", name="label")
    assert (refusal.value.code, refusal.value.params["right"]) == ("texts_garbled", right)
    named = read_areas(tmp_path / "gbk.shp", code="grid", name="label", encoding=right)
    assert named["name"].tolist() == ["第一网格", "东街社区"]
