// Cases on the map: counts at city zoom, points close by, or heat. Reads the columns as they are whenever it draws.
import type { Columns } from "../state/columns";
import { CanvasLayer, type Brush } from "./canvas";
import { bubblesOf, countByGrid, isWanted, merged, rolledUp, type Bubble, type Counts, type Label, type Wanted } from "./counts";
import { countFill, type Fill } from "./fills";
import { drawHeat } from "./heat";
import { COUNTED_LEVELS, FONT, GRIDS_FROM, LIGHT_COLOURS, POINTS_FROM } from "./look";
import { drawPoints } from "./points";

export interface AreaFacts {
  /** code -> code of what it lies in. */
  parents: ReadonlyMap<string, string>;
  households: ReadonlyMap<string, number>;
  communities: ReadonlySet<string>;
}

export class CaseLayers {
  private columns: Columns | null = null;
  private wanted: Wanted = { states: new Uint8Array(0), during: null };
  private facts: AreaFacts = { parents: new Map(), households: new Map(), communities: new Set() };
  private counted: Counts | null = null;
  private shown: Bubble[] = [];
  private step = NaN;
  /** level -> code -> where its name stands; filled as tiles come in. */
  readonly labels = new Map<string, Map<string, Label>>();
  readonly points = new CanvasLayer((brush) => this.columns && drawPoints(brush, this.columns, this.wanted), { zIndex: 30, minZoom: POINTS_FROM });
  readonly bubbles = new CanvasLayer((brush) => this.drawBubbles(brush), { zIndex: 36, maxZoom: POINTS_FROM });
  readonly heat = new CanvasLayer((brush) => this.columns && drawHeat(brush, this.columns, this.wanted, this.households()), { zIndex: 25 });

  /** Shows the wanted cases. Called again after every patch. */
  show(columns: Columns, states: readonly string[], during: Wanted["during"]): void {
    this.columns = columns;
    this.wanted = { states: Uint8Array.from(columns.states, (name) => (!states.length || states.includes(name) ? 1 : 0)), during };
    this.counted = null;
    this.again();
  }

  know(facts: AreaFacts): void {
    this.facts = facts;
    this.again();
  }

  /** Draws anew: cases, labels or what is known of areas changed. */
  again(): void {
    this.step = NaN;
    for (const layer of [this.points, this.bubbles, this.heat]) layer.changed();
  }

  /** Cases by grid, or by community where the map is too small for grids. */
  countFill(zoom: number): Fill {
    const { grids, counts } = this.counts();
    if (zoom >= GRIDS_FROM) return countFill("grid", grids, counts.cases);
    const { codes, numbers } = rolledUp(grids, counts.cases, this.facts.parents, (code) => this.facts.communities.has(code));
    return countFill("community", codes, numbers);
  }

  /** How many wanted cases are in each grid; by the number of the grid in the columns. */
  counts(): { grids: readonly string[]; counts: Counts } {
    if (!this.columns) return { grids: [], counts: { cases: new Uint32Array(0), overdue: new Uint32Array(0) } };
    this.counted ??= countByGrid(this.columns, this.wanted);
    return { grids: this.columns.grids, counts: this.counted };
  }

  /** The case nearest to a place, within a distance in metres; -1 for none. */
  caseAt(x: number, y: number, within: number): number {
    const { columns } = this;
    if (!columns) return -1;
    let best = -1;
    let least = within * within;
    for (let i = 0; i < columns.size; i++) {
      const away = (columns.x[i]! - x) ** 2 + (columns.y[i]! - y) ** 2;
      if (away <= least && isWanted(columns, this.wanted, i)) [best, least] = [i, away];
    }
    return best < 0 ? -1 : columns.id[best]!;
  }

  bubbleAt(x: number, y: number, resolution: number): Bubble | null {
    return this.shown.find((one) => Math.hypot(one.x - x, one.y + lift(one.cases) * resolution - y) <= radius(one.cases) * resolution) ?? null;
  }

  private households(): Float64Array {
    return Float64Array.from(this.columns!.grids, (code) => this.facts.households.get(code) ?? 0);
  }

  private drawBubbles({ context, px, extent, resolution, zoom }: Brush): void {
    const step = Math.round(zoom * 4);
    if (step !== this.step) {
      const level = COUNTED_LEVELS.find(({ to }) => zoom < to)!.level;
      const { grids, counts } = this.counts();
      const labels = this.labels.get(level) ?? new Map<string, Label>();
      this.shown = merged(bubblesOf(grids, counts, this.facts.parents, labels), resolution * 2 ** (zoom - step / 4));
      this.step = step;
    }
    context.textAlign = "center";
    context.textBaseline = "middle";
    const margin = 30 * resolution;
    for (const one of this.shown) {
      if (one.x < extent[0]! - margin || one.x > extent[2]! + margin || one.y < extent[1]! - margin || one.y > extent[3]! + margin) continue;
      const [left, top] = px(one.x, one.y);
      drawBubble(context, left, top - lift(one.cases), one);
    }
  }
}

/** How far above its label point a bubble stands, so that the area's name can be read below it. */
const lift = (cases: number): number => radius(cases) + 8;

const radius = (cases: number): number => Math.min(23, 9 + Math.sqrt(cases) * 0.75);

function drawBubble(context: CanvasRenderingContext2D, left: number, top: number, one: Bubble): void {
  const size = radius(one.cases);
  context.beginPath();
  context.arc(left, top, size, 0, 7);
  context.fillStyle = "#ffffffee";
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = "#2f6f62";
  context.stroke();
  if (one.overdue) {
    context.beginPath();
    context.arc(left, top, size, -Math.PI / 2, -Math.PI / 2 + (Math.PI * 2 * one.overdue) / one.cases);
    context.lineWidth = 3.5;
    context.strokeStyle = LIGHT_COLOURS.red!;
    context.stroke();
  }
  context.font = `600 ${one.cases > 9999 ? 10 : 11.5}px ${FONT}`;
  context.fillStyle = "#16302a";
  context.fillText(String(one.cases), left, top + 0.5);
}
