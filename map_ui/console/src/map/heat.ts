// Heat: how many cases there are for every thousand households, smoothed over some hundred metres on the screen.
import type { Columns } from "../state/columns";
import type { Brush } from "./canvas";
import { isWanted, type Wanted } from "./counts";

const CELL = 6;
const REACH = 3;
const PASSES = 3;

/** From nothing to most: what a share of the highest value is drawn in (red, green, blue, alpha). */
export const HEAT_STOPS: readonly (readonly [number, number, number, number])[] = [
  [255, 236, 179, 0],
  [255, 213, 128, 130],
  [247, 148, 60, 170],
  [214, 64, 42, 195],
  [122, 14, 38, 215],
];

/** Adds up cases per thousand households of their grid in cells, spreads them, colours them. households: by number of grid. */
export function drawHeat({ context, px, extent, width, height }: Brush, columns: Columns, wanted: Wanted, households: Float64Array): void {
  const across = Math.ceil(width / CELL);
  const down = Math.ceil(height / CELL);
  let cells = new Float32Array(across * down);
  for (let i = 0; i < columns.size; i++) {
    const x = columns.x[i]!;
    const y = columns.y[i]!;
    if (!(x >= extent[0]! && x < extent[2]! && y > extent[1]! && y <= extent[3]!) || !isWanted(columns, wanted, i)) continue;
    const homes = columns.grid[i]! < 0 ? 0 : households[columns.grid[i]!]!;
    if (homes < FEWEST) continue;
    const [left, top] = px(x, y);
    cells[Math.floor(top / CELL) * across + Math.floor(left / CELL)]! += 1000 / homes;
  }
  for (let pass = 0; pass < PASSES; pass++) cells = spread(spread(cells, across, down, 1), across, down, across);
  const most = cells.reduce((a, b) => Math.max(a, b), 0);
  if (!most) return;
  const small = document.createElement("canvas");
  small.width = across;
  small.height = down;
  const image = small.getContext("2d")!.createImageData(across, down);
  cells.forEach((value, index) => image.data.set(colourAt(Math.sqrt(value / most)), index * 4));
  small.getContext("2d")!.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0, 0, across * CELL, down * CELL);
}

/** Areas with fewer households say more about chance than about load. */
const FEWEST = 100;

/** The mean over REACH cells to both sides, along rows (step 1) or columns (step = cells in a row). */
function spread(cells: Float32Array, across: number, down: number, step: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(cells.length);
  const [lines, length, next] = step === 1 ? [down, across, across] : [across, down, 1];
  for (let line = 0; line < lines; line++) {
    const start = line * next;
    let sum = 0;
    for (let k = 0; k < REACH && k < length; k++) sum += cells[start + k * step]!;
    for (let k = 0; k < length; k++) {
      if (k + REACH < length) sum += cells[start + (k + REACH) * step]!;
      if (k > REACH) sum -= cells[start + (k - REACH - 1) * step]!;
      out[start + k * step] = sum / (2 * REACH + 1);
    }
  }
  return out;
}

export function colourAt(share: number): readonly number[] {
  const place = Math.min(0.9999, Math.max(0, share)) * (HEAT_STOPS.length - 1);
  const low = HEAT_STOPS[Math.floor(place)]!;
  const high = HEAT_STOPS[Math.floor(place) + 1]!;
  return low.map((value, index) => value + (high[index]! - value) * (place % 1));
}
