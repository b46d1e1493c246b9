// A shape drawn on the map: fetched when somebody first draws. Clicks set corners, a double click or the first corner closes it.
import { toLonLat } from "ol/proj";
import type OlMap from "ol/Map";
import type Polygon from "ol/geom/Polygon";
import Draw from "ol/interaction/Draw";
import Stroke from "ol/style/Stroke";
import Fill from "ol/style/Fill";
import CircleStyle from "ol/style/Circle";
import Style from "ol/style/Style";

export type Ring = readonly [lon: number, lat: number][];

/** Lets a shape be drawn; returns what stops it. `done` is told the corners in WGS-84, the first not repeated. */
export function drawShape(map: OlMap, done: (ring: Ring) => void): () => void {
  const line = new Stroke({ color: "#1f6feb", width: 2 });
  const style = new Style({ stroke: line, fill: new Fill({ color: "#1f6feb22" }), image: new CircleStyle({ radius: 5, stroke: line, fill: new Fill({ color: "#fff" }) }) });
  const drawing = new Draw({ type: "Polygon", style, stopClick: true, maxPoints: 100 });
  drawing.on("drawend", ({ feature }) => {
    const [corners] = (feature.getGeometry() as Polygon).getCoordinates() as [number[][]];
    done(corners.slice(0, -1).map((corner) => toLonLat(corner) as [number, number]));
  });
  map.addInteraction(drawing);
  return () => void map.removeInteraction(drawing);
}
