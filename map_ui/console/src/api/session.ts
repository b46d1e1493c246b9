import { call, get } from "./client";
import type { SessionOut } from "./wire";

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
