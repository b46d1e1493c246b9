import { call, get, onceKey } from "./client";
import type { CaseOut, CasesOut, ColumnsOut, RowsOut } from "./wire";

export type Query = Record<string, string | number | null | undefined>;

/** All cases that match a filter, column by column. */
export const fetchColumns = (query: Query, signal?: AbortSignal) => get<ColumnsOut>("/api/v1/console/cases", query, signal);

/** Those of these cases that match the filter, as lists show them. */
export const fetchRows = (ids: number[], query: Query = {}) => get<RowsOut>("/api/v1/console/rows", { ...query, ids: ids.join(",") });

export const fetchCase = (id: number, signal?: AbortSignal) => get<CaseOut>(`/api/v1/cases/${id}`, {}, signal);

/** Does something to a case that was looked at in this version. The same `once` sent again does it once. */
export async function act(id: number, action: string, payload: unknown, version: number, once = onceKey()): Promise<CaseOut> {
  return (await call<CaseOut>("POST", `/api/v1/cases/${id}/actions/${action}`, { body: payload, version, once })).data;
}

/** The newest cases in a shape, whatever their state. */
export const fetchNear = (within: string) => get<CasesOut>("/api/v1/cases", { within, limit: 30 });
