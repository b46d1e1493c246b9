// Distances and circles on the earth's surface, good to a thousandth over some hundred metres. Pure.
interface Point {
  lon: number;
  lat: number;
}
const DEGREE_M = 111_320;
const CORNERS = 24;

export function metresBetween(a: Point, b: Point): number {
  const east = (a.lon - b.lon) * DEGREE_M * Math.cos((a.lat * Math.PI) / 180);
  return Math.hypot(east, (a.lat - b.lat) * DEGREE_M);
}

/** A circle as the service takes a shape: wgs84:lon,lat;lon,lat;... */
export function circle(at: Point, metres: number): string {
  const corner = (i: number): string => {
    const angle = (2 * Math.PI * i) / CORNERS;
    const lon = at.lon + (metres * Math.cos(angle)) / (DEGREE_M * Math.cos((at.lat * Math.PI) / 180));
    return `${lon.toFixed(6)},${(at.lat + (metres * Math.sin(angle)) / DEGREE_M).toFixed(6)}`;
  };
  return shape(Array.from({ length: CORNERS }, (_, i) => corner(i)));
}

export const shape = (corners: readonly string[]): string => `wgs84:${corners.join(";")}`;
