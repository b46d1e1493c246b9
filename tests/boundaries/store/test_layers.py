"""The option that says which layer holds a level."""

from pathlib import Path

import pytest

from boundaries.errors import FileError
from boundaries.store.layers import LayerSpec, parse_level_option


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wilaya=wilayas:code", LayerSpec("wilaya", Path("city.gpkg"), "code", layer="wilayas")),
        (
            "daira=dairas:osm_id,parent=wilaya_code,name=name_fr",
            LayerSpec("daira", Path("city.gpkg"), "osm_id", layer="dairas", parent="wilaya_code", name="name_fr"),
        ),
        ("grid=a:b:code,kind=k,households=h", LayerSpec("grid", Path("city.gpkg"), "code", layer="a:b", kind="k", households="h")),
        ("grid=code", LayerSpec("grid", Path("city.gpkg"), "code")),
        ("grid=data/grids.shp:code,name=n", LayerSpec("grid", Path("data/grids.shp"), "code", name="n")),  # one file a level
        ("grid=all.gpkg:cells:code", LayerSpec("grid", Path("all.gpkg"), "code", layer="cells")),
    ],
)
def test_options_are_read(text: str, expected: LayerSpec) -> None:
    assert parse_level_option(text, "city.gpkg") == expected


def test_the_file_may_name_the_layer_and_all_levels_a_name() -> None:
    spec = parse_level_option("grid=code", "city.gpkg:grids", name="label")
    assert (spec.layer, spec.name) == ("grids", "label")
    assert parse_level_option("grid=cells:code", "city.gpkg:grids").layer == "cells"
    assert str(spec.file) == "city.gpkg:grids"


MALFORMED = [
    "",
    "grid",
    "grid=",
    "=code",
    "grid=layer:",
    "grid=code,parent",
    "grid=code,parent=",
    "grid=code,colour=c",
    "grid=c,name=a,name=b",
]


@pytest.mark.parametrize("text", MALFORMED)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(FileError) as refused:
        parse_level_option(text, "city.gpkg")
    assert refused.value.code == "level_option_malformed"
