import { t } from "../i18n";

export interface FieldProblem {
  field?: string;
  row?: number;
  code: string;
  message: string;
}

/** A refusal: the service's problem document, or what the network did. `message` is readable in the operator's language. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly errors: FieldProblem[] = [],
    readonly body: Record<string, unknown> = {},
  ) {
    super(detail);
  }
  /** Somebody changed the case since it was looked at. */
  get stale(): boolean {
    return this.status === 412;
  }
  /** Nothing is known about what the service did: the connection broke. */
  get unreachable(): boolean {
    return this.status === 0;
  }
}

/** The problem a response tells of; a body that is no problem document becomes one by its status. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const detail = typeof body.detail === "string" ? body.detail : typeof body.title === "string" ? body.title : t("problem.status", { status: response.status });
  const errors = Array.isArray(body.errors) ? (body.errors as FieldProblem[]) : [];
  return new Problem(response.status, typeof body.code === "string" ? body.code : `http_${response.status}`, detail, errors, body);
}

/** What to show a person for anything that was thrown. */
export function readable(error: unknown): string {
  if (error instanceof Problem) return error.message;
  return error instanceof Error ? error.message : String(error);
}
