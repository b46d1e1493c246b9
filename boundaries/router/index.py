"""The exact router: which leaf holds a point."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.errors import IndexFileError
from boundaries.router.admission import admitted
from boundaries.router.build import build_layer
from boundaries.router.distance import Distances
from boundaries.router.kernel import kernel_for
from boundaries.router.layer import Float64, Int32, Layer
from boundaries.router.outline import is_inside, outline_edges
from boundaries.router.overlaps import disjoint_layers
from boundaries.router.points import coordinate, coordinates, finite_coordinate, same_length
from boundaries.router.single import covering
from boundaries.router.storage import Stored, read, write


class Index:
    """The leaves of one generation, immutable, ready to say which of them covers a point.

    Positions are places in `codes`, which are in code-point order. A point on a border belongs to the leaf with the smallest code,
    that is to the smallest position of all whose closed polygon covers it: exactly `min` of shapely's `covers`, for every float64 point.
    Polygons are planar in lon/lat: straight edges between the vertices as given. Where polygons overlap the smallest code wins, too.
    Built from polygons (`Index.build`) or mapped from a file (`Index.load`). Safe to share between threads.
    """

    __slots__ = ("_covering", "_distances", "_kernel", "_layers", "_locate", "_outline", "codes", "digest", "generation")

    def __init__(self, *, codes: tuple[str, ...], generation: int, digest: str, layers: Sequence[Layer], outline: Float64) -> None:
        self.codes = codes
        self.generation = generation
        self.digest = digest
        self._layers, self._outline = tuple(layers), outline
        self._kernel = kernel_for(self._layers)
        self._locate = self._kernel.locate
        self._covering = [covering(layer) for layer in self._layers]
        self._distances = Distances(self._layers, len(codes))

    @classmethod
    def build(cls, polygons: Iterable[Any], codes: Iterable[str], *, generation: int = 0) -> Index:
        """An index of shapely Polygons and MultiPolygons (lon/lat degrees, 2D, valid), one unique code each, in any order.

        Overlaps and gaps are allowed. Raises CodeError (missing, doubled), GeometryError (no, empty, invalid, 3D or other geometries) or
        CoordinateError (not finite, out of range), naming the culprit; `items` names the others.
        """
        shapes, names = admitted(polygons, codes)
        groups = disjoint_layers(shapes)
        layers = [build_layer(shapes[group], (group + 1).astype(np.int32)) for group in groups]
        return cls(
            codes=names, generation=generation, digest=digest_of(shapes, names), layers=layers, outline=outline_edges(shapes, groups)
        )

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the index to one file, flushed and swapped in whole; IndexFileError if that fails, with the old file untouched."""
        write(path, Stored(self.codes, self.generation, self.digest, self._layers, self._outline))

    @classmethod
    def load(cls, path: str | PathLike[str], *, verify: bool = True, digest: str | None = None) -> Index:
        """The index in a file, mapped into memory, so that processes share it; the file may be replaced meanwhile.

        verify: check every byte against the file's checksum, else the header and the size only. digest: the `digest` the areas must have.
        Raises IndexFileError: missing, not an index, of another version, damaged, cut short, of other areas.
        """
        stored = read(path, verify=verify)
        if digest is not None and digest != stored.digest:
            raise IndexFileError(
                "index_of_other_areas",
                en="The index file {path} was built from other areas.",
                zh="索引文件 {path} 是由其他区域生成的。",
                path=str(path),
            )
        return cls(codes=stored.codes, generation=stored.generation, digest=stored.digest, layers=stored.layers, outline=stored.outline)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays, codes left out."""
        return sum(layer.nbytes for layer in self._layers) + self._outline.nbytes + self._distances.nbytes

    @property
    def grid(self) -> tuple[Float64, Float64]:
        """(west and south corner, width and height of a cell) of the first raster, in degrees: where a rounded cell would show."""
        origin = self._layers[0].origin
        return origin[:2].copy(), 1.0 / origin[2:]

    def locate(self, *, lon: float, lat: float) -> int:
        """The position of the leaf that covers the point, or -1 (outside, in a gap, NaN or infinite).

        Numbers only (CoordinateError for texts, booleans, float32 and the like). On a border: the leaf with the smallest code.
        """
        if type(lon) is not float or type(lat) is not float:
            lon, lat = coordinate(lon, "lon"), coordinate(lat, "lat")
        return self._locate(lon, lat)

    def locate_many(self, *, lons: npt.NDArray[np.float64], lats: npt.NDArray[np.float64]) -> Int32:
        """Positions for arrays of points, int32, -1 where `locate` says -1 (NaN and infinite numbers included).

        lons, lats: one-dimensional float64 arrays of one length, contiguous or strided, in degrees; integer arrays are converted if that
        is exact. CoordinateError otherwise: float32 has moved points by up to half a metre, so it is refused. Scratch memory is bounded.
        """
        x, y = coordinates(lons, "lons"), coordinates(lats, "lats")
        out = np.empty(same_length(lons=x, lats=y), np.int32)
        self._kernel.locate_many(x, y, out)
        return out

    def on_border(self, *, lon: float, lat: float) -> tuple[int, ...]:
        """The positions of all leaves whose closed polygon covers the point, ascending; the first is `locate`'s answer.

        Two or more: the point is on a common border (or where leaves overlap). `touches_border` also knows the outer border.
        """
        x, y = coordinate(lon, "lon"), coordinate(lat, "lat")
        return tuple(sorted(set().union(*(at(x, y)[0] for at in self._covering))))

    def touches_border(self, *, lon: float, lat: float) -> bool:
        """Whether the point lies exactly on an edge of any leaf."""
        x, y = coordinate(lon, "lon"), coordinate(lat, "lat")
        return any(at(x, y)[1] for at in self._covering)

    def nearest(self, *, lon: float, lat: float) -> tuple[int, float]:
        """(position, metres) of the leaf nearest to the point: `locate`'s leaf and 0.0 if one covers it, else by distance to the outlines.

        Of equally near leaves the smallest code. Metres as in distance.py. CoordinateError for numbers that are not finite.
        """
        x, y = finite_coordinate(lon, "lon"), finite_coordinate(lat, "lat")
        found = self._locate(x, y)
        return (found, 0.0) if found >= 0 else self._distances.nearest(lon=x, lat=y)

    def distances_m(self, positions: Iterable[int], *, lon: float, lat: float) -> list[float]:
        """Metres from the point to each of the leaves at `positions`, 0.0 inside and on the border; as in distance.py."""
        x, y = finite_coordinate(lon, "lon"), finite_coordinate(lat, "lat")
        here = self.on_border(lon=x, lat=y)
        return [0.0 if p in here else self._distances.to_outline(p, lon=x, lat=y) for p in positions]

    def inside_outline(self, *, lon: float, lat: float) -> bool:
        """Whether a leaf covers the point or it lies in a hole of their union: tells a gap from outside. False for NaN and infinities."""
        x, y = coordinate(lon, "lon"), coordinate(lat, "lat")
        return self._locate(x, y) >= 0 or is_inside(self._outline, lon=x, lat=y)


def digest_of(polygons: npt.NDArray[np.object_], codes: Sequence[str]) -> str:
    """SHA-256 (hex) of the codes and shapes: the same areas give the same digest, whatever their order and where their rings begin."""
    digest = hashlib.sha256()
    for code, shape in zip(codes, shapely.to_wkb(shapely.normalize(polygons), byte_order=1), strict=True):
        name = code.encode()
        digest.update(len(name).to_bytes(4, "little") + name + len(shape).to_bytes(8, "little") + shape)
    return digest.hexdigest()
