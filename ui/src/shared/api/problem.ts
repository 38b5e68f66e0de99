// What went wrong, as the server says it (RFC 9457) or as the network left it: always with a sentence for the writer.

export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
    readonly status: number,
    readonly fields: readonly { field: string; message: string }[] = [],
    /** Whether the same command may be sent again with the same id: nobody knows if it arrived. */
    readonly unanswered = false,
  ) {
    super(detail);
  }
}

export function problemOf(body: unknown, status: number): Problem {
  const said = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const code = typeof said["code"] === "string" ? said["code"] : "UNKNOWN";
  const detail = typeof said["detail"] === "string" ? said["detail"] : "";
  const errors = Array.isArray(said["errors"]) ? (said["errors"] as { field: string; message: string }[]) : [];
  return new Problem(code, detail, status, errors, status >= 500);
}

export function unreachable(): Problem {
  return new Problem("UNREACHABLE", "", 0, [], true);
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : unreachable();
}
