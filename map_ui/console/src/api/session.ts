import { call, get } from "./client";
import type { Enrolment, SessionOut } from "./wire";

export const fetchSession = () => get<SessionOut>("/api/v1/session");

export async function signIn(username: string, password: string, totp: string): Promise<SessionOut> {
  const body = { username, password, ...(totp ? { totp } : {}) };
  return (await call<SessionOut>("POST", "/api/v1/session", { body })).data;
}

export async function signOut(): Promise<void> {
  await call<null>("DELETE", "/api/v1/session");
}

export async function changePassword(current: string, password: string): Promise<void> {
  await call<null>("POST", "/api/v1/me/password", { body: { current, password } });
}

/** A new key for an authenticator app; one from an earlier call no longer counts. Problem second_factor_in_use. */
export async function beginSecondFactor(): Promise<Enrolment> {
  return (await call<Enrolment>("POST", "/api/v1/me/second-factor")).data;
}

/** Puts the key to use. Problem bad_code, no_second_factor_begun. */
export async function confirmSecondFactor(code: string): Promise<void> {
  await call<null>("POST", "/api/v1/me/second-factor/confirm", { body: { code } });
}
