// Acting for another: a helper from the offer to its end, a company with two directors and its accountant, a parent, and an
// officer who fills in a form with somebody. Both names stand on everything, and what ends ends at once.
import { mail } from "../apply.mjs";
import { answers, next } from "../answers.mjs";
import { ok, same } from "../check.mjs";
import { ofItsOwn } from "../demo.mjs";
import { findCase, official } from "../desk.mjs";
import { greenvale } from "../words.mjs";
import { clean, Visitor } from "../visitor.mjs";

const ask = greenvale.services["question-to-the-council"];

const resident = async (world, profile, name) => (await Visitor.arrive(world, { ...profile, name })).signIn(name);
const acts = (v, name) => v.sees(v.t("You are acting for {name}.", { name }));
const bothNames = (v, name, other) => v.t("{name}, for {other}", { name, other });

async function seesBoth(v, name, other) {
  ok(clean(await v.page.locator("body").innerText()).includes(clean(bothNames(v, name, other))), `the page does not say “${bothNames(v, name, other)}” (${v.path()})`);
}

// sends asks the council a question for whom the visitor acts, and returns its number.
async function sends(v, question, name, email) {
  await v.go(`/services/${ask.id}`);
  await v.pressButton("Start now");
  while (/\/apply\/[^/]+$/.test(v.path())) await v.pressButton("Continue");
  await answers(v, ask, { conversation: question });
  await next(v);
  await answers(v, ask, { full_name: name, email });
  await next(v);
  if (ask.file.declaration) await v.main().getByRole("checkbox").check();
  await v.pressButton("Send application");
  ok(v.path().endsWith("/done"), `at ${v.path()} after sending`);
  const number = /[A-Z]{2,4}-\d{4}-\d+/.exec(clean(await v.main().innerText()))?.[0];
  ok(number, "the confirmation has no number");
  return number;
}

async function helper(world, profile) {
  const sam = await resident(world, profile, "Sam Whitfield");
  await sam.go("/account/acting");
  await sam.press(sam.main().getByRole("button", { name: sam.t("Let somebody act") }));
  await sam.pressButton("Send the offer");
  same(sam.status, 422, "an empty offer");
  await sam.field("Their name").fill("Grace Lin");
  await sam.field("Their email address").fill("grace@example.com");
  await sam.main().locator("[name=kind][value=helper]").check();
  await sam.main().locator("[name=scope][value=question-to-the-council]").check();
  await sam.main().locator("[name=months][value='3']").check();
  await sam.main().locator("[name=messages][value=both]").check();
  await sam.pressButton("Send the offer");
  await sam.sees("We have written to them. It holds once they have accepted it.");

  const grace = await resident(world, profile, "Grace Lin");
  await mail(grace, "grace@example.com");
  await grace.go("/account/acting");
  await grace.follow("Look at it and answer");
  await grace.pressButton("Accept");
  await grace.sees("You have accepted. You can act for them now.");
  await grace.pressButton("Act for {name}", { name: "Sam Whitfield" });
  await acts(grace, "Sam Whitfield");
  const number = await sends(grace, "When is the library open?", "Sam Whitfield", "sam@example.com");
  await grace.go("/account/looks");
  same(grace.status, 403, "what is not for a helper");
  await grace.go("/account");
  await acts(grace, "Sam Whitfield");
  await grace.press(grace.main().getByRole("link").filter({ hasText: "?" }).or(grace.main().locator('a[href^="/account/cases/"]')).first());
  await seesBoth(grace, "Grace Lin", "Sam Whitfield");
  const address = grace.path();

  const leila = await official(world, profile, "Leila Brook");
  await findCase(leila, number);
  await seesBoth(leila, "Grace Lin", "Sam Whitfield");

  await sam.go("/account/acting");
  ok(await sam.reads(number), "what was done for Sam is not listed");
  await sam.go("/account/looks");
  ok(await sam.reads("Grace Lin"), "that Grace looked at the case is not listed");
  await sam.go("/account/acting");
  await sam.press(sam.main().locator("button[value=end]").first());
  await sam.sees("Ended. Nobody can act under it any more.");
  await grace.go(address);
  same(grace.status, 404, "after the end the case is still there");
  await grace.sees(grace.t("You can no longer act for {name}. It has ended.", { name: "Sam Whitfield" }));
  await grace.pressButton("Go back to acting for myself");
  ok(await grace.reads("grace@example.com"), "there is no way back");
}

async function company(world, profile) {
  const firm = "Mill Lane Brewing Ltd";
  const tessa = await resident(world, profile, "Tessa Quill");
  await tessa.go("/account/acting");
  await tessa.pressButton("Act for {name}", { name: firm });
  await acts(tessa, firm);
  const number = await sends(tessa, "Where do we put our bins?", firm, "tessa@example.com");
  const ravi = await resident(world, profile, "Ravi Menon");
  await ravi.go("/account/acting");
  await ravi.pressButton("Act for {name}", { name: firm });
  await ravi.press(ravi.main().locator('a[href^="/account/cases/"]').first());
  ok((await ravi.page.locator("body").innerText()).includes(number), "the other director does not see the case");
  await seesBoth(ravi, "Tessa Quill", firm);

  // The accountant of the Bell and Anchor opens its levy, and nothing else of its owner.
  const imani = await resident(world, profile, "Imani Cole");
  await imani.go("/account/acting");
  await imani.pressButton("Act for {name}", { name: "Ada Marsh" });
  await acts(imani, "Ada Marsh");
  await imani.go("/account/taxes");
  await imani.press(imani.main().getByRole("link").filter({ hasText: /^Bell and Anchor$/ }));
  await imani.press(imani.main().locator('a[href*="/declare/"]').first());
  for (const [name, value] of Object.entries({ charges: "10000", nights: "110", long_stays: "0", exempt_stays: "1200" })) await imani.main().locator(`input[name="${name}"]`).fill(value);
  await imani.pressButton("Save and continue");
  for (const box of await imani.main().getByRole("checkbox").all()) await box.check();
  await imani.press(imani.main().getByRole("button").filter({ hasText: imani.t("Send") }).first());
  ok(imani.path().endsWith("/done"), `after a declaration at ${imani.path()}`);
  await imani.go("/account/records");
  same(imani.status, 403, "the accountant at the records of the owner");
  const ada = await resident(world, profile, "Ada Marsh");
  await ada.go("/account/acting");
  ok(await ada.reads("Imani Cole"), "Ada does not see what her accountant did");

  const noor = await resident(world, profile, "Noor Haddad");
  await noor.go("/account/acting");
  await noor.pressButton("Act for {name}", { name: "Sami Haddad" });
  await acts(noor, "Sami Haddad");
}

async function assisted(world, profile) {
  const leila = await official(world, profile, "Leila Brook");
  await leila.go("/desk/assist");
  await leila.pressButton("Begin the form");
  same(leila.status, 422, "a form without a person and without consent");
  await leila.main().locator("[name=service]").selectOption("question-to-the-council");
  await leila.main().locator("[name=name]").fill("Walter Finch");
  await leila.main().locator("[name=email]").fill("walter@example.com");
  await leila.main().locator("[name=consent]").fill("He asked me to type for him.");
  await leila.pressButton("Begin the form");
  await leila.sees(leila.t("You are helping {name} with a form.", { name: "Walter Finch" }));
  while (/\/apply\/[^/]+$/.test(leila.path())) await leila.pressButton("Continue");
  await answers(leila, ask, { conversation: "When does the bus pass come?" });
  await next(leila);
  await next(leila); // what the officer typed at the beginning stands there
  if (ask.file.declaration) await leila.main().getByRole("checkbox").check();
  await leila.pressButton("Send application");
  const number = /[A-Z]{2,4}-\d{4}-\d+/.exec(clean(await leila.main().innerText()))?.[0];
  await leila.go("/desk");
  same(leila.status, 403, "while helping there is no desk");
  await leila.pressButton("Finish helping");
  same(leila.path(), "/desk/assist", "after helping at");

  const walter = await resident(world, profile, "Walter Finch");
  const text = await mail(walter, "walter@example.com");
  ok(text.includes("Walter Finch") || text.includes(number), "no message of what was done");
  await walter.go("/account/acting");
  ok(await walter.reads(number), "what was done is not listed");
  await walter.follow("This is not right");
  await walter.pressButton("Send");
  same(walter.status, 422, "an objection without words");
  await walter.main().getByRole("textbox").fill("I asked for something else.");
  await walter.pressButton("Send");
  await walter.sees("We have noted it. Where it is about a case, the office has it as a message from you. Nobody can act for you under this any more.");
}

export default [
  { name: "mandate: a helper from the offer to the end, no scripts, English, 360 px", run: (w) => ofItsOwn(w, (x) => helper(x, { js: false, lang: "en", width: 360 })) },
  { name: "mandate: a helper from the offer to the end, scripts, Arabic, 1280 px", run: (w) => ofItsOwn(w, (x) => helper(x, { js: true, lang: "ar", width: 1280 })) },
  { name: "mandate: a company with two directors, an accountant, a parent, scripts, English, 1280 px", run: (w) => ofItsOwn(w, (x) => company(x, { js: true, lang: "en", width: 1280 })) },
  { name: "mandate: an officer helps with a form, no scripts, Arabic, 360 px", run: (w) => ofItsOwn(w, (x) => assisted(x, { js: false, lang: "ar", width: 360 })) },
];
