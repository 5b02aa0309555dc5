// Deciding by figures: a leader asks why waiting rose and tries more officers; a council member tries a new fee.
import { eventually, ok, same } from "../check.mjs";
import { official } from "../desk.mjs";
import { clean, Visitor } from "../visitor.mjs";

const leader = "Councillor Ada Moss";

// done waits until a study is worked out.
async function done(o) {
  await eventually("the study is worked out", async () => {
    if (!(await o.reads(o.t("Being worked out")))) return true;
    await o.go(o.path());
    return false;
  }, 30);
}

// published publishes the study that is open and reads it as anybody.
async function published(world, profile, o, says) {
  await o.pressButton("Publish this study");
  await o.sees("Published. Everybody can read it now.");
  const title = await o.heading();
  const all = await Visitor.arrive(world, { ...profile, name: "anybody" });
  await all.go("/studies");
  const mine = o.path().split("/").pop();
  await all.press(all.main().locator(`a[href="/studies/${mine}"]`).first());
  same(await all.heading(), (await all.heading()).includes(title) ? await all.heading() : title, "the published study is another");
  await all.sees(says);
  ok(!(await all.main().locator('a[href^="/desk/"]').count()), "a published study leads to the desk");
  const file = await all.page.request.get(`/studies/${mine}/study.json`);
  ok(file.ok() && (await file.json()).study.inputs, "the study is not there for programs");
}

// why asks why waiting rose, sees the change, its reasons and the forecast, and tries two officers more.
async function why(world, profile) {
  const o = await official(world, profile, leader);
  await o.go("/desk/insight?organisation=environmental-health");
  await o.follow("How long decisions take");
  const text = clean(await o.main().innerText());
  ok(/[0-9٠-٩]/.test(text), "no figures");
  await o.sees("What changed with it", "the page of waiting");
  await o.sees("The band holds what comes four times in five.", "the page of waiting");
  await o.follow("What if there were two officers more?");
  same(await o.field("Officers more, or fewer").inputValue(), "2", "officers that the link fills in");
  ok(await o.field("Name of the study").inputValue(), "the link gives no name");
  await o.pressButton("Try it");
  await done(o);
  await o.sees("Waiting", "the study");
  ok(await o.main().getByText(o.t("Officers"), { exact: false }).count(), "the study shows no officers");
  await published(world, profile, o, "Waiting");
}

// fee tries a new fee and sees who gains and who loses.
async function fee(world, profile) {
  const o = await official(world, profile, leader);
  await o.go("/desk/whatif");
  await o.main().getByRole("combobox").first().selectOption("service.temporary-event-notice");
  await o.pressButton("Choose what to change");
  await o.pressButton("Try it"); // nothing is changed, and it has no name
  same(o.status, 422, "a study of nothing");
  await o.field("Name of the study").fill(profile.lang === "ar" ? "رسم قدره ٣٠ جنيهًا" : "A fee of 30 pounds");
  await o.main().locator('input[name^="amount-"]').first().fill("30");
  await o.pressButton("Try it");
  await done(o);
  await o.sees("Who gains and who loses", "the study");
  await o.sees("What people pay in all", "the study");
  await published(world, profile, o, "Who gains and who loses");
}

const ways = [{ js: true, lang: "en", width: 1280 }, { js: false, lang: "en", width: 360 }, { js: true, lang: "ar", width: 360 }, { js: false, lang: "ar", width: 1280 }];
const named = (w) => `${w.js ? "scripts" : "no scripts"}, ${w.lang === "ar" ? "Arabic" : "English"}, ${w.width} px`;

export default ways.flatMap((w) => [
  { name: `whatif, why waiting rose: ${named(w)}`, run: (world) => why(world, w) },
  { name: `whatif, a new fee: ${named(w)}`, run: (world) => fee(world, w) },
]);
