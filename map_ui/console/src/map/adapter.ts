// The only door to OpenLayers: what the rest of the console may ask of a map. Coordinates in and out are WGS-84 degrees.
import OlMap from "ol/Map";
import View from "ol/View";
import ScaleLine from "ol/control/ScaleLine";
import type BaseLayer from "ol/layer/Base";
import TileLayer from "ol/layer/Tile";
import XYZ from "ol/source/XYZ";
import { toLonLat, transformExtent } from "ol/proj";
import type { Facilities, MapConfig } from "../api/map";
import { mercator, type Columns } from "../state/columns";
import { Boundaries } from "./boundaries";
import { CaseLayers, type AreaFacts } from "./cases";
import type { Fill } from "./fills";
import type { Wanted } from "./counts";
import type { Ring } from "./draw";
import { FacilityLayer, type Group } from "./facilities";
import type { Switch } from "./layers";
import { Marks, type CandidateMark } from "./marks";
import "ol/ol.css";

export interface Place {
  lon: number;
  lat: number;
}
export interface MapView extends Place {
  zoom: number;
  /** West, south, east, north of what is in view. */
  extent?: readonly [number, number, number, number];
}
export interface MapEvents {
  pickCase(id: number): void;
  pickArea(code: string): void;
  /** A tap on a place: its index in the columns of places; -1 for a tap elsewhere. */
  pickFacility(index: number): void;
  /** Where the pointer is; null when it left the map. */
  pointed(place: Place | null): void;
  pickPlace(place: Place): void;
  /** A tap on a candidate area that the case did not go to. */
  pickCandidate(code: string): void;
  moved(view: MapView): void;
}

export interface CaseMap {
  showCases(columns: Columns, states: readonly string[], during: Wanted["during"]): void;
  showBoundaries(generation: number): Promise<boolean>;
  /** Parents and households of areas, for counts and heat. */
  knowAreas(facts: AreaFacts): void;
  /** Colours areas: by a fill, by their cases, or not at all. */
  colourAreas(fill: Fill | "cases" | null): void;
  showLayers(on: Record<Switch, boolean>): void;
  showFacilities(places: Facilities | null): void;
  showBasemap(config: MapConfig["basemap"]): void;
  /** Resolves when everything in view is drawn. */
  drawn(): Promise<void>;
  markSelected(place: Place | null): void;
  markCandidates(candidates: readonly CandidateMark[]): void;
  /** While a pin is out, a click on the map moves it (pickPlace). null takes it away. */
  pin(place: Place | null, placing: boolean): void;
  /** Lets a shape be drawn until it is closed or the returned function is called; `done` is told its corners. */
  draw(done: (ring: Ring) => void): () => void;
  showShape(ring: Ring | null): void;
  fit(bounds: readonly number[]): void;
  look(view: Place & { zoom?: number }): void;
  zoom(level: number): void;
  view(): MapView;
  /** For layers of other rooms: an OpenLayers layer that the map shows until the returned function is called. */
  add(layer: BaseLayer): () => void;
  resize(): void;
  destroy(): void;
}

export function createMap(target: HTMLElement, bounds: readonly number[], at: MapView | null, events: MapEvents): CaseMap {
  const cases = new CaseLayers();
  const marks = new Marks();
  const facilities = new FacilityLayer();
  const extent = transformExtent(bounds as number[], "EPSG:4326", "EPSG:3857");
  const margin = Math.max(extent[2]! - extent[0]!, extent[3]! - extent[1]!) / 2;
  const view = new View({
    center: at ? mercator(at.lon, at.lat) : [(extent[0]! + extent[2]!) / 2, (extent[1]! + extent[3]!) / 2],
    zoom: at?.zoom ?? 10,
    minZoom: 7,
    maxZoom: 20,
    constrainResolution: false,
    enableRotation: false,
    extent: [extent[0]! - margin, extent[1]! - margin, extent[2]! + margin, extent[3]! + margin],
  });
  const map = new OlMap({ target, view, controls: [new ScaleLine({ minWidth: 70 })], layers: [cases.heat, cases.points, cases.bubbles, facilities.layer, ...marks.layers] });
  if (!at) view.fit(extent, { size: map.getSize() ?? [600, 600], padding: [30, 30, 30, 30] });
  let placing = false;
  let drawing = false;
  let boundaries: Boundaries | null = null;
  let fill: Fill | "cases" | null = null;
  let on: Record<Switch, boolean> | null = null;
  let places: Facilities | null = null;
  let base: TileLayer<XYZ> | null = null;

  /** Colours by cases are brought up to date now and then, never while the map moves: restyling tiles holds up some frames. */
  let recolouring = 0;
  const recolour = (): void => {
    clearTimeout(recolouring);
    recolouring = 0;
    if (view.getInteracting() || view.getAnimating()) return void (recolouring = window.setTimeout(recolour, 300));
    boundaries?.colour(fill === "cases" ? (cases.bubbles.isVisible(view) ? cases.countFill(view.getZoom()!) : null) : fill);
  };
  const recolourSoon = (): void => {
    if (fill === "cases" && !recolouring) recolouring = window.setTimeout(recolour, 1500);
  };
  const relayer = (): void => {
    if (!on) return;
    cases.points.setVisible(on.cases && !on.heat);
    cases.bubbles.setVisible(on.cases && !on.heat);
    cases.heat.setVisible(on.heat);
    base?.setVisible(on.basemap);
    boundaries?.show({ lines: on.lines, names: on.names, compounds: on.compounds, basemap: on.basemap && base !== null });
    const groups = (["service_centre", "station", "five_star"] as const).filter((name) => on![name]);
    facilities.show(places, new Set<Group>(groups));
  };

  map.on("click", ({ coordinate }) => {
    const [x, y] = coordinate as [number, number];
    const resolution = view.getResolution()!;
    if (drawing) return;
    if (placing) return events.pickPlace(degrees(x, y));
    const facility = facilities.at(x, y, resolution);
    events.pickFacility(facility);
    if (facility >= 0) return;
    const candidate = cases.points.isVisible(view) ? marks.candidateAt([x, y]) : null;
    const onCase = cases.points.isVisible(view) && cases.caseAt(x, y, 9 * resolution) > 0;
    if (candidate && !onCase) return events.pickCandidate(candidate);
    if (cases.points.isVisible(view)) {
      const id = cases.caseAt(x, y, 9 * resolution);
      if (id > 0) events.pickCase(id);
      return;
    }
    const bubble = cases.bubbleAt(x, y, resolution);
    if (bubble?.area) events.pickArea(bubble.area);
    else if (bubble) view.animate({ center: [bubble.x, bubble.y], zoom: view.getZoom()! + 1.5, duration: motion(200) });
  });
  map.on("pointermove", ({ coordinate, dragging }) => {
    if (dragging) return;
    const [x, y] = coordinate as [number, number];
    events.pointed(degrees(x, y));
    const resolution = view.getResolution()!;
    const hit = facilities.at(x, y, resolution) >= 0 || (cases.points.isVisible(view) ? cases.caseAt(x, y, 9 * resolution) > 0 : cases.bubbleAt(x, y, resolution));
    target.classList.toggle("is-hit", Boolean(hit) && !placing);
  });
  target.addEventListener("pointerleave", () => events.pointed(null));
  map.on("moveend", () => (events.moved(now()), fill === "cases" && recolour()));

  const now = (): MapView => ({
    ...degrees(...(view.getCenter() as [number, number])),
    zoom: view.getZoom()!,
    extent: transformExtent(view.calculateExtent(map.getSize()), "EPSG:3857", "EPSG:4326") as [number, number, number, number],
  });

  return {
    showCases: (columns, states, during) => (cases.show(columns, states, during), recolourSoon()),
    async showBoundaries(generation) {
      if (boundaries?.generation === generation) return true;
      const next = await Boundaries.of(generation, cases.labels, () => cases.again());
      if (!next) return false;
      boundaries?.layers.forEach((layer) => map.removeLayer(layer));
      next.layers.forEach((layer) => map.addLayer(layer));
      boundaries = next;
      relayer();
      recolour();
      return true;
    },
    knowAreas: (facts) => (cases.know(facts), recolourSoon()),
    colourAreas(wanted) {
      fill = wanted;
      recolour();
    },
    showLayers(wanted) {
      on = wanted;
      relayer();
    },
    showFacilities(found) {
      places = found;
      relayer();
    },
    showBasemap(config) {
      if (base) map.removeLayer(base);
      base = config && new TileLayer({ zIndex: 0, source: new XYZ({ url: config.url, minZoom: config.min_zoom, maxZoom: config.max_zoom, attributions: config.attribution }) });
      if (base) map.addLayer(base);
      relayer();
    },
    drawn: () => new Promise((then) => (map.once("rendercomplete", () => then()), map.render())),
    markSelected: (place) => marks.select(place && mercator(place.lon, place.lat)),
    markCandidates: (candidates) => marks.showCandidates(candidates),
    pin(place, on) {
      placing = on;
      target.classList.toggle("is-placing", on);
      marks.pin(place && mercator(place.lon, place.lat));
    },
    draw(done) {
      let over = false;
      let stop = (): void => undefined;
      drawing = true;
      void import("./draw").then(({ drawShape }) => over || (stop = drawShape(map, done)));
      target.classList.add("is-placing");
      return () => {
        over = true;
        stop();
        target.classList.remove("is-placing");
        setTimeout(() => (drawing = false), 300); // the click that closed the shape is still on its way
      };
    },
    showShape: (ring) => marks.showShape(ring && ring.map(([lon, lat]) => mercator(lon, lat))),
    fit: (box) => view.fit(transformExtent(box as number[], "EPSG:4326", "EPSG:3857"), { padding: [40, 40, 40, 40], maxZoom: 17, duration: motion(250) }),
    look({ lon, lat, zoom }) {
      const center = mercator(lon, lat);
      view.animate({ center, zoom: Math.max(view.getZoom()!, zoom ?? 0), duration: motion(200) });
    },
    zoom: (level) => view.animate({ zoom: level, duration: motion(150) }),
    view: now,
    add(layer) {
      map.addLayer(layer);
      return () => void map.removeLayer(layer);
    },
    resize: () => map.updateSize(),
    destroy: () => (clearTimeout(recolouring), map.setTarget(undefined)),
  };
}

function degrees(x: number, y: number): Place {
  const [lon, lat] = toLonLat([x, y]) as [number, number];
  return { lon, lat };
}

const motion = (ms: number): number => (matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : ms);
