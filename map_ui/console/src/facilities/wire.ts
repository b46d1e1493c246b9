// What the service knows of places, and how they are changed.
import { addressOf, call, get, onceKey } from "../api/client";
import type { components } from "../api/schema";

type Schemas = components["schemas"];
export type Facility = Schemas["FacilityOut"];
export type Kind = Schemas["KindOut"];
export type Kinds = Schemas["KindsOut"];
export type Attribute = Schemas["AttributeOut"];
export type Change = Schemas["FacilityChangeOut"];
export type Imported = Schemas["FacilityImportOut"];
export type Value = boolean | number | string | null;

/** Places column by column: what the list and the map are drawn from. */
export interface Places {
  generation: number;
  id: number[];
  kind: string[];
  level: (string | null)[];
  name: string[];
  lon: number[];
  lat: number[];
  address: string[];
  open_now: (boolean | null)[];
  demonstration: boolean[];
  stars: (number | null)[];
}
export interface Wanted {
  kind?: string;
  area?: string;
  q?: string;
  retired?: boolean;
}
const BASE = "/api/v1/facilities";

export const fetchPlaces = (wanted: Wanted, signal?: AbortSignal) => get<Places>(BASE, { ...wanted, format: "columns" }, signal);
export const fetchPlace = (id: number, signal?: AbortSignal) => get<Facility>(`${BASE}/${id}`, {}, signal);
export const fetchKinds = () => get<Kinds>(`${BASE}/kinds`);
export const fetchHistory = (id: number) => get<Change[]>(`${BASE}/${id}/history`);
export const exportAddress = (wanted: Wanted, form: string) => addressOf(`${BASE}/export`, { ...wanted, format: form });

export const create = async (body: unknown, once = onceKey()): Promise<Facility> => (await call<Facility>("POST", BASE, { body, once })).data;
export const change = async (one: Facility, body: unknown): Promise<Facility> => (await call<Facility>("PATCH", `${BASE}/${one.id}`, { body, version: one.version })).data;
export const retire = async (one: Facility, reason: string): Promise<Facility> =>
  (await call<Facility>("POST", `${BASE}/${one.id}/retire`, { body: { reason }, version: one.version })).data;
export const restore = async (one: Facility): Promise<Facility> => (await call<Facility>("POST", `${BASE}/${one.id}/restore`, { version: one.version })).data;
export const addPhoto = async (one: Facility, photo: Blob, caption: string): Promise<Facility> =>
  (await call<Facility>("POST", `${BASE}/${one.id}/photos`, { body: photo, query: { caption }, version: one.version })).data;
export const removePhoto = async (one: Facility, digest: string): Promise<Facility> =>
  (await call<Facility>("DELETE", `${BASE}/${one.id}/photos/${digest}`, { version: one.version })).data;

/** What a file would change; with commit it is changed. Problem bad_rows lists every row that cannot be taken. */
export const bringIn = async (file: Blob, datum: string, encoding: string, commit: boolean): Promise<Imported> =>
  (await call<Imported>("POST", `${BASE}/import`, { body: file, query: { datum, encoding, commit } })).data;
