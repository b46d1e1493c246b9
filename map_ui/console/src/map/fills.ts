// Areas coloured by a number: classes of equal size, their colours, what is too little to say anything. Pure.

/** A colour for each area by its code, and what the legend says of it. */
export interface Fill {
  /** At which level's areas the numbers are. */
  level: string;
  colours: ReadonlyMap<string, string>;
  classes: readonly FillClass[];
  /** Whether some areas are withheld: too few cases or households. */
  withheld: boolean;
}
export interface FillClass {
  colour: string;
  from: number;
  to: number;
}

export const WITHHELD = "hatched";
const MORE = ["#eaf3ef", "#c3e0d4", "#8cc3ae", "#4d9a82", "#1d5a4e"];
const WORSE = ["#fdf1e3", "#f9d6a8", "#f0ab63", "#d9772b", "#9a4210"];
/** What is good is green, what is bad is orange; both also differ in lightness. */
export const RAMPS = { neutral: ["#eaf0fb", "#c3d3f1", "#8eaae0", "#4f78c4", "#234a8f"], up: [...WORSE].reverse().slice(0, 2).concat("#f3eee4", MORE[2]!, MORE[4]!), down: [MORE[4]!, MORE[2]!, "#f3eee4", WORSE[3]!, WORSE[4]!] };
export type Ramp = keyof typeof RAMPS;

/** Colours numbers: up to five classes with about equally many areas in each. null: withheld. */
export function fillOf(level: string, values: ReadonlyMap<string, number | null>, ramp: Ramp): Fill {
  const known = [...values.values()].filter((value): value is number => value !== null).sort((a, b) => a - b);
  const bounds = boundsOf(known);
  const shades = bounds.length === 1 && known.length === 0 ? [] : pick(RAMPS[ramp], bounds.length);
  const colours = new Map<string, string>();
  for (const [code, value] of values) colours.set(code, value === null ? WITHHELD : shades[classAt(bounds, value)]!);
  const classes = shades.map((colour, index) => ({ colour, from: bounds[index]!, to: bounds[index + 1] ?? known.at(-1)! }));
  return { level, colours, classes, withheld: known.length < values.size };
}

/** Where classes begin: the distinct fifths of the sorted numbers. */
function boundsOf(sorted: readonly number[]): number[] {
  if (!sorted.length) return [0];
  const fifths = [0, 1, 2, 3, 4].map((part) => sorted[Math.floor((sorted.length * part) / 5)]!);
  return [...new Set(fifths)];
}

function classAt(bounds: readonly number[], value: number): number {
  let index = bounds.length - 1;
  while (index > 0 && value < bounds[index]!) index--;
  return index;
}

const pick = (ramp: readonly string[], classes: number): string[] =>
  Array.from({ length: classes }, (_, index) => ramp[classes === 1 ? 2 : Math.round((index * (ramp.length - 1)) / (classes - 1))]!);

/** Colours counts by fixed steps, so that a colour means the same while numbers change. */
const STEPS = [1, 5, 15, 40, 100];
export function countFill(level: string, codes: readonly string[], counts: ArrayLike<number>): Fill {
  const colours = new Map<string, string>();
  codes.forEach((code, index) => {
    const value = counts[index]!;
    if (value) colours.set(code, RAMPS.neutral[classAt(STEPS, value)]!);
  });
  const classes = STEPS.map((from, index) => ({ colour: RAMPS.neutral[index]!, from, to: (STEPS[index + 1] ?? Infinity) - 1 }));
  return { level, colours, classes, withheld: false };
}

/** Whether two fills look the same on the map. */
export const sameFill = (a: Fill | null, b: Fill | null): boolean =>
  a === b || (!!a && !!b && a.level === b.level && a.colours.size === b.colours.size && [...a.colours].every(([code, colour]) => b.colours.get(code) === colour));
