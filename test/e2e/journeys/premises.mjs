// A premises licence: an application with eight authorities and the public, and a licence that changes
// hands after an objection: granted with conditions, refused by two people, suspended.
import { addItem, checkFirst, fillIn, findService, mail, send } from "../apply.mjs";
import { answers, refused } from "../answers.mjs";
import { ok, same } from "../check.mjs";
import { act, actOnLicence, approve, findCase, official, reply, take } from "../desk.mjs";
import { pdf, text } from "../files.mjs";
import { licence, openCase, stranger, verified } from "../follow.mjs";
import { greenvale } from "../words.mjs";
import { Visitor } from "../visitor.mjs";

const premises = greenvale.services["premises-licence"];
const steps = { steps_crime: "Cameras at both doors.", steps_safety: "A fire drill each month.", steps_nuisance: "Windows are closed after 22:00.", steps_children: "We ask for proof of age." };
const company = { company_name: "Mill Lane Taverns Ltd", company_number: "01234567", company_address: { line1: "8 Bridge Street", town: "Greenvale", postcode: "GV1 2BB" } };

// times is a group within a group: each activity has its days and hours.
const times = (activity, days, from, to) => async (v) => {
  await answers(v, premises, { activity });
  await addItem(v, premises, "sessions", { session_days: days, session_from: from, session_to: to });
};

const hours = { public_days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], public_from: "10:00", public_to: "00:30" };

async function apply(v, email) {
  await findService(v, premises, { en: "pub licence", ar: "حانة" });
  await checkFirst(v, premises, { empty: 2, no: { in_greenvale: false, applicant_kind: "company" }, fit: { in_greenvale: true, applicant_kind: "company" } });
  await fillIn(v, premises, [
    { page: "place", empty: 2, steps: [{ place: { find: "bridge inn", choose: "The Old Bridge Inn" }, trading_name: "The Bridge" }] },
    { page: "activities", empty: 5, steps: [
      { activities: ["alcohol", "live_music"], limited: false, large: false },
    ].map((list) => async () => {
      await answers(v, premises, list);
      await addItem(v, premises, "activity_times", times("alcohol", ["mon", "fri"], "11:00", "23:00"));
      await addItem(v, premises, "activity_times", times("live_music", ["sat"], "19:00", "23:30"));
      await addItem(v, premises, "public_hours", hours);
      await answers(v, premises, { alcohol_where: "both" });
    }) },
    { page: "promises", empty: 4, steps: [steps] },
    { page: "supervisor", empty: 4, steps: [{ supervisor_name: "Ada Marsh", supervisor_licence: "GV/PL/0042", supervisor_council: "Greenvale", supervisor_consent: pdf("consent") }] },
    { page: "applicant", empty: 6, wrong: { answers: { ...company, company_number: "1234", contact_name: "Ada Marsh", contact_email: email, contact_phone: "07700 900103" }, errors: 1, kept: { company_number: "1234", contact_name: "Ada Marsh" } },
      steps: [{ company_number: "01234567" }] },
    { page: "documents", empty: 1, steps: [async () => {
      await answers(v, premises, { plan: text });
      await refused(v, premises, { wrong: 1 });
      await answers(v, premises, { plan: pdf("plan") });
    }] },
  ]);
  return send(v, premises, ["The Bridge", "Mill Lane Taverns Ltd", "plan.pdf", "190"]);
}

// comment is what a neighbour says about the application, who is not signed in.
async function comment(world, profile, number) {
  const n = await Visitor.arrive(world, { ...profile, name: "neighbour" });
  await n.go("/notices");
  await n.press(n.main().getByRole("row").filter({ hasText: number }).getByRole("link"));
  await n.sees({ en: "The Bridge" });
  ok(!(await n.reads("07700 900103")), "a public notice shows a telephone number");
  await n.pressButton("Comment on this application");
  await n.pressButton("Send comment");
  same(n.status, 422, "a comment that says nothing");
  await n.field("Your name").fill("Peter Holm");
  await n.field("Your email address").fill("peter@example.com");
  await n.main().getByRole("radio", { name: n.of(premises.file.notice.grounds[2].text), exact: true }).check();
  await n.field("Your comment").fill("The music can be heard in our bedrooms.");
  await n.pressButton("Send comment");
  await n.sees("Thank you for your comment");
}

async function application(world, profile) {
  const v = await Visitor.arrive(world, { ...profile, name: "applicant" });
  const email = "ada.m@example.net";
  const number = await apply(v, email);
  await mail(v, email, premises.file.letters.received.title);
  await comment(world, profile, number);
  await reply(await official(world, profile, "Daniel Fry"), number, "comment", "Keep the back door clear.");
  const priya = await official(world, profile, "Priya Nair");
  await findCase(priya, number);
  await take(priya);
  await priya.sees({ en: "The music can be heard in our bedrooms." });
  await priya.sees({ en: "Keep the back door clear." });
  await priya.press(priya.main().getByRole("button", { name: new RegExp("^" + priya.t("It counts")) }).first());
  await openCase(v, email, number);
  await v.sees(premises.state("comments").title);
}

// transfer begins from the public record of a licence that the sample holds.
async function transfer(v, email, person) {
  await v.go("/registers/premises-licences");
  const records = v.main().getByRole("table").getByRole("row").filter({ hasText: /PL-\d{4}-\d+/ });
  const variant = premises.variant("transfer");
  for (let i = 0; ; i++) {
    ok(i < await records.count(), "no licence of the register can be transferred");
    await v.press(records.nth(i).getByRole("link").first());
    if (await v.button(variant.title).count()) break;
    await v.go("/registers/premises-licences");
  }
  await v.pressButton(variant.title);
  if (!/before-you-start$/.test(v.path())) await v.pressButton("Continue");
  await fillIn(v, premises, [
    { page: "before-you-start", empty: 2, steps: [{ in_greenvale: true, applicant_kind: "person" }, { adult: true }] },
    { page: "applicant", empty: 6, steps: [{ person_name: person, date_of_birth: "1985-07-01", right_to_work: pdf("passport"), contact_name: person, contact_email: email, contact_phone: "07700 900105" }] },
    { page: "documents", empty: 1, steps: [{ consent_efforts: "Two letters without an answer." }] },
  ]);
  return send(v, premises, [person, "23"]);
}

// objected brings a transfer to a hearing: the police have 14 days, and object at once.
async function objected(world, profile, number) {
  await reply(await official(world, profile, "Rachel Stone"), number, "objection", "The applicant was convicted of selling to children.");
  const priya = await official(world, profile, "Priya Nair");
  await findCase(priya, number);
  await priya.sees(premises.state("hearing").title);
  await take(priya);
  return priya;
}

async function granted(world, profile) {
  await application(world, profile);
  const v = await Visitor.arrive(world, { ...profile, name: "buyer" });
  const email = "grace.l@example.net";
  const number = await transfer(v, email, "Grace Lind");
  const priya = await objected(world, profile, number);
  await act(priya, premises, "grant-after-hearing", { needs: true, reasons: ["with-conditions"], conditions: ["promises", "door-staff"], own: "No drinks outside after 22:00." });
  await openCase(v, email, number);
  await v.sees(premises.state("granted").title);
  await v.sees({ en: "No drinks outside after 22:00." });
  await v.sees(premises.action("grant-after-hearing").conditions[3].text);
  const held = await licence(v);
  const seen = await stranger(world, profile, held.verify, held.number, "Genuine, and in force today");
  ok(!(await seen.reads("Grace Lind")), "a stranger sees the holder’s name");
  await actOnLicence(priya, premises, held.number, "suspend", "The annual fee is three months late.");
  await verified(seen, held.number, "Genuine, but suspended: it may not be used today");
  await actOnLicence(priya, premises, held.number, "reinstate");
  await verified(seen, held.number, "Genuine, and in force today");
}

async function refusedByTwo(world, profile) {
  const v = await Visitor.arrive(world, { ...profile, name: "buyer" });
  const email = "omar.f@example.net";
  const number = await transfer(v, email, "عمر فاروق");
  const priya = await objected(world, profile, number);
  await act(priya, premises, "refuse", { needs: true, reasons: ["crime"], proposes: true });
  await approve(await official(world, profile, "Margaret Ellis"), number);
  await openCase(v, email, number);
  await v.sees(premises.state("refused").title);
  await v.sees(premises.action("refuse").standard[0].text);
}

export default [
  { name: "premises: scripts, English, 360 px", weight: 12, run: (w) => granted(w, { js: true, lang: "en", width: 360 }) },
  { name: "premises: no scripts, Arabic, 1280 px", weight: 8, run: (w) => refusedByTwo(w, { js: false, lang: "ar", width: 1280 }) },
];
