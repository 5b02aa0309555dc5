// What is printed, as others see it: poppler draws the pages, and jsQR, which shares nothing with our writers and readers of
// codes, reads what is on them.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import jsqr from "jsqr";

// pages draws a PDF: of each page the points, and the same as a PNG.
export function pages(pdf, dpi = 240) {
  const dir = mkdtempSync(join(tmpdir(), "stoa-print-"));
  try {
    writeFileSync(join(dir, "a.pdf"), pdf);
    const draw = (...how) => execFileSync("pdftoppm", ["-r", String(dpi), ...how, join(dir, "a.pdf"), join(dir, "page")], { timeout: 60_000 });
    draw();
    draw("-png");
    const names = readdirSync(dir).filter((n) => n.endsWith(".ppm")).sort();
    return names.map((n) => ({ ...points(readFileSync(join(dir, n))), png: readFileSync(join(dir, n.replace(".ppm", ".png"))) }));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

// points reads a PPM: "P6 width height 255", then three bytes for a point.
function points(ppm) {
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(ppm.subarray(0, 60).toString("latin1"));
  const [width, height] = [Number(head[1]), Number(head[2])];
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0, at = head[0].length; i < width * height; i++, at += 3) data.set([ppm[at], ppm[at + 1], ppm[at + 2], 255], i * 4);
  return { width, height, data };
}

// part cuts a piece out of a page; what lies beyond it is white.
export function part({ width, height, data }, left, top, w, h) {
  const out = new Uint8ClampedArray(w * h * 4).fill(255);
  for (let y = Math.max(0, -top); y < Math.min(h, height - top); y++) {
    const from = Math.max(0, left), to = Math.min(width, left + w);
    out.set(data.subarray(((top + y) * width + from) * 4, ((top + y) * width + to) * 4), (y * w + from - left) * 4);
  }
  return { width: w, height: h, data: out };
}

// codes finds the codes on a page: jsQR reads one of a picture, so it is shown the page in strips.
export function codes(page) {
  const found = new Map();
  const strip = Math.round(page.width / 2);
  for (let top = 0; top < page.height; top += Math.round(strip / 6)) {
    const p = part(page, 0, top, page.width, strip);
    const code = jsqr(p.data, p.width, p.height, { inversionAttempts: "dontInvert" });
    if (!code?.data || found.has(code.data)) continue;
    const corners = [code.location.topLeftCorner, code.location.topRightCorner, code.location.bottomLeftCorner];
    const [left, right] = [Math.min(...corners.map((c) => c.x)), Math.max(...corners.map((c) => c.x))];
    found.set(code.data, { text: code.data, left: Math.round(left), top: Math.round(top + Math.min(...corners.map((c) => c.y))), side: Math.round(right - left) });
  }
  return [...found.values()];
}

// film is a video of one picture, as Chromium's camera for tests takes it (YUV4MPEG2): the picture in grey, on white.
export function film(page, { left, top, side }, width = 1280, height = 960) {
  const scale = (height * 0.8) / side;
  const grey = Buffer.alloc(width * height, 235);
  const x0 = (width - side * scale) / 2, y0 = (height - side * scale) / 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const px = Math.floor(left + (x - x0) / scale), py = Math.floor(top + (y - y0) / scale);
      if (px < left - side / 20 || py < top - side / 20 || px > left + side * 1.05 || py > top + side * 1.05 || px < 0 || py < 0 || px >= page.width || py >= page.height) continue;
      grey[y * width + x] = 16 + (page.data[(py * page.width + px) * 4] * 219) / 255;
    }
  }
  const colour = Buffer.alloc((width * height) / 2, 128);
  const frame = Buffer.concat([Buffer.from("FRAME\n"), grey, colour]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F5:1 Ip A1:1 C420jpeg\n`), frame, frame]);
}
