"""The wire of files that come and of what they come to."""

from __future__ import annotations

import codecs
from typing import Any, Literal

from pydantic import BaseModel, Field, field_validator

from geo_service.flows.planning.schemas import AreaChange, DraftOut, OpenCases, Strict

Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
System = Field(None, pattern=r"^(EPSG|OGC):[A-Za-z0-9]{1,10}$", examples=["EPSG:4547"], description="of a file that does not say its own")
Column = Field(None, min_length=1, max_length=200)


class LayerIn(Strict):
    """The areas of one level: which of the files sent (0 is the first), which layer of it, and what its columns are called."""

    level: str = Field(min_length=1, max_length=60)
    code: str = Field(min_length=1, max_length=200)
    file: int = Field(0, ge=0, le=100)
    layer: str | None = Column
    parent: str | None = Column
    name: str | None = Column
    kind: str | None = Column
    households: str | None = Column


class ImportIn(Strict):
    """How the files of a city are to be read. datum: gcj02 or bd09 for files so shifted. force: shifted, halved or with a level missing."""

    layers: list[LayerIn] = Field(min_length=1, max_length=40)
    name: str | None = Column
    datum: Datum | None = None
    crs: str | None = System
    encoding: str | None = Field(None, max_length=40, examples=["GB18030"])
    repair: bool = False
    rest: bool = False
    width_m: float = Field(1.0, ge=0, le=100)
    force: bool = False

    @field_validator("encoding")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                codecs.lookup(value)
            except (LookupError, ValueError):
                raise ValueError("unknown encoding") from None
        return value


class AdoptIn(Strict):
    """How an edited file is to be taken over. title, open_cases: of the draft that is made of it, where it makes one."""

    title: str = Field("adopted file", min_length=1, max_length=200)
    open_cases: OpenCases = "ask"
    layer: str | None = Column
    crs: str | None = System


class ImportOut(BaseModel):
    """What was read. generation: null in a dry run. defects: the first 200; all of a stored one are at /generations/{n}/defects."""

    dry_run: bool
    generation: int | None
    areas: int
    metric_crs: str
    datum: str
    source: str
    publishable: bool
    counts: dict[str, int]
    defects: list[dict[str, Any]]
    repair: dict[str, Any]


class AdoptOut(BaseModel):
    """What was understood. findings: in words; operations: as they are in the draft; defects: what could not be taken over, and where."""

    dry_run: bool
    base_generation: int
    draft: DraftOut | None
    findings: list[dict[str, Any]]
    operations: list[dict[str, Any]]
    areas: list[AreaChange]
    defects: list[dict[str, Any]]


class DefectsOut(BaseModel):
    """The findings about a generation, errors first. operations: a proposed repair as operations on a draft; none where it is no edit."""

    generation: int
    total: int
    counts: dict[str, int]
    items: list[dict[str, Any]]
