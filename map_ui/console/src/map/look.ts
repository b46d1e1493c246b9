// How things look on the map: colours of states and lights, lines of levels. The same marks stand in the list and the legend.
export const FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif";

export const STATE_COLOURS: Record<string, string> = {
  received: "#1557b8",
  verifying: "#0a6c8c",
  filed: "#6b4fbb",
  dispatched: "#8a5a00",
  handling: "#a04a08",
  checking: "#0f766e",
  suspended: "#5b6270",
  closed: "#3f6b43",
  evaluated: "#3f6b43",
  not_accepted: "#636a70",
  merged: "#636a70",
  void: "#636a70",
};

export const LIGHT_COLOURS: Record<string, string> = { red: "#c62828", yellow: "#b7791f", green: "#2f855a", none: "#8b9197" };

export interface LevelLine {
  colour: string;
  width: number;
  dash?: number[];
  fill?: string;
  /** The zoom at which the line begins to be drawn. */
  from: number;
  label?: { from: number; to: number; size: number; weight: number; colour: string };
}
export const LEVEL_LINES: Record<string, LevelLine> = {
  district: { colour: "#5c4a5f", width: 2.2, fill: "#f5f7f4", from: 0, label: { from: 8, to: 11.5, size: 14, weight: 700, colour: "#4b3b4e" } },
  street: { colour: "#8a7a5e", width: 1.6, from: 9.5, label: { from: 11, to: 13.5, size: 12.5, weight: 600, colour: "#5e5138" } },
  community: { colour: "#5d7f97", width: 1.2, from: 11.5, label: { from: 13.3, to: 15.6, size: 12, weight: 600, colour: "#31566f" } },
  grid: { colour: "#66746f", width: 1, from: 12.4, label: { from: 15.4, to: 17.2, size: 11.5, weight: 500, colour: "#3d4b46" } },
  micro_grid: { colour: "#aab6b1", width: 0.6, from: 14, label: { from: 17, to: 22, size: 11, weight: 400, colour: "#52615b" } },
};
/** From this zoom on the tiles have grids: their tenth level, which is drawn from half a level below its double on (tiles of 512 pixels). */
export const GRIDS_FROM = 10.5;
/** From this zoom on cases are points; below it, counts. */
export const POINTS_FROM = 12.4;
/** Below that zoom counts stand at the label points of areas of these levels; the first whose `to` is above the zoom. */
export const COUNTED_LEVELS = [
  { level: "district", to: 9.9 },
  { level: "street", to: 11.6 },
  { level: "community", to: Infinity },
] as const;
/** Areas beside the ladder. */
export const COMPOUND = { colour: "#b4621d", width: 1.1, from: 11.5, label: { from: 15, to: 22, size: 11, weight: 500, colour: "#8a4a12" } } satisfies LevelLine;
