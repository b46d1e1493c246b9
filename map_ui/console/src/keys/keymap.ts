// One table of keys for the whole console; what is typed into a field is left alone. Pure but for `listen`.
export interface Binding {
  /** As KeyboardEvent.key, lower case; with "ctrl+" in front where it is held, and "shift+" in front of a letter. */
  key: string;
  /** The key of its text. */
  text: string;
  run: (event: KeyboardEvent) => void;
  /** Whether it also works while a field is being typed into. */
  always?: boolean;
}

const TYPING = new Set(["INPUT", "TEXTAREA", "SELECT"]);

export function nameOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string | null {
  if (event.altKey) return null;
  const letter = /^[a-z]$/i.test(event.key);
  return (event.ctrlKey || event.metaKey ? "ctrl+" : "") + (event.shiftKey && letter ? "shift+" : "") + event.key.toLowerCase();
}

/** The binding that a key press means; none while a dialog is open, or for a plain key in a field, a button for Enter included. */
export function meant(bindings: readonly Binding[], event: KeyboardEvent): Binding | undefined {
  const name = nameOf(event);
  const at = event.target as HTMLElement;
  const found = bindings.find((one) => one.key === name);
  if (!found || event.defaultPrevented || event.isComposing) return undefined;
  if (at.closest?.("dialog")) return undefined;
  if (TYPING.has(at.tagName) && !found.always) return undefined;
  if (name === "enter" && (at.tagName === "BUTTON" || at.tagName === "A")) return undefined;
  return found;
}

export function listen(bindings: () => readonly Binding[]): () => void {
  const hear = (event: KeyboardEvent): void => {
    const found = meant(bindings(), event);
    if (!found) return;
    event.preventDefault();
    found.run(event);
  };
  addEventListener("keydown", hear);
  return () => removeEventListener("keydown", hear);
}
