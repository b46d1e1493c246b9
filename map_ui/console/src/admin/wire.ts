// What the administration asks the service for, by name.
import { call, get, type Asking } from "../api/client";
import type { components } from "../api/schema";

type Schemas = components["schemas"];
export type Account = Schemas["AccountOut"];
export type Grant = Schemas["GrantOut"];
export type Key = Schemas["KeyOut"];
export type RulesKind = Schemas["RulesOut"];
export type RulesList = Schemas["RulesListOut"];
export type RuleLines = Schemas["LinesOut"];
export type RuleTable = Schemas["TableOut"];
export type Imported = Schemas["geo_service__flows__rules__schemas__ImportOut"];
export type Person = Schemas["PersonOut"];
export type Post = Schemas["PostOut"];
export type Absence = Schemas["AbsenceOut"];
export type Coverage = Schemas["CoverageOut"];
export type Gaps = Schemas["GapsOut"];
export type Message = Schemas["MessageOut"];
export type Subscription = Schemas["SubscriptionOut"];
export type Template = Schemas["TemplateOut"];
export type Logged = Schemas["LoggedOut"];
export type Access = Schemas["AccessOut"];
export type Verified = Schemas["VerifiedOut"];
export type Job = Schemas["JobOut"];

/** A page of something, and where the next begins. */
export interface Paged<T, Next = number> {
  items: T[];
  next: Next | null;
  total?: number;
}

const API = "/api/v1";
type Query = Asking["query"];

export const ask = <T>(path: string, query: Query = {}) => get<T>(`${API}${path}`, query);
export const post = async <T>(path: string, body?: unknown, more: Asking = {}) => (await call<T>("POST", `${API}${path}`, { ...more, body })).data;
export const put = async <T>(path: string, body: unknown) => (await call<T>("PUT", `${API}${path}`, { body })).data;
export const patch = async <T>(path: string, body: unknown, version: number) => (await call<T>("PATCH", `${API}${path}`, { body, version })).data;
export const remove = async (path: string) => (await call<unknown>("DELETE", `${API}${path}`)).data;

export const inPath = (part: string | number): string => encodeURIComponent(String(part));
