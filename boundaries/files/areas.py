"""A polygon layer read as areas: a frame with documented columns, every row checked to be something an area can be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import geopandas
import numpy as np
from numpy.typing import NDArray

from boundaries.codes import check_codes
from boundaries.errors import GeometryError
from boundaries.files.columns import require_columns, text_column
from boundaries.files.crs import check_crs, crs_name
from boundaries.files.garbled import refuse_garbled
from boundaries.files.geopackage import curved_rows
from boundaries.files.layers import read_layer
from boundaries.files.polygons import invalid_polygons, refuse, unusable_polygons
from boundaries.files.repair import repair_polygons
from boundaries.files.sources import Source, as_source, format_of
from boundaries.geometry import LONLAT, to_lonlat

__all__ = ["read_areas", "read_routable"]

Frame = Any  # geopandas.GeoDataFrame; geopandas carries no types


def read_areas(
    source: Source | Path | str,
    *,
    code: str,
    name: str | None = None,
    parent: str | None = None,
    keep: Sequence[str] = (),
    crs: str | None = None,
    encoding: str | None = None,
    invalid: Literal["refuse", "repair", "keep"] = "refuse",
    codes: Literal["refuse", "keep"] = "refuse",
) -> Frame:
    """The areas of a polygon layer as a GeoDataFrame in the layer's own reference system, one row a polygon, in file order.

    source: path, `FILE:LAYER` or Source. code, name, parent, keep: columns of the layer. Columns of the answer: `code`, `name`
    ('' unless named), `parent_code` ('' unless named), the columns of `keep`, `geometry`; texts never missing, '' instead.
    `frame.attrs["repaired"]` lists the codes of repaired polygons.
    crs: for files that do not say theirs. encoding: of a Shapefile's texts, instead of what its .cpg says. Names that were plainly
    read in the wrong one are refused (`texts_garbled`) unless an encoding is given.
    invalid: polygons with invalid rings are refused, or repaired (in a child process with limits, see `repair`), or kept.
    codes: missing, malformed and doubled ones are refused, or kept for the checks to report.

    Raises FileError, CrsError, CodeError `codes_unusable`, GeometryError `polygons_refused`; each of their `items` names a row, and a
    place in lon/lat where there is a shape.
    """
    chosen = as_source(source)
    frame, layer = read_layer(chosen, encoding=encoding)
    label = f"{chosen.path.name}:{layer}" if layer != chosen.path.stem else chosen.path.name
    fields = [column for column in frame.columns if column != frame.geometry.name]
    require_columns([column for column in (code, name, parent, *keep) if column is not None], fields, name=label)
    geoms = np.asarray(frame.geometry, dtype=object)
    all_codes = text_column(frame, code)
    curved = curved_rows(chosen.path, layer) if format_of(chosen.path) == "geopackage" else {}
    said = check_crs(frame.crs, tuple(frame.total_bounds), name=label, given=crs)
    refuse(unusable_polygons(geoms, all_codes.tolist(), crs=said, curved=curved), name=label)
    if codes == "refuse":
        check_codes(all_codes.tolist())
    repaired: list[str] = []
    if invalid != "keep":
        errors = invalid_polygons(geoms, all_codes.tolist(), crs=said)
        if invalid == "repair":
            geoms, errors, repaired = _repaired(geoms, errors)
        refuse(errors, name=label)
    blank = np.full(len(frame), "", dtype=object)
    columns = {
        "code": all_codes,
        "name": text_column(frame, name) if name else blank,
        "parent_code": text_column(frame, parent) if parent else blank,
    }
    if encoding is None:  # who names an encoding has looked at the texts
        refuse_garbled(columns["name"].tolist(), name=label)
    result = geopandas.GeoDataFrame({**columns, **{column: frame[column] for column in keep}}, geometry=geoms, crs=said)
    result.attrs["repaired"] = repaired
    return result


def read_routable(
    source: Source | Path | str, *, code: str, crs: str | None = None, encoding: str | None = None, repair: bool = False
) -> tuple[NDArray[np.object_], list[str], list[str]]:
    """(polygons, codes, repaired codes) of a layer, ready for the router: WGS-84 lon/lat with 9 decimals, valid in that system.

    The routed polygon is the straight lon/lat lines between those vertices, so validity is judged after the transformation.
    Raises as `read_areas`.
    """
    frame = read_areas(source, code=code, crs=crs, encoding=encoding, invalid="repair" if repair else "refuse")
    geoms = np.asarray(frame.geometry, dtype=object)
    codes: list[str] = frame["code"].tolist()
    lonlat: NDArray[np.object_] = to_lonlat(geoms, crs_name(frame.crs))
    errors = invalid_polygons(lonlat, codes, crs=LONLAT)
    repaired: list[str] = frame.attrs["repaired"]
    if repair:
        lonlat, errors, more = _repaired(lonlat, errors)
        repaired = sorted({*repaired, *more})
    refuse(errors, name=str(as_source(source)))
    return lonlat, codes, repaired


def _repaired(geoms: NDArray[np.object_], errors: Sequence[GeometryError]) -> tuple[NDArray[np.object_], list[GeometryError], list[str]]:
    """(polygons with the repaired ones in place, errors that remain, codes repaired)."""
    result = geoms.copy()
    left: list[GeometryError] = []
    done: list[str] = []
    rows = [error.row for error in errors if error.row is not None]
    for error, outcome in zip(errors, repair_polygons(geoms[rows]), strict=True):
        if outcome.polygon is not None:
            result[error.row] = outcome.polygon
            done.append(error.area or "")
            continue
        left.append(
            GeometryError(
                "repair_refused",
                en="{invalid} It could not be repaired: {reason}.",
                zh="{invalid_zh}无法修复:{reason_zh}。",
                row=error.row,
                area=error.area,
                place=error.place,
                invalid=error.text("en"),
                invalid_zh=error.text("zh"),
                reason=outcome.reason,
                reason_zh=outcome.reason_zh,
            )
        )
    return result, left, done
