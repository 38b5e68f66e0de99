// The one client: typed by the contract, says problems as Problem, tells whoever listens when the sign-in has ended.
import createClient from "openapi-fetch";
import { pauseAfter } from "./patience";
import { asProblem, Problem, problemOf, unreachable } from "./problem";
import type { paths } from "./schema";
import type { Command, CommandAnswer } from "./types";

export const client = createClient<paths>({ baseUrl: window.location.origin });

const signedOut = new Set<() => void>();

export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer. Throws Problem for anything else, the network included. */
export async function ask<T>(asked: Promise<Answered<T>>, { quiet401 = false } = {}): Promise<T> {
  const answer = await answered(asked);
  if (answer.response.ok && answer.data !== undefined) return answer.data;
  throw told(answer, quiet401);
}

/** For what answers without a body. */
export async function done(asked: Promise<Answered<unknown>>): Promise<void> {
  const answer = await answered(asked);
  if (!answer.response.ok) throw told(answer, false);
}

async function answered<T>(asked: Promise<Answered<T>>): Promise<Answered<T>> {
  try {
    return await asked;
  } catch {
    throw unreachable();
  }
}

function told(answer: Answered<unknown>, quiet401: boolean): Problem {
  const problem = problemOf(answer.error, answer.response.status, answer.response.headers.get("Retry-After"));
  if (problem.status === 401 && !quiet401) for (const listener of signedOut) listener();
  return problem;
}

/** Sends a command until somebody answers. The id stays the same, so nothing happens twice. */
export function sendCommand(command: Command & { command_id: string }): Promise<CommandAnswer> {
  // openapi-fetch's type for bodies loses a field whose only value is null, as session_id of a new session
  return untilAnswered(() => ask<CommandAnswer>(client.POST("/api/v1/genesis/commands", { body: command as never })));
}

/** Sends again while nobody answers, as long as that is worth it. Only for what happens once however often it is sent. */
export async function untilAnswered<T>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      const problem = asProblem(error);
      const pause = pauseAfter(problem, attempt);
      if (pause === null) throw problem;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** A fresh command id. Also where the page is not a secure context, as on a phone in the same network. */
export function newCommandId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export { Problem };
