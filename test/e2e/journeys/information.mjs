// A journalist asks what the council holds: the clock is shown and stops while the office asks back; a document loses a
// passage, a second person agrees, the answer goes out, and is published without who asked. The bytes are searched.
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { fillIn, mail, send } from "../apply.mjs";
import { answers, next } from "../answers.mjs";
import { ok, same } from "../check.mjs";
import { act, findCase, official, take } from "../desk.mjs";
import { answerOffice, openCase } from "../follow.mjs";
import { greenvale } from "../words.mjs";
import { clean, Visitor } from "../visitor.mjs";

const info = greenvale.services["information-request"];

// A small PDF with a name on its page, in its properties, and in letters that nobody sees.
function found(secret) {
  const text = `BT /F1 12 Tf 72 700 Td (Approved by ${secret} on 3 May.) Tj 0 -14 Td (It cost 420 pounds.) Tj 3 Tr 0 -300 Td (${secret} in secret) Tj ET`;
  const objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>", `<< /Author (${secret}) >>`];
  let file = "%PDF-1.7\n", table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  objects.forEach((body, i) => { table += `${String(file.length).padStart(10, "0")} 00000 n \n`; file += `${i + 1} 0 obj\n${body}\nendobj\n`; });
  return { name: "payments.pdf", mimeType: "application/pdf", buffer: Buffer.from(`${file}${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n${file.length}\n%%EOF\n`, "latin1") };
}

// holds looks for a word in the bytes of a file and in all of its streams, as letters, UTF-16 and digits.
function holds(bytes, word) {
  const forms = [Buffer.from(word, "utf8"), Buffer.from(word, "utf16le"), Buffer.from(word, "utf16le").swap16()];
  const parts = [bytes];
  for (const m of bytes.toString("latin1").matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)) {
    try { parts.push(inflateSync(Buffer.from(m[1], "latin1"))); } catch { /* not packed */ }
  }
  return parts.some((p) => forms.some((f) => p.includes(f) || p.toString("latin1").toLowerCase().includes(f.toString("hex"))));
}

async function ask(v, who, email, subject) {
  await v.go(`/services/${info.id}/check`);
  await answers(v, info, { own_data: false });
  await next(v, "Continue");
  if (!v.path().endsWith("/request")) await v.pressButton("Continue"); // from the list of tasks
  await fillIn(v, info, [
    { page: "request", empty: 3, steps: [{ subject, topic: "spending", wanted: `What did you pay?\n\n${who}, ${email}` }] },
    { page: "you", empty: 2, steps: [{ full_name: who, email }] },
  ]);
  return send(v, info, [subject]);
}

// attach hands in a document: first one that cannot be redacted, then one that can.
async function attach(o, file) {
  await o.follow("Documents and publication");
  await o.main().locator("input[type=file]").setInputFiles({ name: "scan.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\nnothing\n%%EOF") });
  await o.pressButton("Attach");
  ok(o.status === 409 || o.status === 422, `a PDF that cannot be read was answered with ${o.status}`);
  await o.main().locator("input[type=file]").setInputFiles(file);
  await o.pressButton("Attach");
}

async function takeOut(o, secret) {
  await o.field("Names and words to look for").fill(secret);
  await o.pressButton("Look for them");
  await o.main().locator("#reason").selectOption("personal");
  await o.pressButton("Take out what is ticked");
  ok(clean(await o.main().innerText()).includes(clean(o.t("[removed: {section}]", { section: "section 40(2)" }))), "the page does not say what is taken out");
  await o.pressButton("Ask a second person");
  await o.sees("Waits for a second person");
}

// agree is the second person's yes to everything that waits of a case.
async function agree(second, number, n) {
  for (let i = 0; i < n; i++) {
    await findCase(second, number);
    await second.follow("Documents and publication");
    await second.press(second.main().locator('a[href$="/agree"]').first());
    await second.pressButton("I have looked at it and agree");
    await second.sees("May be released");
  }
}

async function published(world, profile, number, who, email, secret) {
  const s = await Visitor.arrive(world, { ...profile, name: "reader" });
  await s.go("/disclosures");
  await s.press(s.line(number).getByRole("link").first());
  for (const gone of [...who.split(" "), email, secret]) ok(!clean(await s.main().innerText()).includes(gone), `the published page says ${gone}`);
  await s.sees({ en: "What did you pay?", ar: "What did you pay?" });
  const href = await s.main().locator('a[href*="/files/"]').first().getAttribute("href");
  const bytes = Buffer.from(await (await fetch(world.url + href)).arrayBuffer());
  same(bytes.subarray(0, 4).toString("latin1"), "%PDF", "the released file begins with");
  ok(!holds(bytes, secret) && !holds(bytes, who), "the released bytes hold what was taken out");
  return s;
}

async function journey(world, profile, who, email) {
  const secret = "Marlowe";
  ok(holds(found(secret).buffer, secret), "the search does not find the word where it is");
  const v = await Visitor.arrive(world, { ...profile, name: "journalist" });
  const subject = `Mowing ${profile.lang} ${profile.width}`;
  const number = await ask(v, who, email, subject);
  await mail(v, email, info.file.letters.received.title);
  await openCase(v, email, number);
  await v.sees(info.state("received").title);
  const fiona = await official(world, profile, "Fiona Blake");
  await findCase(fiona, number);
  await take(fiona);
  await act(fiona, info, "ask", { needs: true, text: "Which parks do you mean?" });
  await openCase(v, email, number);
  await v.sees("The clock stands still: time limits do not run while we wait for this.");
  await answerOffice(v, info, "Which parks do you mean?", "All of them.");
  await findCase(fiona, number);
  await attach(fiona, found(secret));
  await takeOut(fiona, secret);
  const hamza = await official(world, profile, "Hamza Qureshi");
  await agree(hamza, number, 1);
  await findCase(fiona, number);
  await act(fiona, info, "disclose");
  await openCase(v, email, number);
  const [download] = await Promise.all([v.page.waitForEvent("download"), v.main().locator('a[href*="/released/"]').first().click()]);
  ok(!holds(readFileSync(await download.path()), secret), "what the journalist gets holds what was taken out");
  await findCase(fiona, number);
  await fiona.follow("Documents and publication");
  await fiona.pressButton("Prepare for publishing");
  for (const name of ["What was asked", "Our letter of answer"]) {
    await fiona.press(fiona.main().getByRole("table").getByRole("link", { name: fiona.rx(name) }).first());
    await fiona.pressButton("Ask a second person");
    await fiona.go(fiona.path());
    await fiona.press(fiona.page.getByRole("link", { name: fiona.rx("Documents and publication") }).first());
  }
  await agree(hamza, number, 2);
  await findCase(fiona, number);
  await fiona.follow("Documents and publication");
  await fiona.pressButton("Look at what would be published");
  await fiona.pressButton("Publish it");
  await published(world, profile, number, who, email, secret);
  ok((await mail(v, email)).includes(`/disclosures/${number}`) || (await v.main().innerHTML()).includes(`/disclosures/${number}`), "no mail tells of the publication");
}

export default [
  { name: "information: scripts, English, 1280 px", weight: 8, run: (w) => journey(w, { js: true, lang: "en", width: 1280 }, "Jo Pressman", "jo@press.example") },
  { name: "information: no scripts, Arabic, 360 px", weight: 8, run: (w) => journey(w, { js: false, lang: "ar", width: 360 }, "Salma Writer", "salma@press.example") },
];
