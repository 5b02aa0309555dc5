// The journeys of real browsers over the running demo. `node run.mjs` runs all; `node run.mjs food keyboard`
// those whose names hold one of the words. Screenshots and what was found lie in out/.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { Auditor, Pages } from "./audit.mjs";
import { open } from "./browser.mjs";
import { Demo } from "./demo.mjs";

const parallel = 2;
const most = 600_000; // of one journey, in milliseconds: past that it hangs
const out = new URL("./out", import.meta.url).pathname;

const words = process.argv.slice(2);
const chosen = (name) => words.length === 0 || words.some((w) => name.includes(w));

let passed = 0, failed = 0;
const begun = Date.now();

function tell(name, problems, took, notes = []) {
  problems.length ? failed++ : passed++;
  console.log(`${problems.length ? "FAIL " : "ok   "} ${name} (${(took / 1000).toFixed(1)} s)`);
  for (const n of notes) console.log(`      ${n}`);
  for (const p of problems.slice(0, 20)) console.log(`      ${p}`);
  if (problems.length > 20) console.log(`      and ${problems.length - 20} more`);
}

// walk runs one journey in a world of its own visitors.
async function walk(world, { name, run }) {
  const start = Date.now();
  const notes = [];
  const mine = { ...world, visitors: [], note: (text) => notes.push(text) };
  const problems = [];
  let late;
  try {
    const over = new Promise((_, no) => { late = setTimeout(() => no(new Error(`not done within ${most / 1000} s`)), most); });
    await Promise.race([run(mine), over]);
  } catch (e) {
    problems.push(e.message.replace(/\x1b\[\d+m/g, "").split("\n").slice(0, 6).join("\n      "));
    for (const [i, v] of mine.visitors.entries()) if (!v.page.isClosed()) problems.push(`${v.name} was at ${v.page.url().replace(world.url, "")}: ${await v.shot(`fail ${name} ${i} ${v.name}`)}`);
    if (process.env.DEBUG) problems.push(e.stack);
  }
  clearTimeout(late);
  for (const v of mine.visitors) problems.push(...new Set(v.wrongs));
  await Promise.all(mine.visitors.map((v) => v.leave().catch(() => {})));
  tell(name, problems, Date.now() - start, notes);
}

// all runs tasks side by side, a few at a time, in their order.
async function all(tasks, n = parallel) {
  const left = [...tasks];
  await Promise.all(Array.from({ length: n }, async () => { while (left.length) await left.shift()(); }));
}

async function audits(world) {
  const start = Date.now();
  const problems = new Map();
  const pages = world.pages.all;
  const left = [...pages];
  await all(Array.from({ length: parallel }, () => async () => {
    const a = await Auditor.open(world.browser, `${out}/pages`);
    while (left.length) {
      const page = left.shift();
      try {
        for (const p of await a.audit(page)) problems.set(p, [...(problems.get(p) ?? []), page.label]);
      } catch (e) { problems.set(e.message.split("\n")[0], [page.label]); }
    }
    await a.close();
  }));
  const lines = [...problems].map(([p, on]) => `${p} — on ${on.length}: ${[...new Set(on)].slice(0, 4).join(", ")}`);
  writeFileSync(`${out}/audit.txt`, lines.join("\n") + "\n" + pages.map((p) => p.label).sort().join("\n") + "\n");
  tell(`${pages.length} distinct pages: axe, reflow at 320, 360 and 1280 px, text at 200 %`, lines, Date.now() - start);
}

// matrix is which service was walked how; each must have been walked in each way at least once.
function matrix(list) {
  const ways = ["scripts", "no scripts", "English", "Arabic", "360", "1280"];
  const walked = new Map();
  for (const { name } of list) {
    const m = /^(food|event|premises)\b.*: (scripts|no scripts), (English|Arabic), (360|1280) px$/.exec(name);
    if (m) walked.set(m[1], [...(walked.get(m[1]) ?? []), m.slice(2)]);
  }
  console.log(`\n${"".padEnd(10)}${ways.map((w) => w.padStart(11)).join("")}`);
  const missing = [];
  for (const [service, walks] of walked) {
    const counts = ways.map((w) => walks.filter((x) => x.includes(w)).length);
    counts.forEach((n, i) => n || missing.push(`${service} was not walked with ${ways[i]}`));
    console.log(service.padEnd(10) + counts.map((n) => String(n).padStart(11)).join(""));
  }
  console.log("");
  return missing;
}

rmSync(out, { recursive: true, force: true });
mkdirSync(`${out}/pages`, { recursive: true });
const journeys = [];
for (const file of readdirSync(new URL("./journeys", import.meta.url)).sort()) {
  const { default: list } = await import(`./journeys/${file}`);
  journeys.push(...list.filter((j) => chosen(j.name)));
}
journeys.sort((a, b) => (b.weight ?? 0) - (a.weight ?? 0)); // the longest first

const browser = await open();
const demo = await Demo.start("--cases", "120");
try {
  const world = { browser, url: demo.url, pages: new Pages(), shots: out };
  console.log(`Chromium ${browser.version()}, ${journeys.length} journeys, ${parallel} at a time`);
  await all(journeys.map((j) => () => walk(world, j)));
  if (words.length === 0) tell("every service in both languages, with and without scripts, at both widths", matrix(journeys), 0);
  if (chosen("pages") && world.pages.all.length) await audits(world);
  tell("the program wrote no fault into its log", demo.faults(), 0);
} finally {
  await browser.close();
  await demo.stop();
}
console.log(`took ${((Date.now() - begun) / 1000).toFixed(0)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
