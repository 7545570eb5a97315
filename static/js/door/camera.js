// The camera: on, off, the other one, and its light. Calls `onCode` for every code in every picture.

import { makeDecoder } from "./decoder.js";
import * as memory from "./memory.js";
import { SecondLook } from "./second.js";

const PAUSE = 60; // milliseconds between two pictures: ten or more a second are enough, and the battery must last

export class Camera {
  #video;
  #onCode;
  #decode = null;
  #stream = null;
  #second;

  /** `second` is the address of the second look's worker. */
  constructor(video, second, onCode) {
    this.#video = video;
    this.#onCode = onCode;
    this.#second = new SecondLook(second, (code) => this.isOn && onCode(code));
  }

  get isOn() {
    return this.#stream !== null;
  }

  /** Whether this camera has a light that can be switched. */
  get hasTorch() {
    return Boolean(this.#track?.getCapabilities?.().torch);
  }

  /** Raises what getUserMedia raises: no camera, or not allowed. */
  async start() {
    this.#decode ??= await makeDecoder();
    this.stop();
    this.#stream = await openStream(memory.camera());
    this.#video.srcObject = this.#stream;
    await this.#video.play();
    this.#second.notNeeded(performance.now());
    this.#watch(this.#stream);
  }

  stop() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
  }

  /** The next one: a phone may have three at its back, and the first need not be the best. */
  async flip() {
    const all = (await cameras()).map((device) => device.deviceId);
    const now = all.indexOf(this.#track?.getSettings().deviceId);
    memory.keepCamera(all[(now + 1) % all.length] || "");
    await this.start();
  }

  /** Some phones end the picture while another app is in front. */
  async revive() {
    if (!document.hidden && this.#track?.readyState === "ended") await this.start();
  }

  /** Switch the light; what it is afterwards. */
  async light(on) {
    await this.#track.applyConstraints({ advanced: [{ torch: on }] });
    return on;
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  async #watch(stream) {
    while (this.#stream === stream) {
      if (!document.hidden && this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) await this.#look();
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  async #look() {
    try {
      const codes = await this.#decode(this.#video);
      codes.forEach((code) => this.#onCode(code));
      if (codes.length) this.#second.notNeeded(performance.now());
      else if (this.isOn) this.#second.offer(this.#video, performance.now());
    } catch (error) {
      console.warn("a picture could not be read", error); // the next one may
    }
  }
}

/** The cameras there are, once one was allowed. */
export async function cameras() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((device) => device.kind === "videoinput");
}

/** The camera that was chosen before, if it is still there; else one at the back. */
async function openStream(chosen) {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const ask = (which) => navigator.mediaDevices.getUserMedia({ audio: false, video: { ...which, ...size } });
  const back = { facingMode: "environment" };
  return chosen ? ask({ deviceId: { exact: chosen } }).catch(() => ask(back)) : ask(back);
}
