// Areas as the map has them and back: one projection for all, so that equal numbers stay equal.
import Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import type { Coordinate } from "ol/coordinate";
import MultiPolygon from "ol/geom/MultiPolygon";
import Polygon from "ol/geom/Polygon";
import MultiLineString from "ol/geom/MultiLineString";
import { fromLonLat, toLonLat } from "ol/proj";
import { rounded, type Rings } from "./intents";
import type { Area, Position } from "./wire";

const format = new GeoJSON({ featureProjection: "EPSG:3857" });
export type Shape = Polygon | MultiPolygon;

export const shapeOf = (geometry: object) => format.readGeometry(geometry)!;
export const onMap = (position: Position): Coordinate => fromLonLat(position);
export const onEarth = (coordinate: Coordinate): Position => rounded(toLonLat(coordinate) as Position);
export const lineOnMap = (line: readonly Position[]): Coordinate[] => line.map(onMap);

/** A leaf on the map. middle: a place inside it; revision: of its shape as it came. */
export function featureOf(area: Area): Feature {
  const shape = shapeOf(area.geometry!) as Shape;
  const middle = shape instanceof Polygon ? shape.getInteriorPoint() : shape.getPolygon(0)!.getInteriorPoint();
  const feature = new Feature({ geometry: shape, parent: area.parent, name: area.name || area.code, middle: middle.getCoordinates().slice(0, 2) });
  feature.setId(area.key);
  feature.set("revision", shape.getRevision(), true);
  return feature;
}

export const isTouched = (feature: Feature): boolean => feature.getGeometry()!.getRevision() !== feature.get("revision");

/** The rings of a shape on the map, in degrees. */
export function ringsOf(shape: Shape): Rings {
  const polygons = shape instanceof Polygon ? [shape.getCoordinates()] : shape.getCoordinates();
  return polygons.flat().map((ring) => ring.map(onEarth));
}

/** The rings of an area as the service gave them. */
export function ringsGiven(geometry: object): Rings {
  const { type, coordinates } = geometry as { type: string; coordinates: Position[][][] | Position[][] };
  return (type === "Polygon" ? coordinates : (coordinates as Position[][][]).flat()) as Position[][];
}

/** Borders between areas of different parents, as one line. */
export function bordersOf(features: readonly Feature[], parentOf: (feature: Feature) => number | null): MultiLineString {
  const sides = new Map<string, { parent: number | null; line: Coordinate[] }>();
  const lines: Coordinate[][] = [];
  for (const feature of features) {
    const shape = feature.getGeometry() as Shape;
    const parent = parentOf(feature);
    const polygons = shape instanceof Polygon ? [shape.getCoordinates()] : shape.getCoordinates();
    for (const ring of polygons.flat()) {
      for (let i = 1; i < ring.length; i++) {
        const [a, b] = [ring[i - 1]!, ring[i]!];
        const key = a[0]! < b[0]! || (a[0] === b[0] && a[1]! < b[1]!) ? `${a[0]},${a[1]},${b[0]},${b[1]}` : `${b[0]},${b[1]},${a[0]},${a[1]}`;
        const other = sides.get(key);
        if (!other) sides.set(key, { parent, line: [a, b] });
        else if (other.parent !== parent) lines.push(other.line);
      }
    }
  }
  return new MultiLineString(lines);
}
