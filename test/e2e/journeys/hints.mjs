// An officer reads what stands out on a case, says that it is not a problem, and looks at how its like were decided; anybody reads
// how often it was right, and what a programme changed.
import { ok } from "../check.mjs";
import { official } from "../desk.mjs";
import { clean, Visitor } from "../visitor.mjs";

async function pointed(world, profile) {
  const o = await official(world, profile, "Priya Nair");
  await o.go("/desk/cases");
  const cases = await o.main().locator("a[href*='/desk/cases/']").evaluateAll((all) => [...new Set(all.map((a) => a.getAttribute("href")))]);
  let flagged;
  for (const at of cases.slice(0, 20)) {
    await o.go(at);
    if (await o.main().locator("a[href*='/flags/']").count()) { flagged = at; break; }
  }
  ok(flagged, "no case in the queue has anything that stands out");
  const state = clean(await o.main().innerText()).match(new RegExp(o.t("State") + ".*"))?.[0];
  await o.press(o.main().locator("a[href*='/flags/']").first());
  await o.pressButton("It is not a problem");
  ok(o.status === 422, `a flag was set aside without a reason: ${o.status}`);
  await o.field("Why is it not a problem?").fill("They share an accountant.");
  await o.pressButton("It is not a problem");
  await o.sees("Noted. The case is as it was.");
  const text = clean(await o.main().innerText());
  ok(text.includes("They share an accountant."), "the reason is not on the case");
  ok(text.match(new RegExp(o.t("State") + ".*"))?.[0] === state, "the case has moved");
  await o.follow("Past cases like it, and how they were decided");
  await o.sees("Past cases like it");
}

async function everybody(world, profile) {
  const v = await Visitor.arrive(world, { ...profile, name: "reader" });
  await v.go("/algorithms/method.same_phone");
  await v.sees("Whether it treats groups alike");
  await v.go("/programmes");
  await v.press(v.main().locator("a[href^='/programmes/']").first());
  await v.sees("How this is worked out");
}

export default [
  { name: "hints: an officer, scripts, English, 1280 px", run: (w) => pointed(w, { js: true, lang: "en", width: 1280 }) },
  { name: "hints: everybody, no scripts, Arabic, 360 px", run: (w) => everybody(w, { js: false, lang: "ar", width: 360 }) },
];
