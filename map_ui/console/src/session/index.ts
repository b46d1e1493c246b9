// Who works here. An expired session opens the sign-in dialog over the page; what was asked for waits and then goes on.
import { computed, ref } from "vue";
import { installGates, setCsrf } from "../api/client";
import { Problem } from "../api/problem";
import { changePassword, fetchSession, signIn as send, signOut as leave } from "../api/session";
import type { Me, SessionOut } from "../api/wire";
import { reachable, wake } from "../live";

export const me = ref<Me | null>(null);
export const demo = ref(false);
/** Whether somebody must sign in before anything goes on; `expired` when they had. */
export const asking = ref<null | "first" | "expired">(null);

let waiting: ((signedIn: boolean) => void)[] = [];

function take(session: SessionOut): void {
  me.value = session.user;
  demo.value = session.demo;
  setCsrf(session.csrf);
}

/** Reads the session. A service without sessions (an older one) is taken for a demonstration. */
export async function loadSession(): Promise<void> {
  try {
    take(await fetchSession());
  } catch (error) {
    if (!(error instanceof Problem && error.status === 404)) throw error;
    demo.value = true;
  }
}

/** Signs in; goes on with everything that waited. Problem bad_credentials, totp_required, locked_out. */
export async function signIn(username: string, password: string, totp: string): Promise<void> {
  take(await send(username, password, totp));
  asking.value = null;
  const resumed = waiting;
  waiting = [];
  resumed.forEach((goOn) => goOn(true));
  wake();
}

/** Whether the password was chosen by somebody else and must be changed before anything goes on. */
export const mustChange = computed(() => me.value?.pending?.includes("password") ?? false);

/** Chooses one's own password; goes on with everything that waited. Problem bad_current, weak_password. */
export async function choosePassword(current: string, password: string): Promise<void> {
  await changePassword(current, password);
  location.reload(); // what was refused until now is asked for again
}

/** Whether a second factor must be set up before anything goes on; a password comes first. */
export const mustEnrol = computed(() => me.value?.pending?.[0] === "second_factor");
/** Whether somebody who need not wants to set one up. */
export const enrolling = ref(false);
export const mayEnrol = computed(() => me.value?.kind === "user" && me.value.totp === false);

/** The second factor counts from now on; goes on where the person was. */
export async function enrolled(): Promise<void> {
  if (mustEnrol.value) location.reload(); // what was refused until now is asked for again
  else await loadSession();
  enrolling.value = false;
}

export async function signOut(): Promise<void> {
  await leave();
  location.reload();
}

/** Whether the person may do this; unknown people may try, the service decides. */
export const may = (permission: string): boolean => me.value === null || me.value.permissions.includes(permission);
export const name = computed(() => me.value?.display_name || me.value?.name || "");

function ask(): Promise<boolean> {
  asking.value ??= me.value ? "expired" : "first";
  return new Promise((done) => waiting.push(done));
}

async function refresh(): Promise<boolean> {
  await loadSession();
  return true;
}

installGates(ask, refresh, (up) => (reachable.value = up));
