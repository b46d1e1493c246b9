import { t, tOr } from "../../i18n";

/** A kind of event, a stage, or every kind, in words. */
export function kindName(kind: string): string {
  if (kind === "*") return t("admin.any_kind");
  return kind.startsWith("stage:") ? t("admin.stage", { stage: tOr(`stage.${kind.slice(6)}`, tOr(`admin.stage.${kind.slice(6)}`, kind.slice(6))) }) : tOr(`event.${kind}`, tOr(`admin.event.${kind}`, kind));
}

/** A text with its placeholders filled, those that exist from the examples; others stay as they are and are named. Pure. */
export function filled(text: string, examples: Record<string, string>): { text: string; unknown: string[] } {
  const unknown: string[] = [];
  const said = text.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    if (name in examples) return examples[name]!;
    unknown.push(whole);
    return whole;
  });
  return { text: said, unknown };
}
