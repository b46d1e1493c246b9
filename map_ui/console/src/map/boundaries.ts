// Areas from the service's vector tiles: one source a generation; a line for each level, a fill for one of them, names from label points.
import type { FeatureLike } from "ol/Feature";
import MVT from "ol/format/MVT";
import type RenderFeature from "ol/render/Feature";
import VectorTileLayer from "ol/layer/VectorTile";
import VectorTile from "ol/source/VectorTile";
import type OlTile from "ol/VectorTile";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";
import type { Label } from "./counts";
import { sameFill, WITHHELD, type Fill as AreaFill } from "./fills";
import { COMPOUND, FONT, LEVEL_LINES, type LevelLine } from "./look";

export interface Shown {
  lines: boolean;
  names: boolean;
  compounds: boolean;
  /** Whether a basemap lies below: then the ground is not filled. */
  basemap: boolean;
}

/** The areas of one generation. */
export class Boundaries {
  readonly layers: [VectorTileLayer, VectorTileLayer];
  private fill: AreaFill | null = null;
  private marked: ReadonlySet<string> = new Set();
  private shown: Shown = { lines: true, names: true, compounds: false, basemap: false };

  private constructor(
    readonly generation: number,
    source: VectorTile,
    private readonly labels: Map<string, Map<string, Label>>,
    private readonly labelled: () => void,
  ) {
    this.layers = [
      new VectorTileLayer({ source, renderMode: "hybrid", zIndex: 10, style: this.lineStyle() }),
      new VectorTileLayer({ source, renderMode: "vector", declutter: true, zIndex: 35, style: this.labelStyle() }),
    ];
    source.on("tileloadend", (event) => this.collect(event.tile as unknown as OlTile<RenderFeature>));
  }

  /** null where the service has no tiles of the generation. labels are added to as tiles come in, and told by `labelled`. */
  static async of(generation: number, labels: Map<string, Map<string, Label>>, labelled: () => void): Promise<Boundaries | null> {
    const base = `/tiles/boundaries/${generation}`;
    const told = await fetch(`${base}.json`).then((response) => (response.ok ? response.json() : null), () => null);
    if (!told) return null;
    const source = new VectorTile({ format: new MVT({ idProperty: "area_id" }), url: `${base}/{z}/{x}/{y}.pbf`, minZoom: told.minzoom, maxZoom: told.maxzoom });
    return new Boundaries(generation, source, labels, labelled);
  }

  /** Colours areas; drawn again only where the look changes, for that costs a tenth of a second. */
  colour(fill: AreaFill | null): void {
    if (sameFill(fill, this.fill)) return;
    this.fill = fill;
    this.layers[0].changed();
  }

  /** Lifts areas of any level out of the others, by code. */
  mark(codes: ReadonlySet<string>): void {
    if (!codes.size && !this.marked.size) return;
    this.marked = codes;
    this.layers[0].changed();
  }

  show(shown: Shown): void {
    const before = this.shown;
    this.shown = { ...shown };
    if (before.lines !== shown.lines || before.compounds !== shown.compounds || before.basemap !== shown.basemap) this.layers[0].changed();
    if (before.names !== shown.names || before.compounds !== shown.compounds) this.layers[1].changed();
  }

  private collect(tile: OlTile<RenderFeature>): void {
    let any = false;
    for (const feature of tile.getFeatures() ?? []) {
      if (feature.get("layer") !== "label" || feature.get("rest")) continue;
      const level = String(feature.get("level"));
      const [x, y] = feature.getFlatCoordinates() as unknown as [number, number];
      let known = this.labels.get(level);
      if (!known) this.labels.set(level, (known = new Map<string, Label>()));
      known.set(String(feature.get("code")), { x, y });
      any = true;
    }
    if (any) this.labelled();
  }

  private lineStyle(): (feature: FeatureLike, resolution: number) => Style[] | undefined {
    const levels = Object.entries(LEVEL_LINES).map(([level, line], index) => [level, { from: line.from, line: lineOf(line, 10 - index), ground: groundOf(line) }] as const);
    const styles = new Map(levels);
    const compound = [lineOf(COMPOUND, 11)];
    const rest = [new Style({ fill: new Fill({ color: hatch("#9aa8a340") }), zIndex: 1 })];
    const fills = new Map<string, Style>();
    return (feature, resolution) => {
      const level = String(feature.get("layer"));
      const zoom = zoomOf(resolution);
      if (level === "compound") return this.shown.compounds && zoom >= COMPOUND.from ? compound : undefined;
      const found: Style[] = [];
      const known = styles.get(level);
      if (known?.ground && !this.shown.basemap) found.push(known.ground);
      const colour = this.fill?.level === level ? this.fill.colours.get(String(feature.get("code"))) : undefined;
      if (colour) found.push(fillStyle(fills, colour));
      if (this.marked.has(String(feature.get("code")))) found.push(MARKED);
      if (level === "micro_grid" && feature.get("rest") && zoom >= 12.4) found.push(...rest);
      if (known && this.shown.lines && zoom >= known.from) found.push(known.line);
      return found.length ? found : undefined;
    };
  }

  private labelStyle(): (feature: FeatureLike, resolution: number) => Style | undefined {
    const made = new Map<string, Style>();
    return (feature, resolution) => {
      if (!this.shown.names || feature.get("layer") !== "label" || feature.get("rest")) return undefined;
      const level = String(feature.get("level"));
      const line = level === "compound" ? (this.shown.compounds ? COMPOUND : undefined) : LEVEL_LINES[level];
      const zoom = zoomOf(resolution);
      if (!line?.label || zoom < line.label.from || zoom > line.label.to) return undefined;
      const name = String(feature.get("name"));
      let style = made.get(`${level} ${name}`);
      if (!style) made.set(`${level} ${name}`, (style = textOf(name, line)));
      return style;
    };
  }
}

const MARKED = new Style({ fill: new Fill({ color: "#f2b33d40" }), stroke: new Stroke({ color: "#b36b00", width: 2.5 }), zIndex: 12 });

const zoomOf = (resolution: number): number => Math.log2(156543.03392804097 / resolution);

const lineOf = ({ colour, width, dash }: LevelLine, zIndex: number): Style => new Style({ stroke: new Stroke({ color: colour, width, lineDash: dash }), zIndex });

/** The ground below the lowest level, which must not cover the finer lines. */
const groundOf = ({ fill }: LevelLine): Style | null => (fill ? new Style({ fill: new Fill({ color: fill }), zIndex: 0 }) : null);

function fillStyle(made: Map<string, Style>, colour: string): Style {
  let style = made.get(colour);
  const paint = colour === WITHHELD ? hatch("#8a949080") : `${colour}cc`;
  if (!style) made.set(colour, (style = new Style({ fill: new Fill({ color: paint }), zIndex: 2 })));
  return style;
}

/** Slanted lines: what no grid worker has, what too few cases say nothing of. */
function hatch(colour: string): CanvasPattern {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 8;
  const pen = canvas.getContext("2d")!;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.2;
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
  }
  pen.stroke();
  return pen.createPattern(canvas, "repeat")!;
}

function textOf(text: string, { label }: LevelLine): Style {
  const { size, weight, colour } = label!;
  const halo = new Stroke({ color: "#ffffffe0", width: 3 });
  return new Style({ text: new Text({ text, font: `${weight} ${size}px ${FONT}`, fill: new Fill({ color: colour }), stroke: halo }) });
}
