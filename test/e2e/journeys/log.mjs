// Proof in the hand: a fee is paid, its receipt is in the public log, and its proof is checked by whoever is given it: by
// the program on a machine with nothing else, by a visitor's own browser, and by the site. A changed byte passes nowhere.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillIn, openDraft, send } from "../apply.mjs";
import { eventually, ok, same } from "../check.mjs";
import { day } from "../days.mjs";
import { program } from "../demo.mjs";
import { openCase } from "../follow.mjs";
import { Visitor } from "../visitor.mjs";
import { greenvale } from "../words.mjs";

const event = greenvale.services["temporary-event-notice"];
const email = "proof@example.net";

async function apply(v) {
  await openDraft(v, event, { adult: true, start_date: day(42), most_people: 80 });
  await fillIn(v, event, [
    { page: "event", steps: [{ event_name: "Harvest supper", start_time: "18:00", end_date: day(42), end_time: "23:00" }] },
    { page: "place", steps: [{ place: { type: "The barn at Hill Farm" }, place_licensed: false }] },
    { page: "activities", steps: [{ activities: ["entertainment"], all_the_time: true }, { nudity: false }] },
    { page: "about-you", steps: [{ full_name: "Petra Proof", date_of_birth: "1980-01-02", home_address: { line1: "3 Hill Farm", town: "Greenvale", postcode: "GV1 3CA" },
      email, phone: "07700 900155", personal_licence: false }] },
    { page: "others", steps: [{ others_gave: false }] },
  ]);
  return send(v, event, ["Harvest supper"]);
}

// receipt goes to the receipt, waits until it is published, and saves its proof.
async function receipt(v, number) {
  await openCase(v, email, number);
  await v.go("/account/bills");
  await v.press(v.main().locator('a[href^="/account/bills/"]').first());
  await v.press(v.main().locator('a[href^="/account/payments/"]').first());
  await v.follow("Receipt");
  ok(await v.reads("public log"), "the receipt does not tell of the public log");
  await eventually("the receipt in the public log", async () => { await v.go(v.path()); return v.main().locator('a[href$="/proof"]').count(); });
  const [download] = await Promise.all([v.page.waitForEvent("download"), v.main().locator('a[href$="/proof"]').click()]);
  ok(download.suggestedFilename().endsWith(".tlog-proof"), `the proof is called ${download.suggestedFilename()}`);
  const proof = readFileSync(await download.path());
  const [paper] = await Promise.all([v.page.waitForEvent("download"), v.link("Download as PDF").click()]);
  return { proof, paper: readFileSync(await paper.path()) };
}

// onAnEmptyMachine verifies with the program, in a folder with the proof and the key and nothing else.
function onAnEmptyMachine({ proof, paper }, keys, changed) {
  const dir = mkdtempSync(join(tmpdir(), "stoa-verify-"));
  try {
    const run = (name, data) => {
      writeFileSync(join(dir, name), data);
      return spawnSync(program, ["verify", name, "--key", "keys.txt"], { cwd: dir, env: {}, encoding: "utf8", timeout: 20_000 });
    };
    writeFileSync(join(dir, "keys.txt"), keys);
    const good = run("receipt.tlog-proof", proof);
    same(good.status, 0, `stoa verify says ${good.stderr}; its status`);
    for (const words of ["The proof holds.", "payment.received", "Petra Proof"]) ok(good.stdout.includes(words), `stoa verify does not say ${words}: ${good.stdout}`);
    const carried = run("receipt.pdf", paper);
    same(carried.status, 0, `stoa verify of the PDF says ${carried.stderr}; its status`);
    ok(carried.stdout.includes("Petra Proof"), `stoa verify of the PDF says ${carried.stdout}`);
    const bad = run("changed.tlog-proof", changed);
    same(bad.status, 1, "stoa verify of a changed proof: its status");
    ok(/is not proved\. .*\./.test(bad.stderr), `stoa verify of a changed proof says ${bad.stderr}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const file = (buffer) => ({ name: "receipt.tlog-proof", mimeType: "application/octet-stream", buffer });

async function check(v, buffer, says) {
  await v.go("/verify");
  await v.main().locator("#check-file").setInputFiles(file(buffer));
  if (v.js) await v.main().locator("#check").click();
  else await v.press(v.main().locator("#check"));
  await eventually(says, async () => v.reads(v.t(says)));
}

async function proofInTheHand(world, { lang }) {
  const v = await Visitor.arrive(world, { js: true, lang, width: 1280, name: "payer" });
  const number = await apply(v);
  const { proof, paper } = await receipt(v, number);
  const keys = await (await fetch(world.url + "/log/keys.txt")).text();
  const changed = Buffer.from(proof);
  changed[Math.floor(proof.length / 3)] ^= 1;
  onAnEmptyMachine({ proof, paper }, keys, changed);

  const posts = [];
  v.page.on("request", (r) => { if (r.method() === "POST") posts.push(r.url()); });
  await check(v, proof, "The proof holds");
  await v.sees("Checked in your own browser. Nothing has left your device.");
  ok(await v.reads("Petra Proof"), "the browser does not show what the proof opens");
  await check(v, changed, "The proof does not hold");
  same(posts.length, 0, "the file left the browser");

  const other = await Visitor.arrive(world, { js: false, lang, width: 360, name: "stranger" });
  await check(other, proof, "The proof holds");
  await check(other, changed, "The proof does not hold");
  await other.go("/log");
  await other.follow("All entries");
  await other.press(other.main().locator('a[href^="/log/leaves/"]').first());
  await other.sees("Only the person concerned can show this").catch(() => other.sees("Place in the log"));
  ok(!(await other.reads("Petra Proof")), "the public log names the payer");
}

// wholeLog: the program reads all of the log from outside, and then that it still holds what it held.
async function wholeLog(world) {
  const dir = mkdtempSync(join(tmpdir(), "stoa-log-"));
  try {
    for (const name of ["keys.txt", "checkpoint"]) writeFileSync(join(dir, name), await (await fetch(`${world.url}/log/${name}`)).text());
    const said = execFileSync(program, ["verify", world.url + "/log", "--key", "keys.txt", "--extends", "checkpoint"], { cwd: dir, encoding: "utf8", timeout: 30_000 });
    ok(said.includes("The log holds."), said);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export default [
  { name: "log: a receipt's proof, English", weight: 8, run: (w) => proofInTheHand(w, { lang: "en" }) },
  { name: "log: the whole of it, from outside", run: wholeLog },
];
