// The map of places: the only door to OpenLayers here. A pin can be dragged, or set by a click while it is out.
import Feature from "ol/Feature";
import OlMap from "ol/Map";
import View from "ol/View";
import ScaleLine from "ol/control/ScaleLine";
import Point from "ol/geom/Point";
import Translate from "ol/interaction/Translate";
import VectorLayer from "ol/layer/Vector";
import { toLonLat, transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import CircleStyle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import RegularShape from "ol/style/RegularShape";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";
import { Boundaries } from "../map/boundaries";
import { FONT } from "../map/look";
import { mercator } from "../state/columns";
import type { Places } from "./wire";
import "ol/ol.css";

export const COLOURS: Record<string, string> = { service_centre: "#b3261e", station: "#0b5394", compound: "#00614a" };
export interface At {
  lon: number;
  lat: number;
}
export interface BoardEvents {
  pick(id: number): void;
  place(at: At): void;
}
export type Board = ReturnType<typeof createBoard>;

const white = new Stroke({ color: "#ffffff", width: 1.6 });
const gold = new Stroke({ color: "#f2b33d", width: 2.4 });
const ring = new Style({ image: new CircleStyle({ radius: 13, stroke: new Stroke({ color: "#10201c", width: 3 }) }), zIndex: 9 });
const needle = new Style({
  image: new RegularShape({ points: 3, radius: 15, rotation: Math.PI, displacement: [0, 13], fill: new Fill({ color: "#c2410c" }), stroke: new Stroke({ color: "#ffffff", width: 2 }) }),
});

/** A square for a service centre, a disc for a station, a diamond for a compound; a gold rim for what is distinguished. */
function shapeOf(kind: string, level: string | null, special: boolean): CircleStyle | RegularShape {
  const fill = new Fill({ color: COLOURS[kind] ?? "#52615b" });
  const stroke = special ? gold : white;
  const size = level === "district" ? 10 : level === "street" ? 8.5 : 7;
  if (kind === "station") return new CircleStyle({ radius: 6.5, fill, stroke });
  return new RegularShape({ points: 4, radius: kind === "compound" ? 7.5 : size, angle: kind === "compound" ? 0 : Math.PI / 4, fill, stroke });
}

export function createBoard(target: HTMLElement, bounds: readonly number[], events: BoardEvents) {
  const source = new VectorSource<Feature<Point>>();
  const chosen = new VectorSource<Feature<Point>>();
  const pinned = new VectorSource<Feature<Point>>();
  const made = new Map<string, Style>();
  const layer = new VectorLayer({
    source,
    zIndex: 32,
    style: (feature, resolution) => {
      const key = `${feature.get("kind")} ${feature.get("level")} ${feature.get("special")}`;
      let style = made.get(key);
      if (!style) made.set(key, (style = new Style({ image: shapeOf(feature.get("kind"), feature.get("level"), feature.get("special")) })));
      if (resolution > 3) return style;
      const text = new Text({ text: String(feature.get("name")), offsetY: 17, font: `500 11.5px ${FONT}`, fill: new Fill({ color: "#1d2a26" }), stroke: new Stroke({ color: "#ffffff", width: 3 }) });
      return [style, new Style({ text })];
    },
  });
  const layers = [layer, new VectorLayer({ source: chosen, zIndex: 40, style: ring }), new VectorLayer({ source: pinned, zIndex: 41, style: needle })];
  const extent = transformExtent(bounds as number[], "EPSG:4326", "EPSG:3857");
  const view = new View({ center: [0, 0], zoom: 10, minZoom: 7, maxZoom: 20, constrainResolution: false, enableRotation: false });
  const map = new OlMap({ target, view, controls: [new ScaleLine({ minWidth: 70 })], layers });
  view.fit(extent, { size: map.getSize() ?? [600, 600], padding: [24, 24, 24, 24] });
  const drag = new Translate({ layers: [layers[2]!], hitTolerance: 10 });
  map.addInteraction(drag);
  drag.on("translateend", ({ features }) => {
    const moved = features.item(0)?.getGeometry() as Point | undefined;
    if (moved) events.place(degrees(moved.getCoordinates()));
  });
  let placing = false;
  let boundaries: Boundaries | null = null;
  let served: ReadonlySet<string> = new Set();

  map.on("singleclick", ({ coordinate, pixel }) => {
    if (placing) return events.place(degrees(coordinate));
    const hit = map.forEachFeatureAtPixel(pixel, (one) => one.getId(), { layerFilter: (one) => one === layer, hitTolerance: 6 });
    if (hit !== undefined) events.pick(Number(hit));
  });
  map.on("pointermove", ({ pixel, dragging }) => {
    if (!dragging) target.classList.toggle("is-hit", !placing && map.hasFeatureAtPixel(pixel, { layerFilter: (one) => one === layer, hitTolerance: 6 }));
  });

  return {
    show(places: Places | null): void {
      source.clear();
      if (!places) return;
      source.addFeatures(
        places.id.map((id, index) => {
          const feature = new Feature({ geometry: new Point(mercator(places.lon[index]!, places.lat[index]!)) });
          feature.setId(id);
          feature.setProperties({ kind: places.kind[index], level: places.level[index], name: places.name[index], special: places.demonstration[index] || places.stars[index] === 5 });
          return feature;
        }),
      );
    },
    async ground(generation: number): Promise<void> {
      if (boundaries?.generation === generation) return;
      const found = await Boundaries.of(generation, new Map(), () => undefined);
      if (!found) return;
      boundaries?.layers.forEach((one) => map.removeLayer(one));
      found.layers.forEach((one) => map.addLayer(one));
      boundaries = found;
      found.mark(served);
    },
    /** The place that is open, and the areas it serves. */
    choose(at: At | null, codes: readonly string[]): void {
      served = new Set(codes);
      boundaries?.mark(served);
      chosen.clear();
      if (at) chosen.addFeature(new Feature(new Point(mercator(at.lon, at.lat))));
    },
    pin(at: At | null, on: boolean): void {
      placing = on;
      target.classList.toggle("is-placing", on);
      pinned.clear();
      if (at) pinned.addFeature(new Feature(new Point(mercator(at.lon, at.lat))));
    },
    look(at: At): void {
      const motion = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200;
      view.animate({ center: mercator(at.lon, at.lat), zoom: Math.max(view.getZoom()!, 15), duration: motion });
    },
    middle: (): At => degrees(view.getCenter()!),
    resize: () => map.updateSize(),
    destroy: () => map.setTarget(undefined),
  };
}

function degrees(coordinate: number[]): At {
  const [lon, lat] = toLonLat(coordinate) as [number, number];
  return { lon: Number(lon.toFixed(7)), lat: Number(lat.toFixed(7)) };
}
