// Many small pictures into one array of pixels. On a machine without a graphics card the canvas takes some 20 µs for each picture it is
// asked to draw: thousands of points would hold up every frame. Writing their pixels takes a hundredth of that. Pure.

/** A small square picture: `side` * `side` pixels, each as four bytes (red first) in one number, little end first. */
export interface Stamp {
  side: number;
  pixels: Uint32Array;
  /** Where in each row the picture begins and ends: most of a round one's square is clear. */
  begin: Uint8Array;
  end: Uint8Array;
}

export function stampFrom(side: number, pixels: Uint32Array): Stamp {
  const stamp = { side, pixels, begin: new Uint8Array(side).fill(side), end: new Uint8Array(side) };
  pixels.forEach((pixel, at) => {
    if (pixel >>> 24 === 0) return;
    const row = Math.floor(at / side);
    stamp.begin[row] = Math.min(stamp.begin[row]!, at % side);
    stamp.end[row] = (at % side) + 1;
  });
  return stamp;
}

export interface Sheet {
  width: number;
  height: number;
  pixels: Uint32Array;
}

/** Puts a stamp with its middle at a pixel, over what is there. What lies outside the sheet is cut off. */
export function put(sheet: Sheet, { side, pixels, begin, end }: Stamp, x: number, y: number): void {
  const left = Math.round(x - side / 2);
  const top = Math.round(y - side / 2);
  const inside = Math.max(0, -left);
  const beyond = Math.min(side, sheet.width - left);
  const target = sheet.pixels;
  const low = Math.max(0, -top);
  const high = Math.min(side, sheet.height - top);
  for (let row = low; row < high; row++) {
    const from = Math.max(inside, begin[row]!);
    const to = Math.min(beyond, end[row]!);
    let at = (top + row) * sheet.width + left + from;
    for (let source = row * side + from; source < row * side + to; source++, at++) {
      const over = pixels[source]!;
      const alpha = over >>> 24;
      if (alpha === 255) target[at] = over;
      else if (alpha) {
        const under = target[at]!;
        target[at] = under >>> 24 === 0 ? over : blended(over, under, alpha);
      }
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

/** Remembers where something was put, to the cell of some pixels (a power of two): what would cover another exactly need not be put again. */
export class Taken {
  private readonly columns: number;
  private readonly cells: Uint8Array;

  constructor(
    width: number,
    height: number,
    private readonly bits = 1,
  ) {
    this.columns = (width >> bits) + 1;
    this.cells = new Uint8Array(this.columns * ((height >> bits) + 1));
  }

  /** Whether the pixel's cell was free; it is taken from now on. */
  take(x: number, y: number): boolean {
    const at = (y >> this.bits) * this.columns + (x >> this.bits);
    if (this.cells[at]) return false;
    this.cells[at] = 1;
    return true;
  }
}
