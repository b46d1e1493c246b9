import { call, get, onceKey } from "./client";
import type { AreaDetail, AreaRow, AreasOut, GeocodeOut, LocateOut, ReportOut, Vocabulary } from "./wire";

export const fetchVocabulary = () => get<Vocabulary>("/api/v1/console/vocabulary");

/** Every area of a level, page by page. */
export async function fetchAreas(level: string): Promise<AreaRow[]> {
  const items: AreaRow[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const page: AreasOut = await get<AreasOut>("/api/v1/areas", { level, after, limit: 1000 });
    items.push(...page.items);
    after = page.next ?? null;
  }
  return items;
}

export const fetchArea = (code: string) => get<AreaDetail>(`/api/v1/areas/${encodeURIComponent(code)}`);

export const geocode = (text: string, signal?: AbortSignal) => get<GeocodeOut>("/api/v1/geocode", { text }, signal);

/** Where a WGS-84 point lies and who answers for it. */
export const locate = (at: { lon: number; lat: number }, accuracy_m: number, signal?: AbortSignal) =>
  get<LocateOut>("/api/v1/locate", { lon: at.lon, lat: at.lat, datum: "wgs84", accuracy_m }, signal);

export async function report(body: unknown, once = onceKey()): Promise<ReportOut> {
  return (await call<ReportOut>("POST", "/api/v1/reports", { body, once })).data;
}
