// The wire's types by name, generated from the service's own description (npm run types).
import type { components } from "./schema";

type Schemas = components["schemas"];
export type CaseRow = Schemas["ListedCase"];
export type CaseOut = Schemas["CaseOut"];
export type CasesOut = Schemas["CasesOut"];
export type CaseEvent = Schemas["EventOut"];
export type ColumnsOut = Schemas["CaseColumnsOut"];
export type RowsOut = Schemas["RowsOut"];
export type CaseChangesOut = Schemas["CaseChangesOut"];
export type Vocabulary = Schemas["VocabularyOut"];
export type AreaRow = Schemas["AreaRow"];
export type AreasOut = Schemas["AreasOut"];
export type AreaDetail = Schemas["AreaDetail"];
export type LocateOut = Schemas["LocateOut"];
export type GeocodeOut = Schemas["GeocodeOut"];
export type ReportOut = Schemas["ReportOut"];
export type BulkOut = Schemas["BulkOut"];
export type SavedView = Schemas["ViewOut"];
export type EventsOut = Schemas["EventsOut"];
export type LoggedEvent = Schemas["LoggedEvent"];
export type CaseConsultationsOut = Schemas["CaseConsultationsOut"];
export type ConsultationsOut = Schemas["ConsultationsOut"];
export type WhistlesOut = Schemas["WhistlesOut"];
export type PersonsOut = Schemas["PersonsOut"];
export type Enrolment = Schemas["EnrolmentOut"];
export type State = CaseRow["state"];
export type Light = CaseRow["light"];

/** A leaf that may hold the point, as a case records it. */
export interface Candidate {
  code: string;
  level: string;
  name: string;
  probability: number | null;
  distance_m: number;
}

export interface Me {
  name: string;
  display_name: string;
  kind: "user" | "key" | "demo" | "anonymous";
  roles: string[];
  permissions: string[];
  /** What must be done before anything else: password, second_factor. */
  pending?: string[];
  /** Whether signing in takes a code of the second factor. */
  totp?: boolean;
}

export interface SessionOut {
  user: Me | null;
  csrf: string | null;
  demo: boolean;
}
