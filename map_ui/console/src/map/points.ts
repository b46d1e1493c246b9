// Points of cases: the state's colour; overdue has a red ring, due soon an amber one; urgent is a diamond. Drawn as pixels, not as objects.
import type { Columns } from "../state/columns";
import type { Brush } from "./canvas";
import { isWanted, type Wanted } from "./counts";
import { LIGHT_COLOURS, STATE_COLOURS } from "./look";
import { put, stampFrom, Taken, type Sheet, type Stamp } from "./stamps";

const SIDE = 20;
const RINGS: Record<string, string | undefined> = { red: LIGHT_COLOURS.red, yellow: LIGHT_COLOURS.yellow };
const stamps = new Map<string, Stamp>();
/** With more cases than this, points are put to cells of four pixels instead of two: the eye sees no difference, the processor does. */
const MANY = 30_000;

/** Draws the wanted cases; overdue and urgent ones over the others. */
export function drawPoints({ context, px, extent, resolution, width, height, ratio }: Brush, columns: Columns, wanted: Wanted): void {
  const image = context.createImageData(Math.round(width * ratio), Math.round(height * ratio));
  const sheet: Sheet = { width: image.width, height: image.height, pixels: new Uint32Array(image.data.buffer) };
  const margin = SIDE * resolution;
  const [west, south, east, north] = [extent[0]! - margin, extent[1]! - margin, extent[2]! + margin, extent[3]! + margin];
  const red = columns.lights.indexOf("red");
  for (const pressing of [false, true]) {
    const taken = new Taken(sheet.width + 80, sheet.height + 80, columns.size > MANY ? 2 : 1);
    const known: (Stamp | undefined)[] = [];
    for (let i = columns.size - 1; i >= 0; i--) { // what came in last stands at the end: nothing covers it exactly
      const x = columns.x[i]!;
      const y = columns.y[i]!;
      if (!(x >= west && x <= east && y >= south && y <= north) || !isWanted(columns, wanted, i)) continue;
      const urgent = columns.urgency[i]! > 0;
      if ((urgent || columns.light[i] === red) !== pressing) continue;
      const [left, top] = px(x, y);
      const column = Math.round(left * ratio);
      const row = Math.round(top * ratio);
      if (!taken.take(column + 40, row + 40)) continue;
      const kind = (columns.state[i]! * 8 + columns.light[i]!) * 2 + Number(urgent);
      put(sheet, (known[kind] ??= stampOf(columns.stateName(i), columns.lights[columns.light[i]!]!, urgent, ratio)), column, row);
    }
  }
  context.putImageData(image, 0, 0);
}

function stampOf(state: string, light: string, urgent: boolean, ratio: number): Stamp {
  const key = `${state}|${RINGS[light] ?? ""}|${urgent}|${ratio}`;
  let stamp = stamps.get(key);
  if (!stamp) stamps.set(key, (stamp = drawn(STATE_COLOURS[state] ?? "#555555", RINGS[light], urgent, ratio)));
  return stamp;
}

function drawn(colour: string, ring: string | undefined, urgent: boolean, ratio: number): Stamp {
  const canvas = document.createElement("canvas");
  const side = Math.ceil(SIDE * ratio);
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d")!;
  pen.scale(ratio, ratio);
  pen.translate(SIDE / 2, SIDE / 2);
  const outline = (size: number): void => {
    pen.beginPath();
    if (urgent) {
      pen.moveTo(0, -size * 1.25);
      pen.lineTo(size * 1.25, 0);
      pen.lineTo(0, size * 1.25);
      pen.lineTo(-size * 1.25, 0);
      pen.closePath();
    } else pen.arc(0, 0, size, 0, 7);
  };
  for (const [size, fill] of [ring && ([7, ring] as const), [5.5, "#ffffff"] as const, [4.2, colour] as const].filter((one) => one !== undefined && one !== "")) {
    outline(size as number);
    pen.fillStyle = fill as string;
    pen.fill();
  }
  return stampFrom(side, new Uint32Array(pen.getImageData(0, 0, side, side).data.buffer));
}
