// What the map asks for beside cases: generations, areas with households, rates, places, whether there is a basemap.
import { get } from "./client";
import { fetchAreas } from "./places";
import type { components } from "./schema";
import type { AreaRow } from "./wire";

export interface Generation {
  number: number;
  current: boolean;
  effective_from: string | null;
  created_at: string;
}

/** The generations that are or were in force, newest first. */
export const fetchGenerations = async (): Promise<Generation[]> =>
  (await get<components["schemas"]["GenerationsOut"]>("/api/v1/generations")).items.filter((one) => one.status === "published").sort((a, b) => b.number - a.number);

/** Areas of some levels: parents and households. */
export const fetchLevels = async (levels: readonly string[]): Promise<AreaRow[]> => (await Promise.all(levels.map(fetchAreas))).flat();

export interface Rate {
  name: string;
  label: string;
  better: "up" | "down";
  numerator: number;
  denominator: number;
  value: number | null;
}
export interface RateLine {
  key: string;
  name: string;
  received: number;
  households: number | null;
  per_thousand_households: { value: number | null };
  cases_per_worker: { value: number | null };
  rates: Rate[];
}
export interface Evaluation {
  generation: number;
  start: string;
  end: string;
  yardstick: { small: number };
  whole: RateLine;
  items: RateLine[];
}

/** Load and rates of every area of a level, of cases received in a period. generation: counted anew by its borders. */
export const fetchEvaluation = (level: string, from: string, to: string, generation?: number) =>
  get<Evaluation>("/api/v1/evaluation", { level, from, to, generation, limit: 10_000 });

/** Places column by column. */
export interface Facilities {
  id: number[];
  kind: string[];
  level: (string | null)[];
  name: string[];
  lon: number[];
  lat: number[];
  address: string[];
  phone: (string | null)[];
  opening_hours: string[];
  open_now: (boolean | null)[];
  demonstration: boolean[];
  stars: (number | null)[];
  attributes: Record<string, unknown>[];
  services: string[][];
}

/** All places, or null where the service knows none of such a thing. */
export async function fetchFacilities(): Promise<Facilities | null> {
  return get<Facilities>("/api/v1/facilities", { format: "columns" }).catch(() => null);
}

interface Named {
  zh: string;
  en: string;
}
export interface FacilityKinds {
  kinds: { kind: string; services: Named[]; attributes: (Named & { key: string; type: string })[] }[];
}
/** Names of what is kept of places. */
export const fetchFacilityKinds = (): Promise<FacilityKinds> => get<FacilityKinds>("/api/v1/facilities/kinds").catch(() => ({ kinds: [] }));

export interface MapConfig {
  basemap: { url: string; attribution: string; min_zoom: number; max_zoom: number } | null;
}
export const fetchMapConfig = (): Promise<MapConfig> => get<MapConfig>("/api/v1/console/map").catch(() => ({ basemap: null }));
