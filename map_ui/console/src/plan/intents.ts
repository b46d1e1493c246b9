// From what a hand did to the drawing to what is asked of the service: pure, in WGS-84 degrees rounded to 9 decimals.
import type { Operation, Position } from "./wire";

/** Rings of an area, each closed (first position = last). */
export type Rings = readonly (readonly Position[])[];

const DECIMALS = 9;
export const rounded = ([lon, lat]: Position): Position => [Number(lon.toFixed(DECIMALS)), Number(lat.toFixed(DECIMALS))];
const named = ([lon, lat]: Position): string => `${lon.toFixed(DECIMALS)} ${lat.toFixed(DECIMALS)}`;

/** The intent of a dragged border, or why there is none: `outline` (a new corner where no neighbour is), `mixed` (two things at once). */
export type Dragged = Operation | "outline" | "mixed" | null;

/** What was done to the borders. before, after: rings of the areas that changed, by key.
 *  Corners that only moved are moved for all who own them; new corners mean that two neighbours' border is drawn anew. */
export function dragged(before: ReadonlyMap<number, Rings>, after: ReadonlyMap<number, Rings>): Dragged {
  const grown = [...after].filter(([key, rings]) => rings.some((ring, index) => ring.length !== before.get(key)![index]!.length)).map(([key]) => key);
  if (!grown.length) return moved(before, after);
  if (grown.length === 1) return "outline";
  if (grown.length > 2 || after.size > 2) return "mixed";
  const line = newRun(before.get(grown[0]!)!, after.get(grown[0]!)!);
  return line ? { kind: "reshape", areas: grown, line } : "mixed";
}

function moved(before: ReadonlyMap<number, Rings>, after: ReadonlyMap<number, Rings>): Operation | null {
  const moves = new Map<string, [Position, Position]>();
  for (const [key, rings] of after) {
    rings.forEach((ring, r) => ring.forEach((to, i) => {
      const from = before.get(key)![r]![i]!;
      if (named(from) !== named(to)) moves.set(named(from), [rounded(from), rounded(to)]);
    }));
  }
  return moves.size ? { kind: "move_vertices", moves: [...moves.values()] } : null;
}

/** The one run of new positions in a ring with the old ones before and behind it; null when there are several runs or none. */
function newRun(before: Rings, after: Rings): Position[] | null {
  const runs: Position[][] = [];
  after.forEach((ring, index) => {
    const old = new Set(before[index]!.map(named));
    const open = ring.slice(0, -1);
    const start = open.findIndex((position) => old.has(named(position)));
    if (start < 0) return runs.push([], []);
    const turned = [...open.slice(start), ...open.slice(0, start), open[start]!];
    let run: Position[] = [];
    turned.forEach((position, i) => {
      if (!old.has(named(position))) run = run.length ? [...run, rounded(position)] : [rounded(turned[i - 1]!), rounded(position)];
      else if (run.length) {
        runs.push([...run, rounded(position)]);
        run = [];
      }
    });
  });
  return runs.length === 1 ? runs[0]! : null;
}

/** The area that a drawn line is about: the one most of its length lies in. */
export function mostUnder(line: readonly Position[], areaAt: (position: Position) => number | null): number | null {
  const counted = new Map<number, number>();
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1]!, line[i]!];
    const length = Math.hypot(a[0] - b[0], a[1] - b[1]);
    for (let step = 0.5; step < 24; step++) {
      const key = areaAt([a[0] + ((b[0] - a[0]) * step) / 24, a[1] + ((b[1] - a[1]) * step) / 24]);
      if (key !== null) counted.set(key, (counted.get(key) ?? 0) + length);
    }
  }
  return [...counted].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

/** Every position that an operation names: for looking there, and for drawing it again. */
export function positionsOf(operation: Operation): Position[] {
  const { line, lasso, moves, place, polygon } = operation as Record<string, unknown>;
  return [...((line ?? lasso ?? polygon ?? []) as Position[]), ...((moves ?? []) as Position[][]).flat(), ...(place ? [place as Position] : [])];
}
