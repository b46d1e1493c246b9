// What a desk keeps and does beside one case: saved views, who looks at what, many cases at once, a caller's number.
import { call, get, onceKey } from "./client";
import type { components } from "./schema";
import type { BulkOut, CaseConsultationsOut, ConsultationsOut, EventsOut, PersonsOut, SavedView, WhistlesOut } from "./wire";

export interface BulkCase {
  case_id: number;
  version: number;
  payload?: Record<string, unknown>;
}

export const fetchViews = async () => (await get<{ items: SavedView[] }>("/api/v1/views")).items;
export const saveView = async (name: string, query: string) => (await call<SavedView>("POST", "/api/v1/views", { body: { name, query } })).data;
export const dropView = (id: number) => call<null>("DELETE", `/api/v1/views/${id}`);

/** Says that this case is open here; others see it for half a minute. */
export const sayViewing = (id: number) => call<null>("POST", `/api/v1/cases/${id}/viewing`);
export const sayClosed = (id: number) => call<null>("DELETE", `/api/v1/cases/${id}/viewing`, { last: true });

/** The events of a case with the state of their hashes. */
export const fetchEvents = (id: number) => get<EventsOut>(`/api/v1/cases/${id}/events`);

/** A whole consultation: who takes part, and what each said. */
export type Consultation = components["schemas"]["ConsultationOut"];
export type Whistle = WhistlesOut["items"][number];
export interface Consultations {
  reasons: CaseConsultationsOut["reasons"];
  items: Consultation[];
}

/** Every consultation on a case, whole: there are as many as there are tiers. */
export async function fetchConsultations(id: number): Promise<Consultations> {
  const { reasons, items } = await get<CaseConsultationsOut>(`/api/v1/cases/${id}/consultations`);
  return { reasons, items: await Promise.all(items.map((one) => get<Consultation>(`/api/v1/consultations/${one.consultation_id}`))) };
}
export const fetchWhistles = (id: number) => get<WhistlesOut>("/api/v1/whistles", { case: id });

/** The consultations in which somebody has still to be heard, and the whistles that wait for them. party: agency:<code> or post:<id>. */
export const fetchAsked = (party: string) => get<ConsultationsOut>("/api/v1/consultations", { party, silent: true, limit: 50 });
export const fetchCalled = (party: string) => get<WhistlesOut>("/api/v1/whistles", { waiting_for: party, state: "waiting", limit: 50 });

/** A step in a consultation or a whistle that was looked at in this version. The same `once` sent again does it once. */
export async function takeStep(what: "consultations" | "whistles", id: number, verb: string, payload: unknown, version: number, once: string): Promise<void> {
  await call("POST", `/api/v1/${what}/${id}/actions/${verb}`, { body: payload, version, once });
}
export async function blow(payload: unknown, once: string): Promise<void> {
  await call("POST", "/api/v1/whistles", { body: payload, once });
}

/** Who reported; the purpose stands in the log. */
export const reveal = async (id: number, purpose: string) =>
  (await call<{ name: string | null; phone: string | null }>("POST", `/api/v1/cases/${id}/reveal`, { body: { purpose } })).data;

/** The cases that this whole number reported; the purpose stands in the log. */
export const byPhone = async (phone: string, purpose: string) =>
  (await call<{ case_ids: number[] }>("POST", "/api/v1/reporters/search", { body: { phone, purpose } })).data.case_ids;

/** One action on many cases; with `dry` only what would become of each. */
export async function bulk(action: string, payload: unknown, cases: readonly BulkCase[], dry: boolean, once = onceKey()): Promise<BulkOut> {
  return (await call<BulkOut>("POST", "/api/v1/cases/bulk", { query: { dry_run: dry || null }, body: { action, payload, cases }, once: dry ? undefined : once })).data;
}

export const fetchPersons = async (text: string, signal?: AbortSignal) => (await get<PersonsOut>("/api/v1/persons", { text, limit: 30 }, signal)).items;
export const fetchPerson = (id: string) => get<PersonsOut["items"][number]>(`/api/v1/persons/${encodeURIComponent(id)}`);
