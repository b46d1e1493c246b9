// A layer that draws straight from arrays to a canvas of its own: no feature objects, so a patch costs nothing. The canvas reaches beyond
// the view on all sides, so that a drag only moves it; it is drawn anew when something changed, or when the view came to its edge.
import Layer from "ol/layer/Layer";
import type { FrameState } from "ol/Map";
import Source from "ol/source/Source";

export interface Brush {
  context: CanvasRenderingContext2D;
  /** Pixels from Web Mercator metres. */
  px(x: number, y: number): [number, number];
  /** West, south, east, north of the canvas in Web Mercator metres. */
  extent: readonly number[];
  resolution: number;
  zoom: number;
  width: number;
  height: number;
  /** Device pixels in a pixel. */
  ratio: number;
}

const MARGIN = 256;

export class CanvasLayer extends Layer<Source> {
  private readonly canvas = document.createElement("canvas");
  private drawn = "";
  private at: readonly number[] = [0, 0];

  constructor(
    private readonly draw: (brush: Brush) => void,
    options: { zIndex: number; minZoom?: number; maxZoom?: number },
  ) {
    super({ source: new Source({}), ...options });
    Object.assign(this.canvas.style, { position: "absolute", left: `${-MARGIN}px`, top: `${-MARGIN}px`, pointerEvents: "none" });
  }

  override render(frame: FrameState): HTMLElement {
    const [width, height] = frame.size as [number, number];
    const { center, resolution } = frame.viewState;
    const ratio = frame.pixelRatio;
    const what = `${this.getRevision()} ${resolution} ${width} ${height} ${ratio}`;
    let [dx, dy] = this.drift(center, resolution);
    if (what !== this.drawn || Math.max(Math.abs(dx), Math.abs(dy)) > MARGIN) {
      this.drawn = what;
      this.at = [...center];
      [dx, dy] = [0, 0];
      this.paint(frame, width + 2 * MARGIN, height + 2 * MARGIN);
    }
    this.canvas.style.transform = `translate(${Math.round(dx * ratio) / ratio}px, ${Math.round(dy * ratio) / ratio}px)`;
    return this.canvas;
  }

  private drift(center: readonly number[], resolution: number): [number, number] {
    return [(this.at[0]! - center[0]!) / resolution, (center[1]! - this.at[1]!) / resolution];
  }

  private paint({ viewState, pixelRatio: ratio }: FrameState, width: number, height: number): void {
    const context = this.canvas.getContext("2d")!;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const { resolution, zoom } = viewState;
    const left = this.at[0]! - (width / 2) * resolution;
    const top = this.at[1]! + (height / 2) * resolution;
    const px = (x: number, y: number): [number, number] => [(x - left) / resolution, (top - y) / resolution];
    const extent = [left, top - height * resolution, left + width * resolution, top];
    this.draw({ context, px, extent, resolution, zoom, width, height, ratio });
  }
}
