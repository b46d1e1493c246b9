// Paints over areas: a click, a stroke of a brush, or a box while Ctrl is held. With Shift it wipes off.
import type Feature from "ol/Feature";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import { boundingExtent, buffer, type Extent } from "ol/extent";
import { fromExtent } from "ol/geom/Polygon";
import type Polygon from "ol/geom/Polygon";
import PointerInteraction from "ol/interaction/Pointer";
import type VectorSource from "ol/source/Vector";

export interface Strokes {
  /** Areas that came under the brush. */
  paint(keys: number[], wipe: boolean): void;
  /** The box that is being drawn. */
  box(shape: Polygon | null): void;
}

export class Brush extends PointerInteraction {
  /** Pixels from the middle of the brush to its edge; 0 means the one area under the pointer. */
  radius = 0;
  private start: number[] = [];
  private last: number[] = [];
  private boxing = false;
  private wiping = false;

  constructor(
    private readonly source: VectorSource<Feature>,
    private readonly strokes: Strokes,
  ) {
    super();
  }

  override handleDownEvent(event: MapBrowserEvent): boolean {
    const { ctrlKey, metaKey, shiftKey, button } = event.originalEvent as PointerEvent;
    if (button !== 0) return false;
    this.start = this.last = event.coordinate;
    this.boxing = ctrlKey || metaKey;
    this.wiping = shiftKey;
    if (!this.boxing) this.stroke(event);
    return true;
  }

  override handleDragEvent(event: MapBrowserEvent): void {
    if (this.boxing) return this.strokes.box(fromExtent(boundingExtent([this.start, event.coordinate])));
    this.stroke(event);
  }

  override handleUpEvent(event: MapBrowserEvent): boolean {
    if (this.boxing) {
      this.strokes.box(null);
      const extent = boundingExtent([this.start, event.coordinate]);
      const inside = this.source.getFeaturesInExtent(extent).filter((one) => contains(extent, middleOf(one)));
      this.strokes.paint(inside.map((one) => one.getId() as number), this.wiping);
    }
    return false;
  }

  /** Everything between the last position and this one. */
  private stroke({ coordinate, map }: MapBrowserEvent): void {
    const resolution = map.getView().getResolution()!;
    const [from, to] = [this.last, coordinate];
    this.last = coordinate;
    const length = Math.hypot(to[0]! - from[0]!, to[1]! - from[1]!);
    const parts = Math.max(1, Math.ceil(length / (Math.max(this.radius, 4) * resolution)));
    const found = new Set<number>();
    for (let part = parts === 1 ? 1 : 0; part <= parts; part++) {
      const at = [from[0]! + ((to[0]! - from[0]!) * part) / parts, from[1]! + ((to[1]! - from[1]!) * part) / parts];
      this.under(at, resolution).forEach((one) => found.add(one.getId() as number));
    }
    if (found.size) this.strokes.paint([...found], this.wiping);
  }

  private under(at: number[], resolution: number): Feature[] {
    if (!this.radius) return this.source.getFeaturesAtCoordinate(at);
    const extent = buffer(boundingExtent([at]), this.radius * resolution);
    return this.source.getFeaturesInExtent(extent).filter((one) => one.getGeometry()!.intersectsExtent(extent));
  }
}

const middleOf = (feature: Feature): number[] => feature.get("middle") as number[];
const contains = ([west, south, east, north]: Extent, [x, y]: number[]): boolean => x! >= west! && x! <= east! && y! >= south! && y! <= north!;
