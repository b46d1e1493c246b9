"""Defects as JSON documents, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import shapely

from boundaries.model import Defect

__all__ = ["defects_from_json", "defects_to_json"]


def defects_to_json(defects: Iterable[Defect]) -> list[dict[str, Any]]:
    """One document a defect, its place as GeoJSON text in lon/lat, its proposed repair as it is (`boundaries.checks.proposals`)."""
    return [
        {
            "id": defect.defect_id,
            "rule": defect.rule,
            "severity": defect.severity,
            "areas": list(defect.areas),
            "place": None if defect.place is None else shapely.to_geojson(defect.place),
            "message": defect.message,
            "message_zh": defect.message_zh,
            "size": float(defect.size),
            "unit": defect.unit,
            "repair": None if defect.repair is None else dict(defect.repair),
        }
        for defect in defects
    ]


def defects_from_json(documents: Iterable[dict[str, Any]]) -> list[Defect]:
    """The defects that `defects_to_json` wrote; their ids come out the same, with their repairs."""
    return [
        Defect(
            rule=document["rule"],
            severity=document["severity"],
            areas=tuple(document["areas"]),
            place=None if document["place"] is None else shapely.from_geojson(document["place"]),
            message=document["message"],
            message_zh=document["message_zh"],
            size=document["size"],
            unit=document["unit"],
            repair=document.get("repair"),  # generations stored by an early version have none
        )
        for document in documents
    ]
