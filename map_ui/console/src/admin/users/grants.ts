// What an account may do, as it is edited and as it is sent.
import type { Grant } from "../wire";

export interface DraftGrant {
  role: string;
  area?: string;
  categories: string[];
  actsFor?: string;
}
export interface GrantAsked {
  role: string;
  area_code: string | null;
  categories: string[] | null;
  acts_for: string | null;
}

export const draftOf = (grant: Grant): DraftGrant => ({
  role: grant.role,
  area: grant.area_code ?? undefined,
  categories: [...(grant.categories ?? [])],
  actsFor: grant.acts_for ?? undefined,
});

/** No area is the whole city, no categories are all of them. */
export const askedOf = (draft: DraftGrant): GrantAsked => ({
  role: draft.role,
  area_code: draft.area ?? null,
  categories: draft.categories.length ? [...draft.categories] : null,
  acts_for: draft.actsFor ?? null,
});

/** The subtrees of the catalogues that a grant may be bound to: whole trees, kinds and chapters, each once, with a name to show. */
export function subtrees(categories: readonly { key: string; tree: string; kind: string; major: string; name: string }[]): { value: string; name: string }[] {
  const found = new Map<string, string>();
  for (const one of categories) {
    const [tree, kind, code] = one.key.split(":") as [string, string, string];
    if (!found.has(`${tree}:${kind}`)) found.set(`${tree}:${kind}`, "");
    const chapter = `${tree}:${kind}:${code.slice(0, 2)}`;
    if (!found.has(chapter)) found.set(chapter, one.major);
  }
  return [...found].filter(([, name]) => name).map(([value, name]) => ({ value, name }));
}
