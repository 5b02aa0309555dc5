// A government in the open: a decision with its law and rules, the text of the rules themselves, and what was promised.
import { ok, same } from "../check.mjs";
import { greenvale } from "../words.mjs";
import { Visitor } from "../visitor.mjs";

const food = greenvale.services["food-business-registration"];

async function lookAround(world, profile) {
  const v = await Visitor.arrive(world, { ...profile, name: "citizen" });
  await v.go("/");
  await v.follow("Register of decisions");
  same(v.path(), "/decisions", "the register of decisions");
  await v.main().getByLabel(v.t("Outcome"), { exact: true }).selectOption("granted");
  await v.press(v.main().getByRole("button", { name: v.t("Apply filters") }));
  ok(new URL(v.page.url()).searchParams.get("outcome") === "granted", "the filter is not in the address");
  await v.press(v.main().locator('a[href^="/decisions/"]').first());
  await v.sees("Version of the rules");
  await v.sees("Decided by");
  await v.go("/algorithms");
  await v.press(v.main().getByRole("link", { name: v.of(food.file.title), exact: true }));
  await v.sees("What is done without a person");
  const file = await v.main().locator('a[href$="food-business-registration.yaml"]').getAttribute("href");
  ok((await (await fetch(world.url + file)).text()).includes("service: food-business-registration"), "the rules are not the file");
  await v.go("/commitments");
  await v.sees("How long decisions take");
  await v.sees("Plans, projects and reforms");
}

export default [
  { name: "open: decisions, rules and promises, no scripts, English, 360 px", run: (w) => lookAround(w, { js: false, lang: "en", width: 360 }) },
  { name: "open: decisions, rules and promises, scripts, Arabic, 1280 px", run: (w) => lookAround(w, { js: true, lang: "ar", width: 1280 }) },
];
