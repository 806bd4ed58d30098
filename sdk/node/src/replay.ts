/** Remembers which proofs were used. Give one of your own where several processes serve the same URLs. */
export interface ReplayMemory {
  /**
   * Notes a proof by its id (43 characters of base64url) until the time (milliseconds since 1970) at which it is too
   * old anyway. False where it was noted before; the two must be one step. Throws where it can't note it.
   */
  remember(id: string, until: number): boolean | Promise<boolean>;
}

/** Milliseconds of which the proofs that end in them are forgotten together. */
const span = 30_000;

/** The memory of one process. Full, it refuses: forgetting a proof early would let it be used again. */
export class LocalReplayMemory implements ReplayMemory {
  readonly #most: number;
  readonly #clock: () => number;
  readonly #generations = new Map<number, Set<string>>();
  #size = 0;

  /** Holds at most so many proofs at once; each takes some 150 bytes. */
  constructor(most = 100_000, clock: () => number = Date.now) {
    this.#most = most;
    this.#clock = clock;
  }

  remember(id: string, until: number): boolean {
    this.#forget(this.#clock());
    for (const ids of this.#generations.values()) {
      if (ids.has(id)) {
        return false;
      }
    }
    if (this.#size >= this.#most) {
      throw new Error(`the memory of used proofs is full: it holds ${this.#most}`);
    }
    this.#generationOf(until).add(id);
    this.#size++;
    return true;
  }

  #generationOf(until: number): Set<string> {
    const number = Math.floor(until / span);
    const ids = this.#generations.get(number) ?? new Set();
    this.#generations.set(number, ids);
    return ids;
  }

  #forget(now: number): void {
    for (const [number, ids] of this.#generations) {
      if ((number + 1) * span <= now) {
        this.#generations.delete(number);
        this.#size -= ids.size;
      }
    }
  }
}
