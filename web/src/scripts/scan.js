// Reads the codes on a picture or in front of the camera: with what the browser brings, else with the decoder that is
// bundled here. Loaded only when somebody scans.
import decodeQR from "qr/decode.js";

const longest = 2400; // a picture is looked at no larger

let detector;

function native() {
  detector ??= (async () => {
    const kinds = (await globalThis.BarcodeDetector?.getSupportedFormats?.()) ?? [];
    return kinds.includes("qr_code") ? new globalThis.BarcodeDetector({ formats: ["qr_code"] }) : null;
  })().catch(() => null);
  return detector;
}

// codes gives the texts that it finds in a video, a picture or a bitmap.
export async function codes(source, { patient = false } = {}) {
  const own = await native();
  if (own) {
    const found = await own.detect(source).catch(() => []);
    if (found.length > 0) return found.map((f) => f.rawValue);
  }
  const width = source.videoWidth || source.width;
  const height = source.videoHeight || source.height;
  if (!width || !height) return [];
  const by = Math.min(1, longest / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * by);
  canvas.height = Math.round(height * by);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  try {
    const picture = context.getImageData(0, 0, canvas.width, canvas.height);
    return [decodeQR(picture, { timeLimit: patient ? 2000 : 120 })];
  } catch {
    return [];
  }
}
