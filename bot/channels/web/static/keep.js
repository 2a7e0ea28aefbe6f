// What is kept in the browser; in memory when the browser denies it (private windows, strict settings).

export class Keep {
  #store;
  #memory = new Map();

  /** `storage` is a function: merely naming localStorage may throw. */
  constructor(storage) {
    try {
      this.#store = storage();
    } catch {
      this.#store = null;
    }
  }

  get(name) {
    try {
      return this.#store?.getItem(`otklik.${name}`) ?? this.#memory.get(name) ?? null;
    } catch {
      return this.#memory.get(name) ?? null;
    }
  }

  set(name, value) {
    this.#memory.set(name, value);
    try {
      this.#store?.setItem(`otklik.${name}`, value);
    } catch {
      // Full or denied: the memory has it.
    }
  }
}

/** For all tabs and visits. */
export const lasting = new Keep(() => window.localStorage);
/** For this tab; outlives a reload. */
export const passing = new Keep(() => window.sessionStorage);
