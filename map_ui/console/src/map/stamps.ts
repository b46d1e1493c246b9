// Many small pictures into one array of pixels. On a machine without a graphics card the canvas takes some 20 µs for each picture it is
// asked to draw: thousands of points would hold up every frame. Writing their pixels takes a hundredth of that. Pure.

/** A small square picture: `side` * `side` pixels, each as four bytes (red first) in one number, little end first. */
export interface Stamp {
  side: number;
  pixels: Uint32Array;
}

export interface Sheet {
  width: number;
  height: number;
  pixels: Uint32Array;
}

/** Puts a stamp with its middle at a pixel, over what is there. What lies outside the sheet is cut off. */
export function put(sheet: Sheet, { side, pixels }: Stamp, x: number, y: number): void {
  const left = Math.round(x - side / 2);
  const top = Math.round(y - side / 2);
  const from = Math.max(0, -left);
  const to = Math.min(side, sheet.width - left);
  const low = Math.max(0, -top);
  const high = Math.min(side, sheet.height - top);
  for (let row = low; row < high; row++) {
    let at = (top + row) * sheet.width + left + from;
    for (let source = row * side + from; source < row * side + to; source++, at++) {
      const over = pixels[source]!;
      const alpha = over >>> 24;
      if (alpha === 0) continue;
      const under = sheet.pixels[at]!;
      sheet.pixels[at] = alpha === 255 || under >>> 24 === 0 ? over : blended(over, under, alpha);
    }
  }
}

function blended(over: number, under: number, alpha: number): number {
  const rest = 255 - alpha;
  const red = ((over & 255) * alpha + (under & 255) * rest) / 255;
  const green = (((over >>> 8) & 255) * alpha + ((under >>> 8) & 255) * rest) / 255;
  const blue = (((over >>> 16) & 255) * alpha + ((under >>> 16) & 255) * rest) / 255;
  const opaque = Math.max(alpha, under >>> 24);
  return ((opaque << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** Remembers where something was put, to the cell of two pixels: what would cover another exactly need not be put again. */
export class Taken {
  private readonly columns: number;
  private readonly cells: Uint8Array;

  constructor(width: number, height: number) {
    this.columns = (width >> 1) + 1;
    this.cells = new Uint8Array(this.columns * ((height >> 1) + 1));
  }

  /** Whether the pixel's cell was free; it is taken from now on. */
  take(x: number, y: number): boolean {
    const at = (y >> 1) * this.columns + (x >> 1);
    if (this.cells[at]) return false;
    this.cells[at] = 1;
    return true;
  }
}
