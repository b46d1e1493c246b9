// Marks over everything: the case that is open, the areas its point may belong to, the pin of a new report.
import Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import Point from "ol/geom/Point";
import Polygon from "ol/geom/Polygon";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import CircleStyle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import RegularShape from "ol/style/RegularShape";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";
import { FONT } from "./look";

/** An area that may hold the point: its shape (GeoJSON, WGS-84) and what to write on it. chosen: the one the case went to. */
export interface CandidateMark {
  geometry: object | null;
  label: string;
  chosen: boolean;
  code?: string;
}

const outline = new Style({ fill: new Fill({ color: "#1f6feb12" }), stroke: new Stroke({ color: "#1f6feb", width: 2, lineDash: [8, 5] }) });
const ring = new Style({ image: new CircleStyle({ radius: 11, stroke: new Stroke({ color: "#10201c", width: 3 }) }) });
const halo = new Style({ image: new CircleStyle({ radius: 13.5, stroke: new Stroke({ color: "#ffffff", width: 2 }) }) });
const needle = new Style({
  image: new RegularShape({ points: 3, radius: 14, rotation: Math.PI, displacement: [0, 12], fill: new Fill({ color: "#c2410c" }), stroke: new Stroke({ color: "#fff", width: 2 }) }),
});

export class Marks {
  private readonly chosen = new VectorSource();
  private readonly candidates = new VectorSource();
  private readonly pinned = new VectorSource();
  private readonly shape = new VectorSource();
  readonly layers = [
    new VectorLayer({ source: this.candidates, zIndex: 20, style: (feature, resolution) => styleOf(feature as Feature, resolution < NAMED_BELOW) }),
    new VectorLayer({ source: this.shape, zIndex: 21, style: outline }),
    new VectorLayer({ source: this.chosen, zIndex: 40, style: [halo, ring] }),
    new VectorLayer({ source: this.pinned, zIndex: 41, style: needle }),
  ];

  select(place: [number, number] | null): void {
    set(this.chosen, place);
  }

  pin(place: [number, number] | null): void {
    set(this.pinned, place);
  }

  /** The code of the candidate area under a place that the case did not go to; null for none. */
  candidateAt(place: number[]): string | null {
    const hit = this.candidates.getFeatures().find((one) => !one.get("chosen") && one.getGeometry()?.intersectsCoordinate(place));
    return hit ? ((hit.get("code") as string | undefined) ?? null) : null;
  }

  /** The shape that the list is filtered by, as corners in Web Mercator; null for none. */
  showShape(ring: [number, number][] | null): void {
    this.shape.clear();
    if (ring) this.shape.addFeature(new Feature(new Polygon([[...ring, ring[0]!]])));
  }

  showCandidates(marks: readonly CandidateMark[]): void {
    this.candidates.clear();
    const format = new GeoJSON({ featureProjection: "EPSG:3857" });
    for (const mark of marks) {
      if (!mark.geometry) continue;
      this.candidates.addFeature(new Feature({ geometry: format.readGeometry(mark.geometry) ?? undefined, label: mark.label, chosen: mark.chosen, code: mark.code }));
    }
  }
}

function set(source: VectorSource, place: [number, number] | null): void {
  source.clear();
  if (place) source.addFeature(new Feature(new Point(place)));
}

/** Metres a pixel: farther away the areas are too small to bear a name. */
const NAMED_BELOW = 6;

function styleOf(feature: Feature, named: boolean): Style {
  const chosen = Boolean(feature.get("chosen"));
  return new Style({
    fill: new Fill({ color: chosen ? "#2f6f6226" : "#b4530914" }),
    stroke: new Stroke({ color: chosen ? "#1d5a4e" : "#b45309", width: chosen ? 2.5 : 1.5, lineDash: chosen ? undefined : [6, 4] }),
    text: new Text({
      text: named ? String(feature.get("label")) : "",
      font: `600 12px ${FONT}`,
      fill: new Fill({ color: "#16302a" }),
      stroke: new Stroke({ color: "#ffffff", width: 3 }),
      overflow: true,
      offsetY: -24,
    }),
  });
}
