// A birth certificate: a parent orders it, pays, downloads it, and the program proves what it says; the other parent sees that it
// was made; a stranger hears the same whether there is such an entry or not; the registrar makes one at the counter.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { payWith } from "../apply.mjs";
import { eventually, ok, same } from "../check.mjs";
import { program } from "../demo.mjs";
import { clean, Visitor } from "../visitor.mjs";

// verified runs the program in a folder with the paper and the keys and nothing else.
function verified(paper, keys) {
  const dir = mkdtempSync(join(tmpdir(), "stoa-copy-"));
  try {
    writeFileSync(join(dir, "keys.txt"), keys);
    writeFileSync(join(dir, "copy.pdf"), paper);
    return spawnSync(program, ["verify", "copy.pdf", "--key", "keys.txt"], { cwd: dir, env: {}, encoding: "utf8", timeout: 20_000 });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const pdf = async (v) => {
  const [paper] = await Promise.all([v.page.waitForEvent("download"), v.main().locator('a[href$="/pdf"]').click()]);
  return readFileSync(await paper.path());
};

async function ordered(v) {
  await v.go("/registers");
  await v.press(v.main().locator('a[href="/registers/births"]').first());
  await v.sees("This register is not public: nobody can leaf through it. Those who are named in an entry, and a few others, may have a copy of that entry.");
  await v.go("/account/records");
  await v.press(v.main().locator('a[href$="/birth-certificate"]').first());
  await v.pressButton("Order, and continue to payment");
  const order = v.path();
  ok(order.startsWith("/account/extracts/"), `the order is at ${order}`);
  same(await v.main().locator('a[href$="/pdf"]').count(), 0, "copies before the fee");
  await v.main().locator('form[action$="/pay"] button').click();
  await payWith(v, "A card that works");
  await eventually("the copy, back from the provider", async () => { await v.go(order); return v.main().locator('a[href$="/pdf"]').count(); });
  await eventually("the copy in the public log", async () => { await v.go(order); return v.main().locator('a[href$="/proof"]').count(); });
  return order;
}

async function birthCertificate(world, profile, parent, other, child) {
  const v = await Visitor.arrive(world, { ...profile, name: "parent" });
  await v.signIn(parent);
  const order = await ordered(v);
  const paper = await pdf(v);
  const keys = await (await fetch(world.url + "/log/keys.txt")).text();
  const good = verified(paper, keys);
  same(good.status, 0, `stoa verify of the certificate says ${good.stderr}; its status`);
  for (const words of ["The proof holds.", "extract.issued", child]) ok(good.stdout.includes(words), `stoa verify does not say ${words}: ${good.stdout}`);
  const begin = paper.indexOf("c2sp.org/tlog-proof");
  ok(begin > 0, "the certificate does not carry its proof");
  const changed = Buffer.from(paper);
  changed[begin + 200] ^= 1;
  ok(verified(changed, keys).status !== 0, "a certificate whose proof has a changed byte is verified");
  await v.press(v.main().locator('a[href$="/copy"]'));
  ok(await v.reads(child), "the page does not name the child");

  const partner = await Visitor.arrive(world, { ...profile, name: "other parent" });
  await partner.signIn(other);
  await partner.go("/account/looks");
  ok(await partner.reads(parent), "the other parent does not see who had a copy made");
  await partner.go(order).catch(() => {});
  ok(!(await partner.reads(child)), "the other parent sees another's order");

  const stranger = await Visitor.arrive(world, { ...profile, name: "stranger" });
  await stranger.signIn("Sam Whitfield");
  const answers = [];
  for (const family of ["Lin-Holm", "Nobodyhere"]) { // the one is there, the other is not
    await stranger.go("/registers/births/extract");
    const form = stranger.main().locator('form[action$="/extract"]');
    await form.locator('[name="family_name"]').fill(family);
    for (const [part, n] of [["day", "17"], ["month", "6"], ["year", "2023"]]) await form.locator(`[name="born-${part}"]`).fill(n);
    await stranger.press(form.locator("button"));
    await stranger.sees("We cannot give you a copy");
    answers.push(clean(await stranger.main().innerText()));
  }
  same(answers[0], answers[1], "what a stranger hears of an entry that is there, and of one that is not");
}

async function atTheCounter(world, profile) {
  const v = await Visitor.arrive(world, { ...profile, name: "registrar" });
  await v.signIn("Ruth Calder");
  await v.go("/desk/copies");
  await v.main().locator('select[name="copy"]').selectOption("births/short-birth-extract");
  await v.press(v.main().locator('form[action="/desk/copies/new"] button'));
  const form = v.main().locator('form[action="/desk/copies/new"]');
  await form.locator('[name="number"]').fill("B-2021-00001");
  await form.locator('[name="as"][value="parent"]').check();
  await form.locator('[name="name"]').fill("Omar Farouk");
  await form.locator('[name="shown"]').fill("Passport 7741");
  await v.press(form.locator("button"));
  ok(/^\/desk\/copies\/[^/]+$/.test(v.path()), `the copy is at ${v.path()}`);
  const [paper] = await Promise.all([v.page.waitForEvent("download"), v.main().locator('a[href$="/pdf"]').click()]);
  ok(readFileSync(await paper.path()).subarray(0, 5).toString() === "%PDF-", "there is no PDF");
}

export default [
  { name: "civil: a birth certificate for a parent, no scripts, English, 360 px", weight: 6, run: (w) => birthCertificate(w, { js: false, lang: "en", width: 360 }, "Grace Lin", "Peter Holm", "Lily") },
  { name: "civil: a birth certificate for a parent, scripts, Arabic, 1280 px", weight: 6, run: (w) => birthCertificate(w, { js: true, lang: "ar", width: 1280 }, "Noor Haddad", "Omar Farouk", "Sami") },
  { name: "civil: an extract at the counter, no scripts, English, 1280 px", weight: 3, run: (w) => atTheCounter(w, { js: false, lang: "en", width: 1280 }) },
];
