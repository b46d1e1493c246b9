// The service's side of planning: types by name and every call the table makes.
import { call, get } from "../api/client";
import type { components } from "../api/schema";

type Schemas = components["schemas"];
export type Draft = Schemas["DraftOut"];
export type Table = Schemas["DraftAreasOut"];
export type Area = Schemas["TableArea"];
export type Change = Schemas["ChangeOut"];
export type AreaChange = Schemas["AreaChange"];
export type Impact = Schemas["ImpactOut"];
export type Steps = Schemas["StepsOut"];
export type Step = Schemas["StepDone"];
export type Check = Schemas["CheckOut"];
export type Replay = Schemas["ReplayOut"];
export type Job = Schemas["JobOut"];
export type Published = Schemas["PublishedOut"];
export type Rebased = Schemas["RebasedOut"];
export type Policy = Draft["open_cases"];

/** An intent: its kind and what it needs, in keys and WGS-84 positions; never the polygon of an area. */
export interface Operation {
  kind: string;
  [field: string]: unknown;
}
export type Position = [number, number];

const at = (id: number): string => `/api/v1/drafts/${id}`;
const post = async <T>(path: string, body: unknown, version?: number, signal?: AbortSignal): Promise<T> => (await call<T>("POST", path, { body, version, signal })).data;

export const fetchDrafts = async (): Promise<Draft[]> => (await get<Schemas["DraftsOut"]>("/api/v1/drafts")).items;
export const createDraft = (title: string, open_cases: Policy) => post<Draft>("/api/v1/drafts", { title, open_cases });
export const fetchDraft = (id: number) => get<Draft>(at(id));
export const amendDraft = async (id: number, body: { title?: string; open_cases?: Policy; status?: "abandoned" }): Promise<Draft> =>
  (await call<Draft>("PATCH", at(id), { body })).data;
export const fetchAreasIn = (id: number, bbox: readonly number[], signal?: AbortSignal) => get<Table>(`${at(id)}/areas`, { bbox: bbox.map((n) => n.toFixed(6)).join(",") }, signal);
export const fetchSteps = (id: number) => get<Steps>(`${at(id)}/operations`);
export const fetchCheck = (id: number) => get<Check>(`${at(id)}/check`);

/** What an operation would do; nothing is written. */
export const preview = (id: number, operation: Operation, signal: AbortSignal) => post<Change>(`${at(id)}/operations?dry_run=1`, { operation }, undefined, signal);
/** Who is concerned: of an operation, or of the whole draft. */
export const fetchImpact = (id: number, operation?: Operation, signal?: AbortSignal) => post<Impact>(`${at(id)}/impact`, operation ? { operation } : {}, undefined, signal);

/** Does an operation, an undo or a redo. The same client id sent again does it once. */
export const perform = (id: number, operation: Operation, client_id: string, head: number): Promise<Change> =>
  operation.kind === "undo" || operation.kind === "redo"
    ? post<Change>(`${at(id)}/${operation.kind}`, { client_id }, head)
    : post<Change>(`${at(id)}/operations`, { client_id, operation }, head);

export const replay = (id: number, days: number) => post<Replay>(`${at(id)}/replay`, { days });
export const prepare = (id: number) => post<Job>(`${at(id)}/prepare`, undefined);
export const fetchJob = (href: string) => get<Job>(href);
export const publish = (id: number, moment: string | null) => post<Published>(`${at(id)}/publish`, moment ? { at: moment } : {});
export const rebase = (id: number, dry: boolean) => post<Rebased>(`${at(id)}/rebase${dry ? "?dry_run=1" : ""}`, undefined);
