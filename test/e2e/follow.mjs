// What follows an application: the account, questions of the office, the licence and its proof.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { eventually, ok, same } from "./check.mjs";
import { clean, Visitor } from "./visitor.mjs";
import { signInByCode } from "./apply.mjs";

// openCase signs the applicant in, with a code, and opens the case in the account.
export async function openCase(v, email, number) {
  if (!v.signedIn) await signInByCode(v, email);
  v.signedIn = true;
  await v.go("/account");
  await v.press(v.line(number).getByRole("link").first());
  await v.sees({ en: number, ar: number });
}

// answerOffice answers what the office asked.
export async function answerOffice(v, service, asked, text) {
  await v.sees({ en: asked, ar: asked }, "the case");
  await v.press(v.main().getByRole("button", { name: v.named(service.action("answer").title) }));
  await v.sees({ en: asked, ar: asked }, "the page of the answer");
  await v.pressButton(service.action("answer").title);
  same(v.status, 422, "an answer without words");
  await v.main().getByRole("textbox").fill(text);
  await v.pressButton(service.action("answer").title);
  await v.sees("Done. The office has been told.");
}

export async function write(v, text) {
  await v.field("Write to the office").fill(text);
  await v.pressButton("Send message");
  await v.sees("Your message has been sent.");
}

// licence opens what was issued, saves it as PDF and returns its number and where it is verified.
export async function licence(v) {
  await v.press(v.main().getByRole("link", { name: /^[\u2068]?[A-Z]{2,4}-\d{4}-\d+/ }).first());
  const number = /[A-Z]{2,4}-\d{4}-\d+/.exec(clean(await v.main().innerText()))[0];
  await v.sees("Verification page");
  const [download] = await Promise.all([v.page.waitForEvent("download"), v.page.getByRole("button", { name: v.t("Download as PDF") }).click()]);
  const file = await download.path();
  const verify = paper(file, number);
  await v.page.goBack().catch(() => {});
  return { number, verify };
}

// paper reads a PDF as its holder would, and returns the address that it names for its verification.
export function paper(file, ...words) {
  same(readFileSync(file).subarray(0, 4).toString("latin1"), "%PDF", "a PDF begins with");
  const text = clean(execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8", timeout: 20_000 }));
  for (const w of words) ok(text.includes(w), `the PDF does not say ${w}: ${text.slice(0, 300)}`);
  const qpdf = tried("qpdf", ["--check", file]);
  ok(qpdf === null || /No syntax or stream encoding errors/.test(qpdf), `qpdf: ${qpdf}`);
  return /https?:\/\/\S+\/verify\/[0-9a-z-]+/.exec(text)?.[0];
}

function tried(program, args) {
  try {
    return execFileSync(program, args, { encoding: "utf8", timeout: 20_000, stdio: ["ignore", "pipe", "pipe"] });
  } catch (e) {
    return e.code === "ENOENT" ? null : `${e.stdout}${e.stderr}`;
  }
}

// stranger opens the verification page in a browser of their own.
export async function stranger(world, profile, verify, number, state) {
  const s = await Visitor.arrive(world, { ...profile, name: "stranger" });
  await s.go(new URL(verify).pathname);
  await verified(s, number, state);
  return s;
}

export async function verified(s, number, state) {
  await eventually(`the verification page says “${s.t(state)}”`, async () => {
    await s.page.reload();
    return clean(await s.main().innerText()).includes(clean(s.t(state)));
  }, 8);
  await s.look();
  await s.sees({ en: number, ar: number });
}
