// Which tab leads: whoever has the lock. The browser gives it on when its holder closes or dies; from a holder that
// sleeps it is taken. https://developer.mozilla.org/docs/Web/API/Web_Locks_API

const LOCK = "genesis:live";

export class Election {
  #waiting: AbortController | null = null;
  #release: (() => void) | null = null;
  #stopped = true;

  /** `won` and `lost` come in turns; `refused`: this page may not have locks. */
  constructor(
    private readonly won: () => void,
    private readonly lost: () => void,
    private readonly refused: () => void,
  ) {}

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    void this.#stand(false);
  }

  /** Lets the lock go, or the place in the queue for it. */
  stop(): void {
    this.#stopped = true;
    this.#waiting?.abort();
    this.#end();
  }

  /** Takes the lock from whoever has it. */
  take(): void {
    this.#waiting?.abort();
    void this.#stand(true);
  }

  async #stand(steal: boolean): Promise<void> {
    const waiting = new AbortController();
    this.#waiting = waiting;
    try {
      // a request that takes the lock cannot be given up, so it has no signal
      await navigator.locks.request(LOCK, steal ? { steal } : { signal: waiting.signal }, () => this.#lead(waiting));
    } catch (error) {
      const ended = error instanceof DOMException && error.name === "AbortError"; // given up, or taken by another tab
      if (!ended) {
        this.refused();
        return;
      }
    }
    if (this.#waiting !== waiting) return; // another request took its place
    this.#end();
    if (!this.#stopped) void this.#stand(false);
  }

  async #lead(asked: AbortController): Promise<void> {
    if (this.#stopped || this.#waiting !== asked) return;
    const released = new Promise<void>((release) => {
      this.#release = release;
    });
    this.won();
    await released;
  }

  #end(): void {
    const release = this.#release;
    if (!release) return;
    this.#release = null;
    this.lost();
    release();
  }
}
