"""Files of a real city become a generation, over HTTP as on the command line: read within limits, compared with what is in force."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from boundaries.checks import Moved
from boundaries.files.layers import refuse_large_layer
from boundaries.files.sources import Source
from boundaries.model import Defect, Generation
from boundaries.store.importing import Assembled, LayerSpec, read_layers
from boundaries.store.likeness import judged
from boundaries.store.repository import add_generation, current_number, require_city
from geo_service.accounts import Actor
from geo_service.api.wiring import Wiring
from geo_service.errors import RequestError, SetupError
from geo_service.flows.planning.changes import defect_out
from geo_service.flows.planning.file_schemas import ImportIn, ImportOut, LayerIn
from geo_service.flows.planning.files import whole_frame
from geo_service.idempotency import answered, claim, remember

Progress = Callable[[float, str], None]
_ONE = threading.Lock()
LISTED = 200
ONCE = "import_city"


@contextmanager
def one_at_a_time(*, wait: bool = False) -> Iterator[None]:
    """Files are read one after another: each may take a large part of the machine. SetupError `busy_with_a_file`, to be tried again;
    wait: what runs in the background waits for its turn instead."""
    if not _ONE.acquire(blocking=wait):
        raise SetupError(
            "busy_with_a_file", en="another file is being read just now, try again in a moment", zh="正在读取另一个文件，请稍后再试"
        )
    try:
        yield
    finally:
        _ONE.release()


def read_checked(
    wiring: Wiring, specs: Sequence[LayerSpec], *, force: bool, progress: Progress = lambda share, step: None, **options: Any
) -> Assembled:
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
    progress(0.7, "comparing")
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


def bring_in(
    wiring: Wiring,
    files: Sequence[Path],
    names: Sequence[str],
    asked: ImportIn,
    *,
    dry_run: bool,
    actor: Actor,
    language: str,
    once: str | None = None,
    progress: Progress = lambda share, step: None,
) -> ImportOut:
    """Files on disk become a generation, or in a dry run are only told about. names: what the sender called them.

    once: a name under which it is done once, however often it is asked for: who comes later gets what the first one made.
    Errors as `read_checked`; RequestError `no_such_file`.
    """
    specs = specs_of(asked, files)
    options = {name: getattr(asked, name) for name in ("datum", "crs", "encoding", "repair", "rest", "width_m")}
    progress(0.02, "reading")
    found = read_checked(wiring, specs, force=asked.force, progress=progress, **options)
    source = "; ".join(names)
    if dry_run:
        return _told(found, None, source, language)
    progress(0.8, "storing")
    with wiring.database.writing() as connection:
        now = wiring.clock.now()
        if once is not None and (earlier := claim(connection, scope=ONCE, key=once, request_digest="", at=now)) is not None:
            return ImportOut(**earlier.response)
        kept = keep(connection, found, source=source, actor=actor, now=now)
        told = _told(found, kept.number, source, language)
        if once is not None:
            remember(connection, scope=ONCE, key=once, status=201, response=told.model_dump(mode="json"))
    return told


def brought_in(connection: Connection, once: str) -> ImportOut | None:
    """What was done under a name, None where nothing was."""
    earlier = answered(connection, scope=ONCE, key=once)
    return None if earlier is None else ImportOut(**earlier.response)


def specs_of(asked: ImportIn, files: Sequence[Path]) -> list[LayerSpec]:
    """The layers to read. RequestError for one that is in no file that was sent."""
    return [_spec(layer, asked.name, at, files) for at, layer in enumerate(asked.layers)]


def _spec(layer: LayerIn, name: str | None, at: int, files: Sequence[Path]) -> LayerSpec:
    if layer.file >= len(files):
        raise RequestError(
            "no_such_file",
            en="{field} is {file}, but {count} file(s) were sent; 0 is the first",
            zh="{field} 为 {file}，但只上传了 {count} 个文件；0 为第一个",
            field=f"options.layers.{at}.file",
            file=layer.file,
            count=len(files),
        )
    columns = {column: getattr(layer, column) for column in ("parent", "kind", "households")}
    return LayerSpec(layer.level, files[layer.file], layer.code, layer=layer.layer, name=layer.name or name, **columns)


def _told(found: Assembled, number: int | None, source: str, language: str) -> ImportOut:
    return ImportOut(
        dry_run=number is None,
        generation=number,
        areas=len(found.areas),
        metric_crs=found.metric_crs,
        datum=found.datum,
        source=source,
        publishable=not any(defect.severity == "error" for defect in found.defects),
        counts=counted(found.defects),
        defects=[defect_out(defect, language) for defect in found.defects[:LISTED]],
        repair=_repair_out(found.done, found.moved),
    )


def _repair_out(done: Sequence[Defect], moved: Sequence[Moved]) -> dict[str, Any]:
    """What a repair did, as the command line tells it."""
    return {
        "operations": [{"rule": defect.rule, "areas": list(defect.areas), **(defect.repair or {})} for defect in done],
        "areas": [{"code": area.code, "before_m2": area.before_m2, "after_m2": area.after_m2, "moved_m2": area.moved_m2} for area in moved],
        "moved_m2": round(sum(area.moved_m2 for area in moved), 3),
    }
