// How the table is drawn: a light ground by grid, thin borders, what is chosen or painted, what is drawn, what would come of it.
import Fill from "ol/style/Fill";
import CircleStyle from "ol/style/Circle";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";
import { FONT } from "../map/look";

const kept = new Map<string, Style>();
const once = (key: string, make: () => Style): Style => kept.get(key) ?? (kept.set(key, make()), kept.get(key)!);

/** A light colour of a grid; neighbours in the list of keys lie far apart on the wheel. */
export const hueOf = (key: number): number => Math.round((Math.abs(key) * 137.508) % 360);
export const colourOf = (key: number | null): string => (key === null ? "#e9edeb" : `hsl(${hueOf(key)} 42% 86%)`);

export const ground = (parent: number | null): Style =>
  once(`g${parent}`, () => new Style({ fill: new Fill({ color: colourOf(parent) }), stroke: new Stroke({ color: "#7d8b86", width: 0.8 }) }));
export const painted = (parent: number | null): Style =>
  once(`p${parent}`, () => new Style({ zIndex: 3, fill: new Fill({ color: parent === null ? "#d9efe8" : `hsl(${hueOf(parent)} 62% 70%)` }), stroke: new Stroke({ color: "#17463e", width: 2, lineDash: [6, 3] }) }));
export const chosen = (parent: number | null): Style =>
  once(`c${parent}`, () => new Style({ zIndex: 4, fill: new Fill({ color: colourOf(parent) }), stroke: new Stroke({ color: "#1d4fb8", width: 3 }) }));

export const gridLine = new Style({ stroke: new Stroke({ color: "#3d5850", width: 2.2 }) });
export const drawnLine = [new Style({ stroke: new Stroke({ color: "#fff", width: 5 }) }), new Style({ fill: new Fill({ color: "#c2410c1f" }), stroke: new Stroke({ color: "#c2410c", width: 2.5 }) })];
export const outcome = new Style({ stroke: new Stroke({ color: "#0b6b55", width: 2, lineDash: [3, 4] }), fill: new Fill({ color: "#0b6b5514" }) });
export const handle = new Style({ image: new CircleStyle({ radius: 6, fill: new Fill({ color: "#fff" }), stroke: new Stroke({ color: "#c2410c", width: 2.5 }) }) });
export const box = new Style({ stroke: new Stroke({ color: "#17463e", width: 1.5, lineDash: [4, 4] }), fill: new Fill({ color: "#17463e14" }) });

/** A place that is in the way, with its reason. */
export const refused = (reason: string): Style =>
  new Style({
    stroke: new Stroke({ color: "#b3261e", width: 3.5 }),
    fill: new Fill({ color: "#b3261e22" }),
    image: new CircleStyle({ radius: 9, fill: new Fill({ color: "#b3261e33" }), stroke: new Stroke({ color: "#b3261e", width: 3 }) }),
    text: new Text({ text: reason, font: `600 12.5px ${FONT}`, fill: new Fill({ color: "#8c1d18" }), stroke: new Stroke({ color: "#fff", width: 4 }), offsetY: -20, overflow: true }),
  });

export function label(text: string, strong: boolean): Style {
  return once(`t${strong}${text}`, () => new Style({
    text: new Text({ text, font: strong ? `700 13px ${FONT}` : `11.5px ${FONT}`, fill: new Fill({ color: strong ? "#1f4037" : "#3f4d48" }), stroke: new Stroke({ color: "#ffffffd0", width: 3 }) }),
  }));
}
