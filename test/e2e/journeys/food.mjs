// Registering a food business: from looking for it to the register, and a change of it.
import { addItem, change, changeItem, checkFirst, fillIn, findService, mail, removeItem, send } from "../apply.mjs";
import { answers, next, refused } from "../answers.mjs";
import { ok } from "../check.mjs";
import { day } from "../days.mjs";
import { act, actOnLicence, findCase, official, take } from "../desk.mjs";
import { pdf, png, program, text } from "../files.mjs";
import { answerOffice, licence, openCase, stranger, verified } from "../follow.mjs";
import { greenvale } from "../words.mjs";
import { Visitor } from "../visitor.mjs";

const food = greenvale.services["food-business-registration"];
const start = { in_greenvale: true, food_for_others: true, animal_products_to_trade: false };

async function apply(v, pages, label, expected, email) {
  await findService(v, food, { en: "cafe", ar: "مطعم" });
  await checkFirst(v, food, { empty: 3, no: { ...start, in_greenvale: false }, fit: start });
  await fillIn(v, food, pages);
  await change(v, food, food.question("business_name").short, { business_name: label });
  const number = await send(v, food, [label, ...expected]);
  await mail(v, email, food.file.letters.received.title);
  await v.sees({ en: number, ar: number });
  return number;
}

// wrongFileThen hands in what is no document: refused with a reason, and the page stays.
const wrongFileThen = (file) => async (v) => {
  for (const bad of [text, program]) {
    await answers(v, food, { menu: bad });
    await refused(v, food, { wrong: 1 });
  }
  await answers(v, food, { menu: file });
};

async function partners(v) {
  await addItem(v, food, "partners", { name: "Mina Saleh", responsible: true });
  await addItem(v, food, "partners", { name: "Omar Read", responsible: false });
  await addItem(v, food, "partners", { name: "Nobody", responsible: false });
  await changeItem(v, "Omar Read", food, { name: "Omar Reed" });
  await removeItem(v, "Nobody");
}

// decide: the officer asks, the applicant answers, the business is registered, a stranger sees that it is.
async function decide(world, profile, v, email, number) {
  const tom = await official(world, profile, "Tom Adeyemi");
  await findCase(tom, number);
  await take(tom);
  await act(tom, food, "ask", { needs: true, text: "On which days are you open?" });
  await mail(v, email, food.file.letters.question.title);
  await openCase(v, email, number);
  await answerOffice(v, food, "On which days are you open?", "Monday to Friday.");
  await findCase(tom, number);
  await tom.sees({ en: "Monday to Friday.", ar: "Monday to Friday." });
  await act(tom, food, "register");
  await openCase(v, email, number);
  await v.sees(food.state("registered").title);
  const held = await licence(v);
  return { tom, held, seen: await stranger(world, profile, held.verify, held.number, "Genuine, and in force today") };
}

async function partnership(world, profile) {
  const v = await Visitor.arrive(world, { ...profile, name: "partner" });
  const email = "mina@example.net";
  const number = await apply(v, [
    { page: "place", empty: 2, wrong: { answers: { business_name: "The Fig Tree" }, errors: 1, kept: { business_name: "The Fig Tree" } },
      steps: [{ place_kind: "premises" }, { address: { line1: "4 Hope Street", town: "Greenvale", postcode: "GV2 2BA" } }] },
    { page: "food", empty: 4, wrong: { answers: { activities: ["restaurant"], opening_date: "2027-02-30", seasonal: true, water: "private" }, errors: 1,
      kept: { activities: ["restaurant"], seasonal: true, water: "private", opening_date: "2027-02-30" } },
      steps: [{ opening_date: day(60), open_months: ["m05", "m06"], water_source: "A well in the yard." }] },
    { page: "operator", empty: 1, steps: [{ operator_kind: "partnership" }, partners] },
    { page: "contact", empty: 2, wrong: { answers: { contact_name: "Mina Saleh", contact_email: "mina at example" }, errors: 1,
      kept: { contact_name: "Mina Saleh", contact_email: "mina at example" } }, steps: [{ contact_email: email }] },
    { page: "documents", steps: [wrongFileThen(pdf("menu"))] },
  ], "The Fig Tree Café", ["Mina Saleh", "Omar Reed", "menu.pdf"], email);
  const { tom, held, seen } = await decide(world, profile, v, email, number);
  const second = await vary(v);
  await findCase(tom, second);
  await take(tom);
  await act(tom, food, "register");
  await verified(seen, held.number, "Genuine, and in force today");
  await actOnLicence(tom, food, held.number, "strike-off", "The shop has been empty since May.");
  await verified(seen, held.number, "Genuine once, but given up by its holder: it may not be used");
}

// vary begins a change from the licence: what is known is filled in.
async function vary(v) {
  const change = food.variant("change").title;
  await v.go("/account");
  await v.press(v.main().getByRole("link", { name: /The Fig Tree Café/ }).last());
  await v.pressButton(change);
  await v.sees(change);
  await v.press(v.main().getByRole("link", { name: v.of(food.page("food").title), exact: true }));
  await answers(v, food, { activities: ["restaurant", "online"] });
  await next(v);
  await v.go(v.path().split("/").slice(0, 3).join("/") + "/check");
  ok((await v.main().innerText()).includes("Omar Reed"), "the change does not know the partners");
  return send(v, food, ["The Fig Tree Café"]);
}

async function soleTrader(world, profile) {
  const v = await Visitor.arrive(world, { ...profile, name: "trader" });
  const email = "huda@example.net";
  const number = await apply(v, [
    { page: "place", empty: 2, steps: [{ business_name: "حلويات هدى", place_kind: "home" }, { address: { line1: "9 شارع النهر", town: "غرينفيل", postcode: "GV1 2BD" } }] },
    { page: "food", empty: 4, steps: [{ activities: ["home_kitchen", "online"], opening_date: day(45), seasonal: false, water: "mains" }] },
    { page: "operator", empty: 1, steps: [{ operator_kind: "sole_trader" }, { sole_trader: "هدى منصور" }] },
    { page: "contact", empty: 2, steps: [{ contact_name: "هدى منصور", contact_email: email }] },
    { page: "documents", steps: [wrongFileThen(png("menu"))] },
  ], "حلويات هدى الشرقية", ["هدى منصور", "menu.png"], email);
  const { seen } = await decide(world, profile, v, email, number);
  ok(!(await seen.reads("شارع النهر")), "a stranger sees the address of a home");
}

export default [
  { name: "food: scripts, English, 1280 px", weight: 9, run: (w) => partnership(w, { js: true, lang: "en", width: 1280 }) },
  { name: "food: no scripts, Arabic, 360 px", weight: 9, run: (w) => soleTrader(w, { js: false, lang: "ar", width: 360 }) },
];
