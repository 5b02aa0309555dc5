// Where the money goes: a resident who has never been here goes from the home page to the budget, to one of its lines, to
// a contract, to a payment for it, reads its receipt, and checks its proof without believing anybody.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, ok, same } from "../check.mjs";
import { program } from "../demo.mjs";
import { Visitor } from "../visitor.mjs";

const links = (v, start) => v.main().locator(`a[href^="${start}"]`);
const addresses = (v, start) => links(v, start).evaluateAll((all) => all.map((a) => a.getAttribute("href")));

// contractOf goes to the first line of the budget that has a contract that was paid, and to that contract.
async function contractOf(v) {
  const budget = v.path();
  const lines = [...new Set(await addresses(v, budget + "/"))].filter((a) => !a.endsWith("/csv"));
  ok(lines.length > 3, `the budget has ${lines.length} lines`);
  for (const line of lines) {
    await v.press(v.main().locator(`a[href="${line}"]`).first());
    if (await links(v, "/money/contracts/").count()) {
      const title = await v.heading();
      await v.press(links(v, "/money/contracts/").first());
      if (await links(v, "/money/payments/").count()) return title;
      await v.go(line);
    }
    await v.go(budget);
  }
  throw new Error("no line of the budget has a contract that was paid");
}

async function toTheReceipt(world, { js, lang, width }) {
  const v = await Visitor.arrive(world, { js, lang, width, name: "resident" });
  await v.go("/");
  await v.follow("Where the money goes");
  same(v.path(), "/money", "the first page about money");
  await v.sees("Newest payments");
  ok(await v.main().locator("svg").count() > 0, "there is no picture of the money");
  await v.follow("The budget");
  const budget = v.path();
  const line = await contractOf(v);
  const contract = v.path();
  ok(await v.reads(line), `the contract does not name its line “${line}”`);
  await v.press(links(v, "/money/payments/").first());
  await v.sees("Proof");
  ok(await links(v, contract).count() && await links(v, budget + "/").count(), "the receipt does not lead up to its contract and its line of the budget");
  const receipt = v.path();

  await eventually("the payment in the public log", async () => { await v.go(receipt); return links(v, receipt + "/proof").count(); });
  const leaf = (await addresses(v, "/log/leaves/"))[0];
  const [download] = await Promise.all([v.page.waitForEvent("download"), links(v, receipt + "/proof").click()]);
  const proof = readFileSync(await download.path());
  await check(v, proof, "The proof holds");
  ok(await v.reads(v.t("Payment made")), "the proof is not one of a payment");
  const changed = Buffer.from(proof);
  changed[Math.floor(proof.length / 2)] ^= 1;
  await check(v, changed, "The proof does not hold");
  await v.go(leaf);
  await v.sees("Payment made");
  byProgram(world, proof, await (await fetch(world.url + "/log/keys.txt")).text());

  await search(v);
  await openData(world, v);
}

async function check(v, buffer, says) {
  await v.go("/verify");
  await v.main().locator("#check-file").setInputFiles({ name: "payment.tlog-proof", mimeType: "application/octet-stream", buffer });
  if (v.js) await v.main().locator("#check").click();
  else await v.press(v.main().locator("#check"));
  await eventually(says, async () => v.reads(v.t(says)));
}

// byProgram verifies in a folder with the proof and the keys and nothing else.
function byProgram(world, proof, keys) {
  const dir = mkdtempSync(join(tmpdir(), "stoa-spending-"));
  try {
    writeFileSync(join(dir, "keys.txt"), keys);
    writeFileSync(join(dir, "payment.tlog-proof"), proof);
    const said = execFileSync(program, ["verify", "payment.tlog-proof", "--key", "keys.txt"], { cwd: dir, env: {}, encoding: "utf8", timeout: 20_000 });
    ok(said.includes("payment.made"), said);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

// search finds payments by amount, and a supplier from there.
async function search(v) {
  await v.go("/money/payments");
  await v.field("At least").fill("1000");
  await v.pressButton("Apply filters");
  const found = await links(v, "/money/payments/").count();
  ok(found > 0, "no payment of 1,000 or more is found");
  await v.press(links(v, "/money/suppliers/").first());
  await v.sees("Paid in all");
  await v.go("/money/payments?q=nobody-is-called-this");
  await v.sees("Nothing found");
}

// openData: the same as data.
async function openData(world, v) {
  await v.go("/money/about");
  for (const address of new Set([...await addresses(v, "/money/ocds/"), ...await addresses(v, "/money/fiscal/")])) {
    const answer = await fetch(world.url + address);
    same(answer.status, 200, address);
    if (address.endsWith(".json")) await answer.json();
  }
}

export default [
  { name: "spending: from the budget to a receipt: no scripts, English, 360 px", weight: 6, run: (w) => toTheReceipt(w, { js: false, lang: "en", width: 360 }) },
  { name: "spending: from the budget to a receipt: scripts, Arabic, 1280 px", weight: 6, run: (w) => toTheReceipt(w, { js: true, lang: "ar", width: 1280 }) },
];
