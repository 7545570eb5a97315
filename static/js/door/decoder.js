// QR codes in a picture of the camera: by the browser's own detector where it has one, else by the vendored decoder.

const LONGEST = 720; // pixels; a symbol of 25 modules needs no more, and phones decode it in a few milliseconds

/** A function (video) -> texts of the codes in view. */
export async function makeDecoder() {
  return (await nativeDecoder()) || vendoredDecoder();
}

async function nativeDecoder() {
  const formats = (await globalThis.BarcodeDetector?.getSupportedFormats?.().catch(() => [])) || [];
  if (!formats.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return async (video) => (await detector.detect(video)).map((found) => found.rawValue);
}

async function vendoredDecoder() {
  const { decodeQR } = await import("../../vendor/qr-0.7.0/decode.js");
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  let turn = 0;
  return async (video) => {
    const picture = draw(video, canvas, pen, turn++ % 2 === 0);
    try {
      return [decodeQR(picture, { format: "RGBA", effort: 2, timeLimit: 40 })];
    } catch {
      return []; // nothing found is told as an error
    }
  };
}

/** By turns the middle of the picture, where one aims, and the whole of it, for codes at the rim. */
function draw(video, canvas, pen, middle) {
  const wide = video.videoWidth;
  const high = video.videoHeight;
  const width = middle ? Math.min(wide, high) : wide;
  const height = middle ? width : high;
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  pen.drawImage(video, (wide - width) / 2, (high - height) / 2, width, height, 0, 0, canvas.width, canvas.height);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}
