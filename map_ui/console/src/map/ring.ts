// A drawn shape in the address: wgs84:lon,lat;lon,lat;... Pure.
import type { Ring } from "./draw";

/** Six decimals are a decimetre. */
export const inAddress = (ring: Ring): string => `wgs84:${ring.map(([lon, lat]) => `${lon.toFixed(6)},${lat.toFixed(6)}`).join(";")}`;

/** The corners an address names; null for what is no shape. */
export function ringOf(text: string | undefined): Ring | null {
  const [datum, corners] = (text ?? "").split(":");
  if (datum !== "wgs84" || !corners) return null;
  const ring = corners.split(";").map((corner) => corner.split(",").map(Number) as [number, number]);
  return ring.length > 2 && ring.every(([lon, lat]) => Math.abs(lon) <= 180 && Math.abs(lat) < 85.06) ? ring : null;
}

/** A box as a shape. */
export const boxed = ([west, south, east, north]: readonly [number, number, number, number]): Ring => [[west, south], [east, south], [east, north], [west, north]];
