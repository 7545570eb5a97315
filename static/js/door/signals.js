// A sound and a vibration for each verdict, for whoever does not look at the screen.

// [hertz, start, length], seconds.
const SOUNDS = {
  go: [[880, 0, 0.09], [1320, 0.1, 0.16]],
  wait: [[520, 0, 0.14], [520, 0.22, 0.14]],
  stop: [[190, 0, 0.45]],
};
const VIBRATIONS = { go: [70], wait: [70, 70, 70], stop: [350] };

let context = null;

/** Browsers let a page sound only after a touch: call this from one. */
export function wake() {
  context ??= globalThis.AudioContext ? new AudioContext() : null;
  context?.resume().catch(() => {});
}

/** The screen stays on while tickets are checked; browsers let it go when the page is hidden, so it is asked for again. */
export async function keepAwake() {
  if (!navigator.wakeLock) return;
  await navigator.wakeLock.request("screen").catch(() => null); // low battery: then it goes dark as always
  document.onvisibilitychange = () => !document.hidden && navigator.wakeLock.request("screen").catch(() => null);
}

export function signal(kind) {
  navigator.vibrate?.(VIBRATIONS[kind]);
  if (context?.state !== "running") return;
  for (const [hertz, start, length] of SOUNDS[kind]) tone(hertz, context.currentTime + start, length, kind === "stop");
}

function tone(hertz, start, length, rough) {
  const voice = new OscillatorNode(context, { frequency: hertz, type: rough ? "sawtooth" : "sine" });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(rough ? 0.25 : 0.4, start + 0.01);
  volume.gain.linearRampToValueAtTime(0, start + length);
  voice.connect(volume).connect(context.destination);
  voice.start(start);
  voice.stop(start + length);
}
