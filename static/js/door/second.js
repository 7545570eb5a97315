// A second look at the pictures in which the quick decoder finds nothing: tilted, blurred or glaring tickets.
// It is slower and large, so it lives in a worker, comes when it is needed, and the page never waits for it.

const AFTER = 300; // milliseconds without a code before it begins
const EVERY = 200; // milliseconds between two of its pictures
const IDLE = 30000; // after so many without a code nobody seems to be there, and the battery must last
const SELDOM = 1000;
const LARGEST = 1280; // pixels
const TRY_AGAIN = 60000; // milliseconds after it could not be had: without a network, before it was kept

export class SecondLook {
  #onCode;
  #address;
  #worker = null;
  #busy = false;
  #found = 0; // when a code was last in view
  #looked = 0;
  #failed = -TRY_AGAIN;
  #canvas = document.createElement("canvas");
  #pen = this.#canvas.getContext("2d", { willReadFrequently: true });

  constructor(address, onCode) {
    this.#address = address;
    this.#onCode = onCode;
  }

  /** The quick decoder sees for itself. */
  notNeeded(now) {
    this.#found = now;
  }

  /** A picture in which it found nothing. Its codes, if there are any, are told later. */
  offer(video, now) {
    if (this.#busy || now - this.#failed < TRY_AGAIN) return;
    const waited = now - this.#found;
    if (waited < AFTER || now - this.#looked < (waited < IDLE ? EVERY : SELDOM)) return;
    this.#looked = now;
    this.#busy = true;
    this.#worker ??= this.#start();
    const { data, width, height } = this.#take(video);
    this.#worker.postMessage({ pixels: data.buffer, width, height }, [data.buffer]);
  }

  #start() {
    const worker = new Worker(this.#address, { type: "module" });
    worker.addEventListener("message", ({ data }) => this.#hear(data));
    worker.addEventListener("error", () => this.#giveUp());
    return worker;
  }

  #hear({ codes, error }) {
    this.#busy = false;
    if (error) this.#giveUp(error);
    else codes.forEach(this.#onCode);
    if (codes?.length) this.#found = Math.max(this.#found, performance.now() - AFTER); // go on: only this one sees it
  }

  #giveUp(reason = "it could not be had") {
    console.warn("no second look at tickets for now:", reason);
    this.#worker?.terminate();
    this.#worker = null;
    this.#busy = false;
    this.#failed = performance.now();
  }

  #take(video) {
    const scale = Math.min(1, LARGEST / Math.max(video.videoWidth, video.videoHeight));
    this.#canvas.width = Math.round(video.videoWidth * scale);
    this.#canvas.height = Math.round(video.videoHeight * scale);
    this.#pen.drawImage(video, 0, 0, this.#canvas.width, this.#canvas.height);
    return this.#pen.getImageData(0, 0, this.#canvas.width, this.#canvas.height);
  }
}
