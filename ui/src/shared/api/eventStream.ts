// The live connection's server-sent events as they come. It never comes back by itself: whoever opened it knows better
// what to ask for then.

export interface SourceHandlers {
  opened: () => void;
  failed: () => void;
  /** `session` as 32 hexadecimal digits, null for the lists; `body` is the frame's JSON. */
  frame: (event: string, session: string | null, version: number | null, body: string) => void;
}

export interface Source {
  close: () => void;
}

const EVENTS = [
  ...["timeline", "state", "progress", "draft", "draft_piece", "presence", "reset", "gone"],
  ...["sessions", "session", "novels", "credits", "project", "chapter", "chapter_draft", "concepts", "ideas_draft", "ready"],
];

/** What the connection wraps each frame's data in. */
interface Wrapped {
  session_id: string | null;
  id: number | null;
  data: unknown;
}

export function openSource(address: string, handlers: SourceHandlers): Source {
  const source = new EventSource(address);
  source.onopen = handlers.opened;
  source.onerror = handlers.failed;
  for (const event of EVENTS) {
    source.addEventListener(event, (message) => {
      const body = message.data as string;
      const { session_id, id } = JSON.parse(body) as Wrapped;
      handlers.frame(event, session_id === null ? null : plainId(session_id), id, body);
    });
  }
  return source;
}

export function dataOf(body: string): unknown {
  return (JSON.parse(body) as Wrapped).data;
}

/** A session's id without hyphens, as addresses name it; null for what is none. */
export function sessionKey(id: string): string | null {
  const plain = plainId(id);
  return /^[0-9a-f]{32}$/.test(plain) ? plain : null;
}

function plainId(id: string): string {
  return id.replaceAll("-", "").toLowerCase();
}
