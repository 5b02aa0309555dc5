// What must not work: twice the same, out of date, too large, somebody else's.
import { fillIn, openDraft } from "../apply.mjs";
import { answers, refused, summary } from "../answers.mjs";
import { eventually, ok, same } from "../check.mjs";
import { day } from "../days.mjs";
import { findCase, official, take } from "../desk.mjs";
import { large, pdf } from "../files.mjs";
import { openCase } from "../follow.mjs";
import { greenvale } from "../words.mjs";
import { clean, Visitor } from "../visitor.mjs";

const food = greenvale.services["food-business-registration"];
const start = { in_greenvale: true, food_for_others: true, animal_products_to_trade: false };

// ready is an application filled in as far as the check of its answers.
async function ready(v, name, email) {
  await openDraft(v, food, start);
  await fillIn(v, food, [
    { page: "place", steps: [{ business_name: name, place_kind: "premises" }, { address: { line1: "1 Hope Street", town: "Greenvale", postcode: "GV2 2BA" } }] },
    { page: "food", steps: [{ activities: ["shop"], opening_date: day(60), seasonal: false, water: "none" }] },
    { page: "operator", steps: [{ operator_kind: "sole_trader" }, { sole_trader: "Dora Twice" }] },
    { page: "contact", steps: [{ contact_name: "Dora Twice", contact_email: email }] },
    { page: "documents", steps: [{}] },
  ]);
}

// count is how many open cases the desk finds for some words.
async function count(world, words) {
  const tom = await official(world, {}, "Tom Adeyemi");
  await tom.go("/desk/cases?q=" + encodeURIComponent(words));
  const n = await tom.main().getByRole("table").getByRole("link", { name: /^FBR-/ }).count();
  await tom.leave();
  return n;
}

async function twice(world, js) {
  const v = await Visitor.arrive(world, { js, name: "in a hurry" });
  const name = `Twice ${js ? "Clicked" : "Posted"} Deli`;
  await ready(v, name, "dora@example.net");
  await v.main().getByRole("checkbox").check();
  const again = await v.page.evaluate(() => {
    const form = document.querySelector("form[action$='/submit']");
    return { action: form.getAttribute("action"), body: new URLSearchParams(new FormData(form)).toString() };
  });
  await Promise.all([v.page.waitForURL(/\/done$/), v.button("Send application").dblclick({ noWaitAfter: true })]);
  const number = /FBR-\d{4}-\d+/.exec(clean(await v.main().innerText()))[0];
  await v.page.goBack({ waitUntil: "load" });
  if (/check$/.test(v.path()) && await v.button("Send application").count()) { // from the browser's memory: send once more
    await v.main().getByRole("checkbox").check();
    await v.button("Send application").click();
    await v.page.waitForURL(/\/done$/);
  }
  const response = await v.context.request.post(again.action, { data: again.body, headers: { "content-type": "application/x-www-form-urlencoded", origin: world.url, "sec-fetch-site": "same-origin" } });
  ok(response.ok() || response.status() === 409, `the form once more by itself: ${response.status()}`);
  await v.go(again.action.replace("/submit", "/done"));
  ok(clean(await v.main().innerText()).includes(number), "the second sending has another number");
  same(await count(world, name), 1, "cases after sending it several times");
}

// stale: two officers at one case; the second comes too late and keeps what was written.
async function stale(world) {
  const v = await Visitor.arrive(world, { name: "applicant" });
  await ready(v, "Slow Cheese", "slow@example.net");
  await v.main().getByRole("checkbox").check();
  await v.pressButton("Send application");
  const number = /FBR-\d{4}-\d+/.exec(clean(await v.main().innerText()))[0];
  const one = await official(world, {}, "Tom Adeyemi");
  const two = await official(world, {}, "Tom Adeyemi");
  await findCase(one, number);
  await take(one);
  for (const o of [one, two]) {
    await findCase(o, number);
    await o.press(o.main().getByRole("button", { name: o.named(food.action("ask").title) }));
    await o.field("What do you need from the applicant?").fill(o === one ? "The first question." : "The second question, long thought about.");
  }
  await one.pressButton("Confirm");
  await one.sees("Done. What happened is in the timeline.");
  await two.pressButton("Confirm");
  same(two.status, 409, "the status of a form that came too late");
  same(await two.field("What do you need from the applicant?").inputValue(), "The second question, long thought about.", "what was written");
  await findCase(one, number);
  ok(!(await one.reads("The second question")), "the second question was asked as well");
}

// foreign: what is not yours answers exactly as what does not exist.
async function foreign(world) {
  const noor = await Visitor.arrive(world, { name: "Noor" });
  await ready(noor, "Private Bakery", "owner@example.net");
  const draft = noor.path().split("/")[2];
  await noor.main().getByRole("checkbox").check();
  const other = await Visitor.arrive(world, { name: "somebody else" });
  await other.signIn("Peter Holm");
  const unknown = "0".repeat(draft.length);
  const address = async (v, path) => {
    const r = await v.context.request.get(path, { maxRedirects: 0 });
    const body = (await r.text()).replaceAll(/<bdi>[a-z0-9]{16}<\/bdi>/g, "").replaceAll(path.split("/")[path.startsWith("/apply") ? 2 : 3], "ID").replaceAll(/%2F[0-9a-z]{20,}/g, "%2FID");
    return { status: r.status(), body };
  };
  const alike = async (what, mine, none) => {
    const [a, b] = [await address(other, mine), await address(other, none)];
    same(a.status, 404, what);
    same(a, b, `${what} and one that does not exist`);
  };
  for (const tail of ["", "/place", "/check", "/done", "/save"]) await alike(`somebody’s draft${tail}`, `/apply/${draft}${tail}`, `/apply/${unknown}${tail}`);
  await noor.pressButton("Send application");
  const number = /FBR-\d{4}-\d+/.exec(clean(await noor.main().innerText()))[0];
  await openCase(noor, "owner@example.net", number);
  const id = noor.path().split("/").pop();
  for (const tail of ["", "/do/withdraw", "/letters/1", "/files/1"]) await alike(`somebody’s case${tail}`, `/account/cases/${id}${tail}`, `/account/cases/${unknown}${tail}`);
  await noor.go("/registers/food-businesses");
  const own = await (await other.context.request.get("/account")).text();
  const held = await heldBySomebody(world, own);
  for (const tail of ["", "/pdf", "/certificate"]) await alike(`somebody’s licence${tail}`, `/account/licences/${held}${tail}`, `/account/licences/${unknown}${tail}`);
  for (const path of ["/desk", "/desk/cases", `/desk/cases/${id}`]) {
    const r = await other.context.request.get(path, { maxRedirects: 0 });
    ok([403, 404].includes(r.status()), `a resident at ${path}: ${r.status()}`);
  }
  const police = await official(world, {}, "Rachel Stone");
  for (const path of [`/desk/cases/${id}`, `/desk/cases/${unknown}`]) same((await police.context.request.get(path)).status(), 404, `the police at ${path}`);
}

// heldBySomebody is the id of a licence that the sample has issued to one of its people, and not to the
// one whose account page this is: who gets which is drawn when the demo starts.
async function heldBySomebody(world, own) {
  const v = await Visitor.arrive(world, { name: "reader of a register" });
  for (const register of ["food-businesses", "temporary-events", "premises-licences"]) {
    await v.go(`/registers/${register}`);
    const records = v.main().getByRole("table").getByRole("row").getByRole("link");
    for (let i = Math.min(await records.count(), 6) - 1; i >= 0; i--) {
      await v.press(records.nth(i));
      const link = v.main().getByRole("link", { name: "Verification page" });
      const id = await link.count() ? (await link.getAttribute("href")).split("/").pop() : "";
      if (id && !own.includes(id)) return id;
      await v.go(`/registers/${register}`);
    }
  }
  ok(false, "the sample has issued nothing");
}

// files: too large, empty, cut off; what stood beside them is kept.
async function files(world) {
  const v = await Visitor.arrive(world, { name: "with large files" });
  await openDraft(v, food, start);
  await v.go(`/apply/${v.path().split("/")[2]}/documents`);
  const whole = pdf("menu");
  for (const bad of [large(11), large(27), { ...whole, buffer: whole.buffer.subarray(0, 120) }, { ...whole, buffer: whole.buffer.subarray(0, 0) }, { ...whole, name: "menu.png", mimeType: "image/png" }]) {
    const right = bad.name === "menu.png"; // a PDF by any other name is taken for what it is, or refused
    await answers(v, food, { menu: bad, plan: pdf("kitchen") });
    if (right) { await v.pressButton("Save and continue"); continue; }
    await refused(v, food, { wrong: 1 });
    ok((await summary(v))[0].length > 15, "a file is refused without a reason");
    ok(await v.reads("kitchen.pdf"), "the good file beside a bad one was lost");
  }
}

// codes: a wrong code is refused, and after some tries the right one too.
async function codes(world) {
  const v = await Visitor.arrive(world, { name: "guesser" });
  await v.go("/sign-in");
  await v.field("Email address").fill("no address");
  await v.pressButton("Send the code");
  same(v.status, 422, "an address that is none");
  same(await v.field("Email address").inputValue(), "no address", "what was typed");
  await v.field("Email address").fill("sam@example.com");
  await v.pressButton("Send the code");
  const right = await eventually("a code", async () => {
    const r = await (await v.context.request.get("/demo/mailbox")).text();
    return /Your code is[^0-9]*(\d{6})/.exec(r)?.[1];
  });
  const wrong = right === "123456" ? "654321" : "123456";
  for (let i = 0; i < 6; i++) {
    await v.field("Code").fill(wrong);
    await v.pressButton("Sign in");
    same(v.status, 422, `wrong code ${i + 1}`);
  }
  await v.field("Code").fill(right);
  await v.main().getByRole("button", { name: "Sign in" }).click();
  await v.look();
  ok(v.path() !== "/account", "the right code works after six wrong ones");
}

export default [
  { name: "trouble: sent twice by a double click, back and again", run: (w) => twice(w, true) },
  { name: "trouble: sent twice without scripts", run: (w) => twice(w, false) },
  { name: "trouble: two officers at one case", run: stale },
  { name: "trouble: what belongs to others does not exist", run: foreign },
  { name: "trouble: files that are too large, cut off or empty", run: files },
  { name: "trouble: wrong codes", run: codes },
];
