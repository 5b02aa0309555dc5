// A resident and their data: who looked and why, everything as a file, a correction, a consent and its end, and being
// erased, with what must be kept named by its law and date.
import { execFileSync } from "node:child_process";
import { eventually, ok, same } from "../check.mjs";
import { ofItsOwn } from "../demo.mjs";
import { findCase, official } from "../desk.mjs";
import { Visitor } from "../visitor.mjs";

async function caseOf(v) {
  await v.go("/account");
  const number = /\bFOI-20\d\d-\d+\b/.exec(await v.main().innerText())?.[0];
  ok(number, "the resident has no case");
  return number;
}

async function asksWhy(world, profile, sam) {
  const number = await caseOf(sam);
  const fiona = await official(world, profile, "Fiona Blake");
  await findCase(fiona, number);
  await sam.go("/account/looks");
  const row = sam.main().getByRole("row").filter({ hasText: "Fiona Blake" }).filter({ hasText: number }).filter({ has: sam.button("Ask why").or(sam.page.getByRole("button", { name: sam.t("Ask why") })) }).first();
  ok(await row.count(), "the look of the officer is not in the account at once");
  await sam.press(row.getByRole("button").first());
  await sam.pressButton("Send the question");
  same(sam.status, 422, "a question without words");
  await sam.main().getByRole("textbox").fill("Why did you open my case?");
  await sam.pressButton("Send the question");
  await sam.sees("Sent. You find the answer here, and we write to you when it is there.");
  const asked = sam.path();

  const hamza = await official(world, profile, "Hamza Qureshi");
  await hamza.go("/desk/access-questions");
  await hamza.press(hamza.main().locator('a[href^="/desk/access-questions/"]').first());
  await hamza.pressButton("Send the answer");
  same(hamza.status, 422, "an answer without words");
  await hamza.main().getByRole("textbox").fill("She checked whether your documents had come.");
  await hamza.pressButton("Send the answer");
  await hamza.go("/desk/retention");
  await sam.go(asked);
  ok(await sam.reads("She checked whether your documents had come."), "the answer is not in the account");
}

async function everything(sam) {
  await sam.go("/account/copy");
  await sam.pressButton("Make a copy of everything");
  const link = sam.main().locator('a[href^="/account/copy/"]').first();
  await eventually("the copy", async () => { await sam.go("/account/copy"); return link.count(); }, 30);
  const [download] = await Promise.all([sam.page.waitForEvent("download"), link.click()]);
  const list = execFileSync("python3", ["-m", "zipfile", "-l", await download.path()]).toString();
  for (const name of ["data.json", "data.html"]) ok(list.includes(name), `the copy lacks ${name}: ${list}`);
}

async function corrects(sam) {
  await sam.go("/account/correct");
  await sam.field("Name").fill("Sam A. Whitfield");
  await sam.pressButton("Save");
  await sam.sees("Saved.");
}

async function consents(sam) {
  await sam.go("/account/consents");
  await sam.press(sam.main().getByRole("button").first());
  await sam.sees("Thank you. You can take it back here at any time.");
  await sam.press(sam.main().getByRole("button").first());
  await sam.sees("Taken back. We do not use your data for this any more.");
}

async function erased(sam) {
  await sam.go("/account/erase");
  await sam.pressButton("Delete my account and data");
  same(sam.status, 422, "a wish that was not confirmed");
  const kept = await sam.main().getByRole("table").innerText();
  ok(/Act \d{4}|\d{4}/.test(kept), `what must be kept has no law: ${kept}`);
  await sam.main().getByRole("checkbox").check();
  await sam.pressButton("Delete my account and data");
  ok(await sam.button("Stop it").count(), "the wish cannot be stopped");
  await sam.pressButton("Stop it");
  await sam.sees("Stopped. Nothing is deleted.");
}

async function journey(world, profile) {
  const sam = await Visitor.arrive(world, { ...profile, name: "sam" });
  await sam.signIn("Sam Whitfield");
  await asksWhy(world, profile, sam);
  await everything(sam);
  await corrects(sam);
  await consents(sam);
  await erased(sam);
  await sam.go("/privacy");
  await sam.go("/privacy/impact");
}

export default [
  { name: "privacy: who looked and why, a copy, a correction, a consent, erasure, no scripts, English, 360 px", run: (w) => ofItsOwn(w, (x) => journey(x, { js: false, lang: "en", width: 360 })) },
  { name: "privacy: who looked and why, a copy, a correction, a consent, erasure, scripts, Arabic, 1280 px", run: (w) => ofItsOwn(w, (x) => journey(x, { js: true, lang: "ar", width: 1280 })) },
];
