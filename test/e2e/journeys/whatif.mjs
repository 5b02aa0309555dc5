// Deciding by figures: a leader asks why waiting rose and tries more officers; a council member tries a new fee.
import { eventually, ok, same } from "../check.mjs";
import { Demo } from "../demo.mjs";
import { official } from "../desk.mjs";
import { clean, Visitor } from "../visitor.mjs";

const leader = "Councillor Ada Moss";

// done waits until a study is worked out.
async function done(o) {
  await eventually("the study is worked out", async () => {
    if (!(await o.reads(o.t("It goes on by itself, also after a restart.")))) return true;
    await o.go(o.path());
    return false;
  }, 60);
  ok(!(await o.reads(o.t("Nothing came of it"))), `nothing came of the study: ${clean(await o.main().innerText()).slice(0, 400)}`);
}

// published publishes the study that is open and reads it as anybody.
async function published(world, profile, o, says) {
  const title = await o.heading();
  const id = o.path().split("/").pop();
  await o.pressButton("Publish this study");
  await o.sees("Published. Everybody can read it now.");
  const all = await Visitor.arrive(world, { ...profile, name: "anybody" });
  await all.go("/studies");
  await all.press(all.main().locator(`a[href="/studies/${id}"]`).first());
  ok(clean(await all.heading()).includes(clean(title).split("\n").pop()), `the published study is “${await all.heading()}”, not “${title}”`);
  await all.sees(says);
  ok(!(await all.main().locator('a[href^="/desk/"]').count()), "a published study leads to the desk");
  const file = await all.page.request.get(`/studies/${id}/study.json`);
  ok(file.ok() && (await file.json()).study.inputs, "the study is not there for programs");
}

// why asks why waiting rose, sees since when, the reasons and the forecast, tries two officers more, and keeps the view.
async function why(world, profile) {
  const o = await official(world, profile, leader);
  await o.go("/desk/insight?organisation=environmental-health");
  await o.follow("How long decisions take");
  await o.sees("What changed with it", "the page of waiting");
  const reasons = await o.main().locator(".govuk-inset-text li").count();
  ok(reasons >= 3, `${reasons} reasons of the change`);
  const waiting = o.page.url();
  await o.page.locator("summary", { hasText: o.t("Save this view, or get it by mail") }).click();
  await o.field("By mail").selectOption("week");
  await o.pressButton("Save this view");
  await o.sees("Saved. You find it under “Your saved views”.");
  for (const does of ["Stop the mails", "Remove"]) await o.press(o.main().getByRole("button", { name: new RegExp("^" + o.t(does)) }).first()); // each names its view
  await o.go("/desk/insight?organisation=environmental-health");
  await o.follow("How much is applied for");
  await o.sees("The band holds what comes four times in five.", "the forecast of what is applied for");
  await o.go(waiting);
  await o.follow("What if there were two officers more?");
  same(await o.field("Officers more, or fewer").inputValue(), "2", "officers that the link fills in");
  ok(await o.field("Name of the study").inputValue(), "the link gives no name");
  await o.pressButton("Try it");
  await done(o);
  await o.sees("Working days that cases wait to be taken up", "the study");
  await published(world, profile, o, "Working days that cases wait to be taken up");
}

// fee tries a new fee and sees who gains and who loses.
async function fee(world, profile) {
  const o = await official(world, profile, leader);
  await o.go("/desk/whatif");
  await o.main().locator('select[name="of"]').selectOption("service.premises-licence");
  await o.pressButton("Choose what to change");
  await o.pressButton("Try it"); // nothing is changed, and it has no name
  same(o.status, 422, "a study of nothing");
  await o.field("Name of the study").fill(profile.lang === "ar" ? "رسم أقل للأماكن الكبيرة" : "Less for large places");
  await o.main().locator('input[name="amount-application"]').fill("fee_band.fee > 200 ? fee_band.fee * 0.9 : fee_band.fee * 1.2"); // large places pay less, small ones more
  await o.pressButton("Try it");
  await done(o);
  await o.sees("Who gains and who loses", "the study");
  await o.sees("Would pay more", "the study");
  await o.sees("Would pay less", "the study");
  await published(world, profile, o, "Who gains and who loses");
}

// A demo with more cases than the others', which these journeys share: groups of few are not shown.
let larger;
const inLarger = (journey) => async (world, profile) => {
  larger ??= Demo.start("--cases", "300").then((d) => { process.once("exit", () => d.child.kill()); return d; });
  const demo = await larger;
  try {
    await journey({ ...world, url: demo.url, home: world.url }, profile);
    if (demo.faults().length) throw new Error(demo.faults().join("\n"));
  } finally {
    await Promise.all(world.visitors.map((v) => v.leave().catch(() => {})));
    if (!--left) await demo.stop();
  }
};

const ways = [{ js: true, lang: "en", width: 1280 }, { js: false, lang: "en", width: 360 }, { js: true, lang: "ar", width: 360 }, { js: false, lang: "ar", width: 1280 }];
let left = 2 * ways.length;
const named = (w) => `${w.js ? "scripts" : "no scripts"}, ${w.lang === "ar" ? "Arabic" : "English"}, ${w.width} px`;

export default ways.flatMap((w) => [
  { name: `whatif, why waiting rose: ${named(w)}`, run: (world) => inLarger(why)(world, w) },
  { name: `whatif, a new fee: ${named(w)}`, run: (world) => inLarger(fee)(world, w) },
]);
