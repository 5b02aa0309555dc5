// Files that a person hands in, made here: a real PDF of one page, a picture, and files that are not
// what their names say.
import { Buffer } from "node:buffer";
import { deflateSync, crc32 } from "node:zlib";

// pdf is a whole, valid PDF of one page.
export function pdf(name = "plan", text = "A sample file.") {
  const stream = `BT /F1 18 Tf 72 720 Td (${text}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let body = "%PDF-1.4\n";
  const at = objects.map((o, i) => { const here = body.length; body += `${i + 1} 0 obj\n${o}\nendobj\n`; return here; });
  const xref = body.length;
  body += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n` + at.map((n) => `${String(n).padStart(10, "0")} 00000 n \n`).join("");
  body += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
  return { name: `${name}.pdf`, mimeType: "application/pdf", buffer: Buffer.from(body, "latin1") };
}

// png is a picture of 8 by 8 points.
export function png(name = "plan") {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const head = Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0]);
  const rows = Buffer.alloc(8 * 25, 0x7f).fill(0, 0, 1);
  for (let i = 0; i < 8; i++) rows[i * 25] = 0;
  const buffer = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
  return { name: `${name}.png`, mimeType: "image/png", buffer };
}

export const program = { name: "plan.pdf", mimeType: "application/pdf", buffer: Buffer.from("MZ\x90\x00 this is no PDF") };
export const text = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("Only words.") };
export const large = (megabytes) => ({ name: "large.pdf", mimeType: "application/pdf", buffer: Buffer.concat([Buffer.from("%PDF-1.4\n"), Buffer.alloc(megabytes * 1_000_000, 32)]) });
