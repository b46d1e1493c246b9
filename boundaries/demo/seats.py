"""Where offices and service centres can stand: a point among the homes of each area."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
import shapely

from boundaries.demo.addresses import to_wgs84
from boundaries.demo.bending import Array
from boundaries.demo.coding import Codes
from boundaries.demo.land import Land


def seats_frame(land: Land, codes: Codes) -> pd.DataFrame:
    """One place for every district, street and community (villages too): area_code, level, lon, lat.

    It lies in a home plot near the middle of the area's homes, or at the seat of the village nearest to the middle of its villages.
    """
    homes = sorted(codes.cell)
    at = shapely.get_coordinates(shapely.point_on_surface(land.polygons[homes]))
    members: dict[tuple[str, str], list[int]] = defaultdict(list)
    for k, i in enumerate(homes):
        community = codes.cell[i][0][:12]
        street = land.blocks[land.cells[i].block].street
        members[("community", community)].append(k)
        members[("street", street)].append(k)
        members[("district", land.divisions.streets[street].district)].append(k)
    places = {key: at[index[_nearest(at[index])]] for key, index in members.items()}
    villages: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for v in land.villages:
        places[("community", v.place.code)] = np.array(v.seat)
        villages[v.street].append(v.seat)
    for street, seats in villages.items():
        if ("street", street) not in places:
            points = np.array(seats)
            places[("street", street)] = points[_nearest(points)]
    for code in land.divisions.districts:
        if ("district", code) not in places:
            mine = [p for (level, c), p in places.items() if level == "street" and land.divisions.streets[c].district == code]
            places[("district", code)] = mine[0]
    rank = {"district": 0, "street": 1, "community": 2}
    keys = sorted(places, key=lambda k: (rank[k[0]], k[1]))
    lonlat = to_wgs84(np.array([places[k] for k in keys]), land.divisions.layout["metric_crs"])
    return pd.DataFrame({"area_code": [k[1] for k in keys], "level": [k[0] for k in keys], "lon": lonlat[:, 0], "lat": lonlat[:, 1]})


def _nearest(points: Array) -> int:
    """The point nearest to the (robust) middle of all."""
    return int(np.argmin(np.hypot(*(points - np.median(points, axis=0)).T)))
