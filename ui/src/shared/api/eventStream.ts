// Server-sent events that come back by themselves: also after an answer that makes the browser give up for good.

export interface StreamHandlers {
  frame: (event: string, data: unknown, id: string) => void;
  opened: () => void;
  lost: () => void;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8000;

/** Listens to `events` at `url` until the returned function is called. Goes on after the last id that it had. */
export function openStream(url: string, events: readonly string[], handlers: StreamHandlers): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastId = "";
  let pause = FIRST_PAUSE;
  let closed = false;

  const connect = () => {
    const address = lastId ? `${url}${url.includes("?") ? "&" : "?"}last_event_id=${encodeURIComponent(lastId)}` : url;
    const opened = new EventSource(address);
    source = opened;
    opened.onopen = () => {
      pause = FIRST_PAUSE;
      handlers.opened();
    };
    opened.onerror = () => {
      handlers.lost();
      if (opened.readyState !== EventSource.CLOSED || closed) return;
      timer = setTimeout(connect, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    };
    for (const event of events) {
      opened.addEventListener(event, (message) => {
        if (message.lastEventId) lastId = message.lastEventId;
        if (event === "reset") lastId = "";
        handlers.frame(event, JSON.parse(message.data as string), message.lastEventId);
      });
    }
  };
  connect();
  return () => {
    closed = true;
    clearTimeout(timer);
    source?.close();
  };
}
