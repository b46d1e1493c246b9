// The tools of the table: which interactions are on the map, and what their gestures mean. Snap always comes last.
import type Feature from "ol/Feature";
import type OlMap from "ol/Map";
import type LineString from "ol/geom/LineString";
import type Polygon from "ol/geom/Polygon";
import { never } from "ol/events/condition";
import type Interaction from "ol/interaction/Interaction";
import Draw from "ol/interaction/Draw";
import Modify from "ol/interaction/Modify";
import Snap from "ol/interaction/Snap";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import OlFeature from "ol/Feature";
import type { BoardEvents } from "./board";
import { Brush } from "./brush";
import { dragged, type Dragged, type Rings } from "./intents";
import { box, drawnLine, handle } from "./look";
import { isTouched, onEarth, ringsOf, type Shape } from "./shapes";

export const TOOLS = ["pan", "paint", "split", "edge", "lasso"] as const;
export type ToolName = (typeof TOOLS)[number];

export class Tools {
  name: ToolName = "pan";
  private used: Interaction[] = [];
  private drawing: Draw | null = null;
  private begun = false;
  private brush: Brush | null = null;
  private readonly boxes = new VectorSource();
  private readonly kept = new Map<ToolName, Interaction[]>();
  private frame = 0;
  private dragging = false;

  constructor(
    private readonly map: OlMap,
    private readonly leaves: VectorSource<Feature>,
    private readonly events: BoardEvents,
    private readonly before: (key: number) => Rings,
  ) {
    map.addLayer(new VectorLayer({ source: this.boxes, style: box, zIndex: 50 }));
    leaves.on("changefeature", () => this.dragging && this.tell());
  }

  use(name: ToolName, radius: number): void {
    if (this.brush) this.brush.radius = radius;
    if (name === this.name) return;
    this.used.forEach((one) => this.map.removeInteraction(one));
    this.begun = false;
    this.name = name;
    if (!this.kept.has(name)) this.kept.set(name, this.made(name));
    this.used = this.kept.get(name)!;
    this.used.forEach((one) => this.map.addInteraction(one));
    this.drawing = this.used.find((one) => one instanceof Draw) ?? null;
    if (this.brush) this.brush.radius = radius;
  }

  finish(): boolean {
    if (!this.begun) return false;
    this.drawing?.finishDrawing();
    return true;
  }

  abort(): boolean {
    const was = this.begun;
    this.drawing?.abortDrawing();
    return was;
  }

  private made(name: ToolName): Interaction[] {
    const snap = (): Snap => new Snap({ source: this.leaves, pixelTolerance: 8 });
    if (name === "paint") {
      this.brush = new Brush(this.leaves, {
        paint: this.events.paint,
        box: (shape) => (this.boxes.clear(true), shape && this.boxes.addFeature(new OlFeature(shape))),
      });
      return [this.brush];
    }
    if (name === "split") return [this.draw(new Draw({ type: "LineString", style: drawnLine, stopClick: true }), (shape) => this.events.line((shape as LineString).getCoordinates().map(onEarth))), snap()];
    if (name === "lasso") return [this.draw(new Draw({ type: "Polygon", freehand: true, style: drawnLine }), (shape) => this.events.lasso((shape as Polygon).getCoordinates()[0]!.slice(0, -1).map(onEarth)))];
    if (name === "edge") return [this.modify(), snap()];
    return [];
  }

  private draw(drawing: Draw, done: (shape: unknown) => void): Draw {
    drawing.on("drawstart", () => (this.begun = true));
    drawing.on("drawabort", () => (this.begun = false));
    drawing.on("drawend", ({ feature }) => {
      this.begun = false;
      done(feature.getGeometry());
    });
    return drawing;
  }

  private modify(): Modify {
    const modify = new Modify({ source: this.leaves, style: handle, deleteCondition: never, pixelTolerance: 9 });
    let undo: [Shape, unknown][] = [];
    modify.on("modifystart", ({ features }) => {
      this.dragging = true;
      undo = features.getArray().map((one) => [one.getGeometry() as Shape, (one.getGeometry() as Shape).getCoordinates()]);
    });
    modify.on("modifyend", () => {
      this.dragging = false;
      cancelAnimationFrame(this.frame);
      const found = this.dragged();
      if (found === "mixed" || found === "outline") undo.forEach(([shape, was]) => shape.setCoordinates(was as never));
      this.events.drag(found);
    });
    return modify;
  }

  /** Says what the border would be while it is still being dragged, once a frame. */
  private tell(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      const found = this.dragged();
      if (found !== null && typeof found === "object") this.events.drag(found);
    });
  }

  private dragged(): Dragged {
    const moved = this.leaves.getFeatures().filter(isTouched);
    const after = new Map(moved.map((one) => [one.getId() as number, ringsOf(one.getGeometry() as Shape)]));
    const differing = [...after].filter(([key, rings]) => JSON.stringify(rings) !== JSON.stringify(this.before(key)));
    return dragged(new Map(differing.map(([key]) => [key, this.before(key)])), new Map(differing));
  }
}
