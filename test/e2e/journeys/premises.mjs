// A premises licence, asked of eight authorities and the public for 28 days: granted with conditions and
// suspended; refused by two people after an objection; handed on from its public record.
import { addItem, checkFirst, fillIn, findService, mail, send } from "../apply.mjs";
import { answers, refused } from "../answers.mjs";
import { ok, same } from "../check.mjs";
import { act, actOnLicence, approve, findCase, official, reply, take } from "../desk.mjs";
import { pdf, text } from "../files.mjs";
import { ofItsOwn } from "../demo.mjs";
import { answerOffice, licence, openCase, stranger, verified } from "../follow.mjs";
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

async function apply(v, email, person) {
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
  return send(v, premises, ["The Bridge", "Mill Lane Taverns Ltd", "plan.pdf", "190"], person);
}

// comment is what a neighbour says about the application, who is not signed in.
async function comment(world, profile, number) {
  const n = await Visitor.arrive(world, { ...profile, name: "neighbour" });
  await n.go("/notices");
  await n.press(n.line(number).getByRole("link").first());
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

// letPass lets days pass in the demo, as its visitors can.
async function letPass(world, profile, ...weeks) {
  const v = await Visitor.arrive(world, { ...profile, name: "clock" });
  for (const days of weeks) {
    await v.go("/demo");
    await v.press(v.main().getByRole("button", { name: new RegExp(`(^|\\D)${days}(\\D|$)`) }));
    ok(await v.main().getByRole("alert").or(v.main().getByRole("region")).count(), "nothing says that time has passed");
  }
  await v.leave();
}

async function applied(world, profile, [email, person], says) {
  const v = await Visitor.arrive(world, { ...profile, name: "applicant" });
  const number = await apply(v, email, person);
  await mail(v, email, premises.file.letters.received.title);
  if (says) await comment(world, profile, number);
  await reply(await official(world, profile, "Daniel Fry"), number, "comment", "Keep the back door clear.");
  const priya = await official(world, profile, "Priya Nair");
  await findCase(priya, number);
  await take(priya);
  await priya.sees({ en: "Keep the back door clear.", ar: "Keep the back door clear." });
  if (says) {
    await priya.sees({ en: says, ar: says });
    await priya.press(priya.main().getByRole("button", { name: new RegExp("^" + priya.t("Set aside")) }).first());
    await priya.press(priya.main().getByRole("button", { name: new RegExp("^" + priya.t("It counts")) }).first());
  }
  await openCase(v, email, number);
  await v.sees(premises.state("comments").title);
  await letPass(world, profile, 28, 7);
  v.signedIn = false; // a session does not last so long
  return { v, number };
}

// inTime: nobody objects in 28 days. The office asks, is answered, and grants with conditions.
async function inTime(world, profile) {
  const email = "ada@example.com";
  const { v, number } = await applied(world, profile, [email, "Ada Marsh"]);
  const priya = await official(world, profile, "Priya Nair");
  await findCase(priya, number);
  await priya.sees(premises.state("must-grant").title);
  const asked = "Who holds the keys at night?";
  await act(priya, premises, "ask", { needs: true, text: asked });
  await mail(v, email, premises.file.letters.question.title);
  await openCase(v, email, number);
  await answerOffice(v, premises, asked, "Ada Marsh herself.");
  await findCase(priya, number);
  await priya.sees({ en: "Ada Marsh herself." });
  await act(priya, premises, "grant", { conditions: ["promises", "door-staff"], own: "No drinks outside after 22:00." });
  await openCase(v, email, number);
  await v.sees(premises.state("granted").title);
  await v.sees({ en: "No drinks outside after 22:00." });
  await v.sees(premises.action("grant").conditions[3].text);
  const held = await licence(v);
  const seen = await stranger(world, profile, held.verify, held.number, "Genuine, and in force today");
  ok(!(await seen.reads("Mill Lane Taverns")), "a stranger sees who holds the licence");
  await actOnLicence(priya, premises, held.number, "suspend", "The annual fee is three months late.");
  await verified(seen, held.number, "Genuine, but suspended: it may not be used today");
  await actOnLicence(priya, premises, held.number, "reinstate");
  await verified(seen, held.number, "Genuine, and in force today");
}

// objectedTo: a neighbour comments, there is a hearing, and two people refuse.
async function objectedTo(world, profile) {
  const email = "sam@example.com";
  const { v, number } = await applied(world, profile, [email, "Sam Whitfield"], "The music can be heard in our bedrooms.");
  const priya = await official(world, profile, "Priya Nair");
  await findCase(priya, number);
  await priya.sees(premises.state("hearing").title);
  await act(priya, premises, "refuse", { needs: true, reasons: ["nuisance"], reason: "The windows cannot be closed.", proposes: true });
  await approve(await official(world, profile, "Margaret Ellis"), number);
  await openCase(v, email, number);
  await v.sees(premises.state("refused").title);
  await v.sees({ en: "The windows cannot be closed.", ar: "The windows cannot be closed." });
  await v.sees(premises.action("refuse").standard[2].text);
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
  return send(v, premises, [person, "23"], person);
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

// handedOn: a transfer to which the police object, granted after the hearing.
async function handedOn(world, profile) {
  const v = await Visitor.arrive(world, { ...profile, name: "buyer" });
  const email = "grace@example.com";
  const number = await transfer(v, email, "Grace Lin");
  const priya = await objected(world, profile, number);
  await act(priya, premises, "grant-after-hearing", { needs: true, reasons: ["with-conditions"], conditions: ["supervisor"] });
  await openCase(v, email, number);
  await v.sees(premises.state("granted").title);
  const held = await licence(v);
  const seen = await stranger(world, profile, held.verify, held.number, "Genuine, and in force today");
  ok(!(await seen.reads("Grace Lin")), "a stranger sees the holder’s name");
}

export default [
  { name: "premises: scripts, English, 360 px", weight: 12, run: (w) => ofItsOwn(w, (mine) => inTime(mine, { js: true, lang: "en", width: 360 })) },
  { name: "premises: no scripts, Arabic, 1280 px", weight: 11, run: (w) => ofItsOwn(w, (mine) => objectedTo(mine, { js: false, lang: "ar", width: 1280 })) },
  { name: "premises, transferred: no scripts, English, 1280 px", weight: 6, run: (w) => handedOn(w, { js: false, lang: "en", width: 1280 }) },
];
