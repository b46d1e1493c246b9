"""Files of a real city become a generation, over HTTP as on the command line: read within limits, compared with what is in force."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from boundaries.files.layers import refuse_large_layer
from boundaries.files.sources import Source
from boundaries.model import Defect, Generation
from boundaries.store.importing import Assembled, LayerSpec, read_layers
from boundaries.store.likeness import judged
from boundaries.store.repository import add_generation, current_number, require_city
from geo_service.accounts import Actor
from geo_service.api.wiring import Wiring
from geo_service.errors import SetupError
from geo_service.flows.planning.files import whole_frame

_ONE = threading.Lock()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Files are read one after another: each may take a large part of the machine. SetupError `busy_with_a_file`, to be tried again."""
    if not _ONE.acquire(blocking=False):
        raise SetupError(
            "busy_with_a_file", en="another file is being read just now, try again in a moment", zh="正在读取另一个文件，请稍后再试"
        )
    try:
        yield
    finally:
        _ONE.release()


def read_checked(wiring: Wiring, specs: Sequence[LayerSpec], *, force: bool, **options: Any) -> Assembled:
    """The areas of the files, assembled, checked and compared with the city in force; nothing is written.

    options: as `boundaries.store.importing.read_layers`. force: a missing level, a shift and a city of half the size are warnings
    instead of refusals (CrsError `datum_shift`, `axes_swapped`, FileError `city_shrinks`, `level_missing`). Long work, in no transaction.
    """
    for spec in specs:
        refuse_large_layer(Source(spec.source, spec.layer), most=wiring.settings.uploads.upload_vertices)
    with wiring.database.reading() as connection:
        city, number = require_city(connection), current_number(connection)
        published = whole_frame(wiring.published.of(connection, number)) if number is not None else None
    found = read_layers(specs, metric_crs=city.metric_crs, levels=city.levels, allow_missing=force, **options)
    return judged(found, published, force=force)


def keep(connection: Connection, found: Assembled, *, source: str, actor: Actor, now: datetime) -> Generation:
    """A new generation of these areas on top of the one in force; it answers nothing until it is published."""
    return add_generation(
        connection,
        areas=found.areas,
        source=source,
        datum=found.datum,
        metric_crs=found.metric_crs,
        actor=actor.name,
        at=now,
        parent=current_number(connection),
        proof=found.proof,
        defects=found.defects,
    )


def counted(defects: Sequence[Defect]) -> dict[str, int]:
    """How many findings each rule has, most first."""
    return dict(Counter(defect.rule for defect in defects).most_common())
