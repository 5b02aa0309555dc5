// An officer reads what stands out on a case, says that it is not a problem, and looks at how its like were decided; anybody reads
// how often it was right, and what a programme changed.
import { ok, same } from "../check.mjs";
import { official } from "../desk.mjs";
import { clean, Visitor } from "../visitor.mjs";

// standing is a case on which something stands out that nobody has set aside, among those of the queue.
async function standing(o) {
  await o.go("/desk/cases");
  const cases = await o.main().locator("a[href*='/desk/cases/']").evaluateAll((all) => [...new Set(all.map((a) => a.getAttribute("href")))]);
  for (const at of cases.slice(0, 40)) {
    await o.go(at);
    if (await o.main().locator("a[href*='/flags/']").count()) return at;
  }
  throw new Error("no case in the queue has anything that stands out");
}

// shape is what a case is: its state and what has happened.
const shape = async (o) => clean(await o.main().locator(".stoa-status").first().innerText()) + "\n" + await o.main().locator("[name=version]").first().inputValue().catch(() => "");

async function pointed(world, profile, why) {
  const o = await official(world, profile, "Priya Nair");
  const at = await standing(o);
  await o.sees("A computer found this. It proves nothing and has done nothing: what it means, you decide. The applicant can ask for it.");
  const before = await shape(o);
  await o.shot(`hints case ${profile.lang}`);
  await o.press(o.main().locator("a[href*='/flags/']").first());
  await o.pressButton("It is not a problem");
  same(o.status, 422, "a flag is set aside without a reason");
  await o.shot(`hints flag ${profile.lang}`);
  await o.field("Why is it not a problem?").fill(why);
  await o.pressButton("It is not a problem");
  await o.sees("Noted. The case is as it was.");
  same(o.path(), at, "after a flag is set aside, the officer is at");
  ok(clean(await o.main().innerText()).includes(why), "the reason is not on the case");
  same(await shape(o), before, "the case is");
  await o.follow("Past cases like it, and how they were decided");
  await o.sees("Past cases like it");
  await o.sees("How this is worked out");
  await o.shot(`hints similar ${profile.lang}`);
  const past = await o.main().locator("a[href^='/desk/cases/']").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  ok(past.some((p) => p !== at), "no past case is like it");
}

async function everybody(world, profile) {
  const v = await Visitor.arrive(world, { ...profile, name: "reader" });
  await v.go("/algorithms");
  await v.press(v.main().locator("a[href$='/method.same_phone']").first());
  await v.sees("Whether it treats groups alike");
  await v.shot(`hints algorithm ${profile.lang}`);
  await v.go("/programmes");
  await v.press(v.main().locator("a[href^='/programmes/']").first());
  await v.sees("What speaks against it");
  await v.sees("How this is worked out");
  await v.shot(`hints programme ${profile.lang}`);
}

async function programmes(world, profile) {
  const o = await official(world, profile, "Tom Adeyemi");
  await o.go("/desk/programmes");
  await o.press(o.main().locator("a[href^='/desk/programmes/']").first());
  await o.sees("How this is worked out");
  await o.shot(`hints programme desk ${profile.lang}`);
}

const small = { js: false, lang: "en", width: 360 }, wide = { js: true, lang: "ar", width: 1280 };

export default [
  { name: "hints: an officer, no scripts, English, 360 px", run: (w) => pointed(w, small, "They share an accountant.") },
  { name: "hints: an officer, scripts, Arabic, 1280 px", run: (w) => pointed(w, wide, "لهما محاسب واحد.") },
  { name: "hints: everybody, no scripts, English, 360 px", run: (w) => everybody(w, small) },
  { name: "hints: everybody, scripts, Arabic, 1280 px", run: (w) => everybody(w, wide) },
  { name: "hints: programmes at the desk, scripts, Arabic, 1280 px", run: (w) => programmes(w, wide) },
];
