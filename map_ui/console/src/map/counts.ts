// Counts at city zoom: cases by grid, then by what the grids lie in, each drawn at its area's own label point. Pure.
import type { Columns } from "../state/columns";

/** Which cases are counted and shown. */
export interface Wanted {
  /** By the number of the state: 1 for wanted. */
  states: Uint8Array;
  /** Only those received or closed in this span (seconds since 1970, half open). */
  during: { column: "received" | "closed"; from: number; to: number } | null;
}

/** Numbers by grid, in the order of `columns.grids`. */
export interface Counts {
  cases: Uint32Array;
  overdue: Uint32Array;
}

export interface Bubble {
  x: number;
  y: number;
  cases: number;
  overdue: number;
  /** The area, if the bubble is one area and nothing else. */
  area: string | null;
}

export const isWanted = (columns: Columns, { states, during }: Wanted, index: number): boolean =>
  states[columns.state[index]!] === 1 && (!during || (columns[during.column][index]! >= during.from && columns[during.column][index]! < during.to));

export function countByGrid(columns: Columns, wanted: Wanted): Counts {
  const counts = { cases: new Uint32Array(columns.grids.length), overdue: new Uint32Array(columns.grids.length) };
  const red = columns.lights.indexOf("red");
  for (let i = 0; i < columns.size; i++) {
    const grid = columns.grid[i]!;
    if (grid < 0 || !isWanted(columns, wanted, i)) continue;
    counts.cases[grid]!++;
    if (columns.light[i] === red) counts.overdue[grid]!++;
  }
  return counts;
}

/** Numbers of larger areas: each grid's cases in the area of a level that it lies in. */
export function rolledUp(grids: readonly string[], numbers: Uint32Array, parents: ReadonlyMap<string, string>, isOf: (code: string) => boolean): { codes: string[]; numbers: number[] } {
  const sums = new Map<string, number>();
  grids.forEach((grid, index) => {
    let area: string | undefined = grid;
    for (let steps = 0; area !== undefined && !isOf(area) && steps < 8; steps++) area = parents.get(area);
    if (area !== undefined && numbers[index]) sums.set(area, (sums.get(area) ?? 0) + numbers[index]!);
  });
  return { codes: [...sums.keys()], numbers: [...sums.values()] };
}

export interface Label {
  x: number;
  y: number;
}

/** A bubble for each area with a label point: its own cases and those of all that lies in it. parents: code -> code of what it lies in. */
export function bubblesOf(grids: readonly string[], counts: Counts, parents: ReadonlyMap<string, string>, labels: ReadonlyMap<string, Label>): Bubble[] {
  const found = new Map<string, Bubble>();
  grids.forEach((grid, index) => {
    if (!counts.cases[index]) return;
    let area: string | undefined = grid;
    for (let steps = 0; area !== undefined && !labels.has(area) && steps < 8; steps++) area = parents.get(area);
    const label = area === undefined ? undefined : labels.get(area);
    if (!label) return;
    let one = found.get(area!);
    if (!one) found.set(area!, (one = { ...label, cases: 0, overdue: 0, area: area! }));
    one.cases += counts.cases[index]!;
    one.overdue += counts.overdue[index]!;
  });
  return [...found.values()].sort((a, b) => b.cases - a.cases);
}

const APART_PX = 46;

/** The bubbles of a zoom, largest first: what lies closer than a bubble is wide goes into the larger one. Every case is counted once. */
export function merged(bubbles: readonly Bubble[], resolution: number): Bubble[] {
  const apart = APART_PX * resolution;
  const out: Bubble[] = [];
  for (const one of bubbles) {
    const near = out.find((other) => Math.hypot(other.x - one.x, other.y - one.y) < apart);
    if (!near) out.push({ ...one });
    else {
      near.cases += one.cases;
      near.overdue += one.overdue;
      near.area = null;
    }
  }
  return out;
}
