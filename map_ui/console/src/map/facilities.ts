// Places: service centres at their levels, demonstration stations, five-star compounds. Shape tells the kind, size the level.
import type { Facilities } from "../api/map";
import { mercator } from "../state/columns";
import { CanvasLayer, type Brush } from "./canvas";
import { FONT } from "./look";

/** Groups that are switched on and off together. */
export const GROUPS = ["service_centre", "station", "five_star"] as const;
export type Group = (typeof GROUPS)[number];
export const GROUP_COLOURS: Record<Group, string> = { service_centre: "#1557b8", station: "#0f766e", five_star: "#a15c00" };
const SIZES: Record<string, number> = { city: 11, district: 10, street: 8.5, community: 7, compound: 6 };
/** The zoom a level's places are shown from. */
const FROM: Record<string, number> = { city: 0, district: 0, street: 10, community: 11.5, compound: 12.4 };

/** The group of a place, or null for one that is not shown: a station that demonstrates nothing, a compound with fewer stars. */
export function groupOf(places: Facilities, index: number): Group | null {
  const kind = places.kind[index];
  if (kind === "compound") return places.stars[index] === 5 ? "five_star" : null;
  if (kind === "station") return "station";
  return kind === "service_centre" ? kind : null;
}

export class FacilityLayer {
  private places: Facilities | null = null;
  private xy: [number, number][] = [];
  private groups: (Group | null)[] = [];
  private on = new Set<Group>();
  private zoom = 0;
  readonly layer = new CanvasLayer((brush) => this.draw(brush), { zIndex: 32 });

  show(places: Facilities | null, on: ReadonlySet<Group>): void {
    if (places !== this.places) {
      this.places = places;
      this.xy = places ? places.lon.map((lon, index) => mercator(lon, places.lat[index]!)) : [];
      this.groups = places ? places.id.map((_, index) => groupOf(places, index)) : [];
    }
    this.on = new Set(on);
    this.layer.changed();
  }

  /** The place (its index in the columns) at a point of the map, -1 for none. */
  at(x: number, y: number, resolution: number): number {
    let best = -1;
    let least = (11 * resolution) ** 2;
    this.xy.forEach(([left, top], index) => {
      const away = (left - x) ** 2 + (top - y) ** 2;
      if (away <= least && this.isShown(index)) [best, least] = [index, away];
    });
    return best;
  }

  private isShown(index: number): boolean {
    const group = this.groups[index];
    return Boolean(group) && this.on.has(group!) && this.zoom >= (group === "station" ? 9 : (FROM[this.places!.level[index] ?? "compound"] ?? 11.5));
  }

  private draw({ context, px, extent, zoom }: Brush): void {
    this.zoom = zoom;
    this.xy.forEach(([x, y], index) => {
      if (x < extent[0]! || x > extent[2]! || y < extent[1]! || y > extent[3]! || !this.isShown(index)) return;
      const [left, top] = px(x, y);
      mark(context, this.groups[index]!, left, top, SIZES[this.places!.level[index] ?? "compound"] ?? 7, Boolean(this.places!.demonstration[index]));
      if (zoom >= 16.5) name(context, this.places!.name[index]!, left, top + 20);
    });
  }
}

/** A square for a service centre, a house for a station, a star for a compound with five; a gold rim for what demonstrates. */
function mark(pen: CanvasRenderingContext2D, group: Group, left: number, top: number, size: number, demonstration: boolean): void {
  const points: readonly (readonly [number, number])[] =
    group === "service_centre"
      ? [[-1, -1], [1, -1], [1, 1], [-1, 1]]
      : group === "station"
        ? [[0, -1.3], [1.2, -0.2], [1.2, 1.1], [-1.2, 1.1], [-1.2, -0.2]]
        : Array.from({ length: 10 }, (_, index) => {
            const reach = index % 2 ? 0.6 : 1.4;
            const angle = (index * Math.PI) / 5 - Math.PI / 2;
            return [reach * Math.cos(angle), reach * Math.sin(angle)] as const;
          });
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(left + x * size, top + y * size);
  pen.closePath();
  pen.fillStyle = GROUP_COLOURS[group];
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = demonstration ? "#f2b33d" : "#ffffff";
  pen.stroke();
}

function name(pen: CanvasRenderingContext2D, text: string, left: number, top: number): void {
  pen.font = `500 11px ${FONT}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineWidth = 3;
  pen.strokeStyle = "#ffffffe0";
  pen.strokeText(text, left, top);
  pen.fillStyle = "#233a33";
  pen.fillText(text, left, top);
}
