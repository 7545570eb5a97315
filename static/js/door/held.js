// A code held before the camera is read many times a second and counts once, until it has left the view for a while.

const GRACE = 2000; // milliseconds

export class Held {
  #seen = new Map();

  /** Whether `code`, read at `now` (milliseconds), is new in view. Two tickets side by side are both remembered. */
  isNew(code, now) {
    for (const [known, last] of this.#seen) if (now - last > GRACE) this.#seen.delete(known);
    const isNew = !this.#seen.has(code);
    this.#seen.set(code, now);
    return isNew;
  }

  /** Whatever is in view now may be read again. */
  release() {
    this.#seen.clear();
  }
}
