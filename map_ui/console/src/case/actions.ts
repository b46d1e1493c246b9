// What may be done to a case, and in the consultations and whistles on it, as forms. The tables are data: tests compare them with the
// service's own payloads.
import table from "./actions.json";
import hard from "./hard.json";

export interface FormField {
  /** The action it belongs to: its label may be the action's own. */
  of: string;
  name: string;
  kind: string;
  needed: boolean;
  options: readonly string[];
}
export const KEYS: Readonly<Record<string, string>> = table.keys;
type Rows = Record<string, [string, string, boolean][]>;
const forms = { ...table.forms, ...hard.forms } as unknown as Rows;
const besides = hard.besides as unknown as Rows;
const choices = { ...table.choices, ...hard.choices } as Record<string, string[]>;

/** Whether an action is a step in a consultation or a whistle beside the case. */
export const ofHard = (action: string): boolean => action in hard.forms;

/** The fields of an action's form, in order; none for an action this console does not know. */
export function fieldsOf(action: string): FormField[] {
  return [...(forms[action] ?? []), ...(besides[action] ?? [])].map(([name, said, needed]) => {
    const [kind, choice] = said.split(":") as [string, string | undefined];
    return { of: action, name, kind, needed, options: choice ? choices[choice]! : [] };
  });
}

/** The allowed actions in the order of the work: the likely next step first. */
export function inOrder(allowed: readonly string[]): string[] {
  const place = (name: string) => (table.order.includes(name) ? table.order.indexOf(name) : table.order.length);
  return [...allowed].sort((a, b) => place(a) - place(b));
}

export type Draft = Record<string, string | boolean | string[] | undefined>;

/** The payload of what was filled in: empty fields are left out, numbers and instants become what the wire wants. Pure. */
export function payloadOf(action: string, draft: Draft): Record<string, unknown> {
  const payload: Record<string, unknown> = {};
  for (const { name, kind } of fieldsOf(action)) {
    const value = draft[name];
    if (value === undefined || value === "" || (Array.isArray(value) && !value.length)) continue;
    if (kind === "score" || kind === "tier" || kind === "number" || kind === "case") payload[name] = Number(value);
    else if (kind === "moment") payload[name] = new Date(String(value)).toISOString();
    else payload[name] = typeof value === "string" ? value.trim() : value;
  }
  return payload;
}

/** What a form holds for a payload: the inverse of `payloadOf`. */
export function draftOf(action: string, payload: Readonly<Record<string, unknown>>): Draft {
  const draft: Draft = {};
  for (const { name, kind } of fieldsOf(action)) {
    const value = payload[name];
    if (value === undefined || value === null) continue;
    draft[name] = kind === "moment" ? local(String(value)) : typeof value === "number" ? String(value) : (value as Draft[string]);
  }
  return draft;
}

function local(instant: string): string {
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The needed fields that are empty. */
export const missing = (action: string, draft: Draft): string[] =>
  fieldsOf(action).filter(({ name, needed }) => needed && (draft[name] === undefined || draft[name] === "" || String(draft[name]).trim() === "")).map(({ name }) => name);
