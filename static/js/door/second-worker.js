// The second look's worker, served as /door/second.js: below /door the service worker keeps what it fetches, and that
// one answer alone carries the permission to run WebAssembly. Hears {"pixels", "width", "height"}, says {"codes"}.

import { prepareZXingModule, readBarcodes } from "/static/vendor/zxing-wasm-3.1.4/es/reader/index.js";

const PROGRAM = "/static/vendor/zxing-wasm-3.1.4/reader/zxing_reader.wasm"; // else it would ask another host for it
const HOW = { formats: ["QRCode"], tryHarder: true, tryInvert: true, tryRotate: true, tryDownscale: true, maxNumberOfSymbols: 2 };

const ready = prepare();

self.addEventListener("message", async ({ data: { pixels, width, height } }) => {
  try {
    await ready;
    const found = await readBarcodes(new ImageData(new Uint8ClampedArray(pixels), width, height), HOW);
    self.postMessage({ codes: found.filter((one) => one.isValid).map((one) => one.text) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
});

async function prepare() {
  const answer = await fetch(PROGRAM);
  if (!answer.ok) throw new Error(`${answer.status}`);
  await prepareZXingModule({ overrides: { wasmBinary: await answer.arrayBuffer() }, fireImmediately: true });
}
