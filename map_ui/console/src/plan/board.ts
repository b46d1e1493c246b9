// The table's map: the only door to OpenLayers here. One source holds every area in view, so that a shared corner is one corner.
import Feature from "ol/Feature";
import OlMap from "ol/Map";
import View from "ol/View";
import ScaleLine from "ol/control/ScaleLine";
import type { Extent } from "ol/extent";
import { buffer, containsExtent } from "ol/extent";
import LineString from "ol/geom/LineString";
import Polygon from "ol/geom/Polygon";
import Point from "ol/geom/Point";
import { defaults as usual } from "ol/interaction/defaults";
import VectorLayer from "ol/layer/Vector";
import { transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import type BaseLayer from "ol/layer/Base";
import { Boundaries } from "../map/boundaries";
import type { MapView, Place } from "../map/adapter";
import { positionsOf, type Dragged } from "./intents";
import * as styles from "./look";
import { bordersOf, featureOf, isTouched, lineOnMap, onEarth, onMap, ringsGiven, shapeOf, type Shape } from "./shapes";
import { Tools, type ToolName } from "./tools";
import type { Area, AreaChange, Operation, Position } from "./wire";
import "ol/ol.css";

/** From this zoom on areas can be drawn on. */
export const EDIT_FROM = 13.6;

export interface BoardEvents {
  pick(key: number | null, add: boolean): void;
  paint(keys: number[], wipe: boolean): void;
  line(line: Position[]): void;
  lasso(ring: Position[]): void;
  drag(what: Dragged): void;
  hover(key: number | null): void;
  /** The view moved; box: what is to be loaded (null: too far out, or loaded). */
  moved(view: MapView, box: Extent | null): void;
}
export type Board = ReturnType<typeof createBoard>;

export function createBoard(target: HTMLElement, bounds: readonly number[], at: MapView | null, events: BoardEvents) {
  const leaves = new VectorSource<Feature>();
  const given = new Map<number, Area>();
  const [drawn, result, trouble, borders, labels] = [0, 0, 0, 0, 0].map(() => new VectorSource<Feature>()) as [VectorSource<Feature>, VectorSource<Feature>, VectorSource<Feature>, VectorSource<Feature>, VectorSource<Feature>];
  let selected: ReadonlySet<number> = new Set();
  let painted: { keys: ReadonlySet<number>; parent: number | null } = { keys: new Set(), parent: null };
  let loaded: Extent | null = null;

  const style = (feature: Feature) => {
    const key = feature.getId() as number;
    const parent = feature.get("parent") as number | null;
    return painted.keys.has(key) ? styles.painted(painted.parent) : selected.has(key) ? styles.chosen(parent) : styles.ground(parent);
  };
  const board = new VectorLayer({ source: leaves, style: (one) => style(one as Feature), zIndex: 12, minZoom: EDIT_FROM - 0.01 });
  const layers: BaseLayer[] = [
    board,
    new VectorLayer({ source: borders, style: styles.gridLine, zIndex: 14, minZoom: EDIT_FROM - 0.01 }),
    new VectorLayer({ source: result, style: styles.outcome, zIndex: 20 }),
    new VectorLayer({ source: drawn, style: styles.drawnLine, zIndex: 25 }),
    new VectorLayer({ source: labels, declutter: true, zIndex: 36, minZoom: EDIT_FROM, style: (one, resolution) => (one.get("strong") || resolution < 1.3 ? styles.label(String(one.get("text")), Boolean(one.get("strong"))) : undefined) }),
    new VectorLayer({ source: trouble, style: (one) => styles.refused(String(one.get("reason"))), zIndex: 45 }),
  ];
  const view = new View({ center: at ? onMap([at.lon, at.lat]) : [0, 0], zoom: at?.zoom ?? 12, minZoom: 8, maxZoom: 21, constrainResolution: false, enableRotation: false });
  const map = new OlMap({ target, view, controls: [new ScaleLine({ minWidth: 70 })], layers, interactions: usual({ doubleClickZoom: false, altShiftDragRotate: false, pinchRotate: false, shiftDragZoom: false }) });
  if (!at) view.fit(transformExtent(bounds as number[], "EPSG:4326", "EPSG:3857"), { size: map.getSize() ?? [800, 600], padding: [30, 30, 30, 30], maxZoom: 16.5 });

  const ringsBefore = (key: number) => ringsGiven(given.get(key)!.geometry!);
  const tools = new Tools(map, leaves, events, ringsBefore);
  const keyAt = (coordinate: number[]): number | null => (leaves.getFeaturesAtCoordinate(coordinate)[0]?.getId() as number | undefined) ?? null;

  map.on("singleclick", ({ coordinate, originalEvent }) => {
    if (tools.name === "pan" || tools.name === "edge") events.pick(keyAt(coordinate), (originalEvent as PointerEvent).shiftKey);
  });
  map.on("pointermove", ({ coordinate, dragging }) => dragging || events.hover(keyAt(coordinate)));
  map.on("moveend", () => events.moved(now(), wanted()));

  const now = (): MapView => ({ lon: onEarth(view.getCenter()!)[0], lat: onEarth(view.getCenter()!)[1], zoom: view.getZoom()! });
  /** What to load: the view and half of it around, once it shows something that is not loaded. */
  function wanted(): Extent | null {
    const extent = view.calculateExtent(map.getSize());
    if (view.getZoom()! < EDIT_FROM || (loaded && containsExtent(loaded, extent))) return null;
    loaded = buffer(extent, (extent[2]! - extent[0]!) * 0.3);
    return transformExtent(loaded, "EPSG:3857", "EPSG:4326");
  }

  function relabel(): void {
    const all = leaves.getFeatures();
    const parents = new Map<number, { x: number; y: number; n: number }>();
    for (const one of all) {
      const [x, y] = one.get("middle") as [number, number];
      const sum = parents.get(one.get("parent") as number) ?? { x: 0, y: 0, n: 0 };
      parents.set(one.get("parent") as number, { x: sum.x + x, y: sum.y + y, n: sum.n + 1 });
    }
    labels.clear(true);
    labels.addFeatures([
      ...all.map((one) => new Feature({ geometry: new Point(one.get("middle") as number[]), text: one.get("name"), strong: false })),
      ...[...parents].filter(([key, { n }]) => given.get(key)?.level === "grid" && n > 1).map(([key, { x, y, n }]) => new Feature({ geometry: new Point([x / n, y / n]), text: given.get(key)!.name, strong: true })),
    ]);
    borders.clear(true);
    borders.addFeature(new Feature(bordersOf(all, (one) => one.get("parent") as number | null)));
  }

  function put(shown: readonly Area[], gone: readonly number[]): void {
    const held = new Set([...gone, ...shown.filter((one) => one.geometry || given.get(one.key)?.geometry).map((one) => one.key)]);
    const stale = [...held].map((key) => leaves.getFeatureById(key) as Feature | null).filter((one): one is Feature => one !== null);
    leaves.removeFeatures(stale);
    gone.forEach((key) => given.delete(key));
    shown.forEach((one) => given.set(one.key, one));
    leaves.addFeatures(shown.filter((one) => one.geometry).map(featureOf));
    relabel();
  }

  const restore = (keys: Iterable<number>): void => put([...keys].map((key) => given.get(key)!).filter(Boolean), []);
  const touched = (): number[] => leaves.getFeatures().filter(isTouched).map((one) => one.getId() as number);

  return {
    put,
    /** Keys of areas whose shape is dragged out of its place. */
    touched,
    keyAt: (position: Position) => keyAt(onMap(position)),
    tool: (name: ToolName, radius: number) => tools.use(name, radius),
    /** Whether a line or lasso was begun; ends it, or throws it away. */
    finish: () => tools.finish(),
    abort: () => tools.abort(),
    /** What the draft is drawn over, where the view is too wide for its own areas. */
    async showBase(generation: number) {
      const base = await Boundaries.of(generation, new Map(), () => undefined).catch(() => null);
      base?.layers.forEach((layer) => (layer.setMaxZoom(EDIT_FROM), map.addLayer(layer)));
    },
    choose(keys: ReadonlySet<number>) {
      selected = keys;
      board.changed();
    },
    showPaint(keys: ReadonlySet<number>, parent: number | null) {
      painted = { keys, parent };
      board.changed();
    },
    /** Draws what is intended, also after a reload; null takes it away and puts every border back. */
    showIntent(operation: Operation | null, dragging: boolean) {
      drawn.clear(true);
      if (!dragging) restore(touched());
      if (!operation) return;
      const line = lineOnMap((operation.line ?? operation.lasso ?? []) as Position[]);
      if (operation.lasso) drawn.addFeature(new Feature(new Polygon([[...line, line[0]!]])));
      else if (line.length && !dragging) drawn.addFeature(new Feature(new LineString(line)));
      if (operation.moves && !dragging) move(leaves, operation.moves as [Position, Position][]);
    },
    showResult(changed: readonly AreaChange[]) {
      result.clear(true);
      result.addFeatures(changed.filter((one) => one.material && one.geometry && one.after).map((one) => new Feature(shapeOf(one.geometry!))));
    },
    showTrouble(place: object | null, reason: string) {
      trouble.clear(true);
      if (!place) return;
      const shape = shapeOf(place);
      trouble.addFeature(new Feature({ geometry: shape, reason }));
      const extent = shape.getExtent();
      if (!containsExtent(view.calculateExtent(map.getSize()), extent)) view.fit(buffer(extent, 60), { maxZoom: Math.max(17, view.getZoom()!), duration: 150 });
    },
    lookAtOperation(operation: Operation) {
      const extent = new LineString(lineOnMap(positionsOf(operation))).getExtent();
      if (Number.isFinite(extent[0])) view.fit(buffer(extent, 80), { maxZoom: 18 });
    },
    lookAt(place: object) {
      view.fit(buffer(shapeOf(place).getExtent(), 40), { maxZoom: 18.5, duration: 150 });
    },
    go: ({ lon, lat }: Place, zoom: number) => view.animate({ center: onMap([lon, lat]), zoom, duration: 150 }),
    zoom: (by: number) => view.animate({ zoom: view.getZoom()! + by, duration: 120 }),
    /** Everything is to be loaded again; what to load. */
    forget() {
      loaded = null;
      return wanted();
    },
    resize: () => map.updateSize(),
    destroy: () => map.setTarget(undefined),
  };
}

/** Moves corners wherever they are owned, as the service will. */
function move(leaves: VectorSource<Feature>, moves: readonly [Position, Position][]): void {
  for (const [from, to] of moves) {
    const [x, y] = onMap(from) as [number, number];
    for (const feature of leaves.getFeaturesInExtent([x - 0.01, y - 0.01, x + 0.01, y + 0.01])) {
      const shape = feature.getGeometry() as Shape;
      shape.applyTransform((flat, out, dimension = 2) => {
        const into = out ?? flat;
        for (let i = 0; i < flat.length; i += dimension) if (Math.hypot(flat[i]! - x, flat[i + 1]! - y) < 0.01) [into[i], into[i + 1]] = onMap(to) as [number, number];
        return into;
      });
      shape.changed();
    }
  }
}
