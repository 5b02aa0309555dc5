// A newcomer with the guide: the files of docs/guides/first-service.md in a fresh folder make a service
// that a resident uses, an officer decides and a stranger verifies. Then the files change under the
// running program.
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answers, next, refused } from "../answers.mjs";
import { mail, send } from "../apply.mjs";
import { eventually, ok, same } from "../check.mjs";
import { day } from "../days.mjs";
import { act, findCase, official, take } from "../desk.mjs";
import { Demo, stoa } from "../demo.mjs";
import { licence, openCase, stranger } from "../follow.mjs";
import { Place } from "../words.mjs";
import { Visitor } from "../visitor.mjs";

const guide = new URL("../../../docs/guides/first-service.md", import.meta.url);

// write puts the files of the guide where it says.
function write(folder) {
  const files = [...readFileSync(guide, "utf8").matchAll(/```yaml\n# file: (\S+)\n(.*?)```/gs)];
  for (const [, name, text] of files) writeFileSync(join(folder, name), text);
  const service = files.find(([, name]) => name.startsWith("services/"));
  ok(files.length === 3 && service, `the guide has ${files.length} files`);
  const lines = service[2].split("\n").filter((l) => l.trim()).length;
  ok(lines <= 75, `the service of the guide has ${lines} lines`);
}

async function newTown(world) {
  const folder = join(mkdtempSync(join(tmpdir(), "stoa-e2e-")), "new-town");
  let demo;
  try {
    stoa("new", "jurisdiction", folder);
    stoa("new", "service", folder, "street-stall");
    stoa("check", folder);
    write(folder);
    const said = stoa("check", folder);
    ok(/2 services/.test(said), `stoa check says: ${said}`);
    demo = await Demo.start("--jurisdiction", folder, "--cases", "3");
    const there = { ...world, url: demo.url, pages: undefined }; // its styles are gone when pages are audited
    const place = new Place(folder);
    const service = place.services["street-music"];
    const held = await play(there, place, service);
    await changes(there, demo, folder, service, held);
    ok(demo.faults().every((l) => /changed files/.test(l)), demo.faults().join("\n"));
  } finally {
    await demo?.stop();
    rmSync(join(folder, ".."), { recursive: true, force: true });
  }
}

async function play(world, place, service) {
  const v = await Visitor.arrive(world, { name: "musician" });
  const email = "ada@example.org";
  await v.go("/");
  await v.follow(service.file.title);
  await v.sees("What it costs");
  await v.pressButton("Start now");
  await answers(v, service, { amplified: true });
  await next(v, "Continue");
  await v.sees({ en: "Amplifiers are not allowed in the old town." });
  await v.follow("Change your answers");
  await answers(v, service, { amplified: false });
  await next(v, "Continue");
  await answers(v, service, { instrument: "violin", first_day: day(1), days: 12 });
  await refused(v, service, { wrong: 1, typed: { instrument: "violin", days: 12 } });
  await answers(v, service, { first_day: day(10), place: "At the old well" });
  await next(v);
  await answers(v, service, { full_name: "Ada Example", email });
  await next(v);
  const number = await send(v, service, ["violin", "At the old well", "54.00", "43.20"]);
  const officer = await official(world, {}, place.demo.staff[0].name);
  await findCase(officer, number);
  await take(officer);
  await act(officer, service, "grant");
  await mail(v, email, service.file.letters.permit.title);
  await openCase(v, email, number);
  const held = await licence(v);
  await stranger(world, {}, held.verify, held.number, "Genuine, but not in force yet");
  return held;
}

// edit changes a file and makes sure that its time changes too.
function edit(folder, name, change) {
  const path = join(folder, name);
  const old = readFileSync(path, "utf8");
  writeFileSync(path, change(old));
  const now = new Date(Date.now() + 2000);
  utimesSync(path, now, now);
  return () => { writeFileSync(path, old); utimesSync(path, new Date(now.getTime() + 2000), new Date(now.getTime() + 2000)); };
}

// fee is what a new application for two days would cost.
async function fee(v, service) {
  await v.go("/services/street-music/check");
  await answers(v, service, { amplified: false });
  await next(v, "Continue");
  await answers(v, service, { instrument: "drum", first_day: day(20), days: 2 });
  await next(v);
  await answers(v, service, { full_name: "Bo Drummer", email: "bo@example.org" });
  await next(v);
  return v.main().innerText();
}

// changes: a new title and a new fee are there within seconds; a broken file changes nothing; what was
// issued stays as it was.
async function changes(world, demo, folder, service, held) {
  const v = await Visitor.arrive(world, { name: "reader" });
  const file = "services/street-music.yaml";
  const page = async () => { await v.go("/services/street-music"); return v.main().innerText(); };
  edit(folder, file, (t) => t.replace("title: Street music permit\nsummary", "title: Permit for music in the street\nsummary"));
  await eventually("the new title is on the page", async () => (await page()).includes("Permit for music in the street"), 30);
  edit(folder, "parameters/street-music.yaml", (t) => t.replaceAll("4.50", "5.50"));
  await eventually("two days cost 11.00", async () => (await fee(v, service)).includes("11.00"), 30);
  const mend = edit(folder, file, (t) => t.replace("kind: decide, by: officer", "kind: decide, by: nobody").replace("title: Permit for music in the street", "title: A broken title"));
  await eventually("the program says what is wrong with the file", async () => /nobody/.test(demo.err + demo.out), 30);
  ok((await page()).includes("Permit for music in the street"), "a broken file took the service away");
  await v.go("/services/street-music/check");
  same(v.status, 200, "the service with a broken file");
  mend();
  await v.go(new URL(held.verify).pathname);
  await v.sees({ en: held.number });
}

export default [{ name: "newcomer: the service of the guide, from file to verified licence; its files change", weight: 8, run: newTown }];
