// One way out to the service: language, CSRF, preconditions, once-only keys; signs in again in the middle and goes on.
import { language, t } from "../i18n";
import { Problem, problemOf } from "./problem";

export interface Asking {
  query?: Record<string, string | number | boolean | null | undefined>;
  /** Sent as JSON; a Blob as it is. */
  body?: unknown;
  /** The version that was looked at; sent as If-Match. */
  version?: number;
  /** The same key sent again gives the first answer. */
  once?: string;
  signal?: AbortSignal;
  /** Sent also while the page goes away. */
  last?: boolean;
}

export interface Answer<T> {
  data: T;
  status: number;
}

type Gate = () => Promise<boolean>;
const guard: { csrf: string | null; signIn: Gate; refresh: Gate; network: (up: boolean) => void } = {
  csrf: null,
  signIn: () => Promise.resolve(false),
  refresh: () => Promise.resolve(false),
  network: () => undefined,
};

/** Told once by session/: how to ask a person to sign in, and how to get a new CSRF token. Each says whether to try again. */
export function installGates(signIn: Gate, refresh: Gate, network: (up: boolean) => void): void {
  Object.assign(guard, { signIn, refresh, network });
}

export function setCsrf(token: string | null): void {
  guard.csrf = token;
}

export function addressOf(path: string, query: Asking["query"] = {}): string {
  const said = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return said.length ? `${path}?${new URLSearchParams(said.map(([name, value]) => [name, String(value)]))}` : path;
}

/** A key for a request that must be done once however often it is sent; also where there is no secure context. */
export function onceKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Asks the service. Problem for a refusal; with status 0 where it could not be reached. */
export async function call<T>(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, asking: Asking = {}): Promise<Answer<T>> {
  for (let attempt = 0; ; attempt++) {
    const response = await send(method, path, asking);
    if (response.ok) return { data: (response.status === 204 ? null : await response.json()) as T, status: response.status };
    const problem = await problemOf(response);
    if (attempt < 3 && (await mayTryAgain(problem))) continue;
    throw problem;
  }
}

export async function get<T>(path: string, query: Asking["query"] = {}, signal?: AbortSignal): Promise<T> {
  return (await call<T>("GET", path, { query, signal })).data;
}

async function mayTryAgain(problem: Problem): Promise<boolean> {
  if (problem.status === 403 && problem.code === "csrf") return guard.refresh();
  const asksForPerson = problem.status === 401 && !["bad_credentials", "totp_required"].includes(problem.code);
  return asksForPerson && guard.signIn();
}

async function send(method: string, path: string, asking: Asking): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": language.value };
  if (asking.body !== undefined) headers["Content-Type"] = asking.body instanceof Blob ? asking.body.type || "application/octet-stream" : "application/json";
  if (asking.version !== undefined) headers["If-Match"] = `"${asking.version}"`;
  if (asking.once) headers["Idempotency-Key"] = asking.once;
  if (method !== "GET" && guard.csrf) headers["X-CSRF-Token"] = guard.csrf;
  const body = asking.body === undefined || asking.body instanceof Blob ? asking.body : JSON.stringify(asking.body);
  try {
    const response = await fetch(addressOf(path, asking.query), { method, headers, body, signal: asking.signal, keepalive: asking.last, credentials: "same-origin" });
    guard.network(true);
    return response;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    guard.network(false);
    throw new Problem(0, "unreachable", t("problem.unreachable"));
  }
}
