// An entry of a register is corrected by two, and stays to be seen as it stood; another is sealed, and is then to everybody
// else as if it had never been.
import { ok, same } from "../check.mjs";
import { official } from "../desk.mjs";
import { Visitor } from "../visitor.mjs";

const register = "premises-licences";
const desk = (number) => `/desk/registers/${register}/${number}`;
const inMain = async (v, text) => (await v.main().innerText()).includes(text);

// correct proposes another trading name, since a day long gone.
async function correct(v, number, name) {
  await v.go(desk(number));
  await v.press(v.main().getByRole("link", { name: v.named("Correct") }).or(v.button("Correct")).first());
  await v.pressButton("Continue");
  ok(await v.main().getByRole("checkbox").count() > 3, "nothing was chosen, and no fields are asked for again");
  await v.main().locator('input[value="trading_name"]').check();
  await v.main().locator("#since").fill("2020-05-01");
  await v.pressButton("Continue");
  await v.main().locator("#field-trading_name").fill(name);
  await v.pressButton("Correct");
  same(v.status, 422, "a correction without a reason");
  await v.main().locator("#reason").fill("The sign was misread when the books were copied.");
  await v.main().locator("#source").fill("Photograph of the sign, file 12");
  await v.pressButton("Correct");
  await v.sees("Proposed. A supervisor who is not you must approve it before it takes effect.");
}

async function approve(v, number) {
  await v.go("/desk/registers");
  await v.press(v.main().locator(`a[href="/desk/registers/${register}"]`).first());
  await v.press(v.main().getByRole("table").locator('a[href^="/desk/proposals/"]').filter({ hasText: number }).first());
  await v.pressButton("Approve");
  await v.sees("Approved. It has taken effect.");
  ok(await inMain(v, "Photograph of the sign, file 12"), "the history does not say what shows it");
}

// stood asks the public page for a day.
async function stood(v, number, day, has, lacks) {
  await v.go(`/registers/${register}/${number}`);
  ok(await inMain(v, has.now), `the page of today does not say ${has.now}`);
  await v.main().locator("details:has(#on)").evaluate((d) => { d.open = true; });
  await v.main().locator("#on").fill(day);
  await v.pressButton("Show");
  const then = (await v.main().locator("dl").nth(1).locator("dd").allInnerTexts()).map((t) => t.trim());
  ok(then.includes(has.then) && !then.includes(lacks), `on ${day} it says ${then}`);
}

async function correctedByTwo(world, profile, number, before, after) {
  const priya = await official(world, profile, "Priya Nair");
  await correct(priya, number, after);
  await priya.go(`/desk/registers/${register}`);
  await priya.press(priya.main().getByRole("table").locator('a[href^="/desk/proposals/"]').filter({ hasText: number }).first());
  ok(!(await priya.button("Approve").count()), "who proposes a correction may approve it");
  const margaret = await official(world, profile, "Margaret Ellis");
  await approve(margaret, number);
  const anybody = await Visitor.arrive(world, { ...profile, name: "anybody" });
  await stood(anybody, number, "2020-04-30", { now: after, then: before }, after);
  await stood(anybody, number, "2020-05-01", { now: after, then: after }, before);
  await anybody.go(`/registers/${register}?on=2020-04-30`);
  ok(await inMain(anybody, before) || await inMain(anybody, number), "the register of that day does not have it");
}

async function sealed(world, profile, number, name) {
  const margaret = await official(world, profile, "Margaret Ellis");
  const anybody = await Visitor.arrive(world, { ...profile, name: "anybody" });
  await anybody.go(`/registers/${register}/${number}`);
  ok(await inMain(anybody, name), "the entry is not there to begin with");
  await margaret.go(desk(number));
  await margaret.press(margaret.main().locator('a[href$="/seal"]').first());
  await margaret.main().locator("#reason").fill("A threat against the people who live above it.");
  await margaret.main().locator("#law").fill("Order of the Family Court, 3 March 2026");
  await margaret.pressButton("Seal");
  await margaret.sees("Sealed. To everybody else it is as if it were not there.");
  ok(!(await inMain(margaret, name)), "a sealed record says what it says");
  for (const path of [`/registers/${register}?q=${encodeURIComponent(name)}`, `/registers/${register}`, `/registers/${register}?on=2026-01-01`]) {
    await anybody.go(path);
    ok(!(await inMain(anybody, name)) && !(await inMain(anybody, number)), `${path} tells of what is sealed`);
  }
  const status = (await anybody.page.request.get(`${world.url}/registers/${register}/${number}`)).status();
  same(status, 404, "a sealed entry's public page");
  const priya = await official(world, profile, "Priya Nair");
  const seen = await priya.page.request.get(world.url + desk(number));
  same(seen.status(), 404, "a sealed entry to an officer without the right");
  await margaret.press(margaret.main().locator('a[href*="/unseal/"]').first());
  await margaret.main().locator("#reason").fill("The order has ended.");
  await margaret.pressButton("Unseal");
  await margaret.sees("Unsealed.");
  await anybody.go(`/registers/${register}/${number}`);
  ok(await inMain(anybody, name), "the entry is not there again");
}

export default [
  { name: "registers: corrected by two and seen as it stood, no scripts, English, 1280 px", run: (w) => correctedByTwo(w, { js: false, lang: "en", width: 1280 }, "PL-2005-00014", "Bell and Anchor", "Bell and Anchor Inn") },
  { name: "registers: sealed and unsealed, scripts, Arabic, 360 px", run: (w) => sealed(w, { js: true, lang: "ar", width: 360 }, "PL-2021-00005", "Harbour Fish Bar") },
];
