// A temporary event: nobody objects and it may go ahead; the police object and it may not.
import { addItem, change, checkFirst, elsewhere, fillIn, findService, mail, send } from "../apply.mjs";
import { answers } from "../answers.mjs";
import { ok, same } from "../check.mjs";
import { day } from "../days.mjs";
import { act, approve, findCase, official, reply, take, write } from "../desk.mjs";
import { licence, openCase, paper, stranger, verified, write as writeBack } from "../follow.mjs";
import { greenvale } from "../words.mjs";
import { Visitor } from "../visitor.mjs";

const event = greenvale.services["temporary-event-notice"];
const begins = { adult: true, start_date: day(40), most_people: 120 };
const user = (name, email) => ({ full_name: name, date_of_birth: "1984-05-17", home_address: { line1: "2 Mill Lane", town: "Greenvale", postcode: "GV1 3CA" },
  email, phone: "07700 900144", personal_licence: false });

async function begin(v) {
  await findService(v, event, { en: "disco party", ar: "حفلة" });
  await checkFirst(v, event, { empty: 3, no: { ...begins, adult: false }, fit: begins });
}

// saved saves for later, finds the code in the mailbox, and goes on in another browser.
async function saved(world, profile, v, email) {
  await v.pressButton("Save for later");
  await v.pressButton("Send the code");
  same(v.status, 422, "saving without an address");
  await v.field("Email address").fill(email);
  await v.pressButton("Send the code");
  await v.sees("Your answers are saved");
  const { text, link } = await elsewhere(v, async () => ({
    text: await mail(v, email), link: await v.main().getByRole("link", { name: /\/resume\// }).first().getAttribute("href") }));
  const other = await Visitor.arrive(world, { ...profile, name: "other device" });
  await other.go(new URL(v.path(), world.url).pathname);
  same(other.status, 404, "an application in a browser that does not hold it");
  await other.go(new URL(link, world.url).pathname);
  await other.field("Code").fill("111111");
  await other.pressButton("Continue");
  ok((await other.page.title()).startsWith(other.t("Error") + ": "), "a wrong code was taken");
  await other.field("Code").fill(/\b\d{6}\b/.exec(text)[0]);
  await other.pressButton("Continue");
  ok(/^\/apply\/[^/]+$/.test(other.path()), `a saved application goes on at ${other.path()}`);
  return other;
}

async function goesAhead(world, profile) {
  const first = await Visitor.arrive(world, { ...profile, name: "host" });
  const email = "layla@example.net";
  await begin(first);
  await fillIn(first, event, [
    { page: "event", empty: 4, wrong: { answers: { event_name: "حفل موسيقي", start_time: "18:00", end_date: day(39), end_time: "25:99" }, errors: 2, kept: { event_name: "حفل موسيقي", end_time: "25:99" } },
      steps: [{ end_date: day(40), end_time: "23:30" }] },
    { page: "place", empty: 2, steps: [{ place: { find: "Corn Hall", choose: "The Corn Hall" }, place_licensed: false }] },
  ]);
  await answers(first, event, { activities: ["entertainment"], all_the_time: false });
  const v = await saved(world, profile, first, email);
  await v.press(v.main().getByRole("link", { name: v.of(event.page("activities").title), exact: true }));
  await fillIn(v, event, [
    { page: "activities", steps: [async () => { await answers(v, event, { nudity: false }); await addItem(v, event, "times", { time_day: day(40), time_from: "19:00", time_to: "22:00" }); }] },
    { page: "about-you", empty: 6, steps: [user("ليلى حداد", email)] },
    { page: "others", empty: 1, steps: [{ others_gave: true }, { others_notices: 2, others_late: 0, others_near: false }] },
  ]);
  await change(v, event, event.question("most_people").short, { most_people: 130 });
  const number = await send(v, event, ["130", "The Corn Hall"]);
  await mail(v, email, event.file.letters.acknowledgement.title);
  const priya = await official(world, profile, "Priya Nair");
  await findCase(priya, number);
  await take(priya);
  await write(priya, "Who is in charge on the evening?");
  await openCase(v, email, number);
  await v.sees({ ar: "Who is in charge on the evening?", en: "" });
  await writeBack(v, "أنا.");
  await findCase(priya, number);
  await priya.sees({ ar: "أنا.", en: "" });
  await reply(await official(world, profile, "Rachel Stone"), number, "no_objection");
  await reply(await official(world, profile, "Tom Adeyemi"), number, "no_objection");
  await openCase(v, email, number);
  await v.sees(event.state("may-go-ahead").title);
  const held = await licence(v);
  const seen = await stranger(world, profile, held.verify, held.number, "Genuine, but not in force yet");
  await withdraw(v);
  await verified(seen, held.number, "Genuine once, but given up by its holder: it may not be used");
}

// withdraw gives the notice back, by its holder.
async function withdraw(v) {
  const title = event.file.issues.actions[0].title;
  await v.press(v.main().getByRole("link", { name: /TE-\d{4}-\d+/ }).first());
  await v.press(v.button(title));
  await v.pressButton(title);
  await v.sees("Done. The register has been changed.");
}

async function counterNotice(world, profile) {
  const v = await Visitor.arrive(world, { ...profile, name: "host" });
  const email = "ivor@example.net";
  await begin(v);
  await fillIn(v, event, [
    { page: "event", empty: 4, steps: [{ event_name: "Field day", start_time: "12:00", end_date: day(40), end_time: "23:00" }] },
    { page: "place", empty: 2, steps: [{ place: { type: "The meadow behind Orchard Lane" }, place_licensed: false }] },
    { page: "activities", empty: 2, steps: [{ activities: ["alcohol", "entertainment"], all_the_time: true }, { alcohol_where: "on", nudity: false }] },
    { page: "about-you", empty: 6, wrong: { answers: { ...user("Ivor Novak", "ivor@"), date_of_birth: day(-6000) }, errors: 2, kept: { full_name: "Ivor Novak", email: "ivor@", home_address: user().home_address } },
      steps: [user("Ivor Novak", email)] },
    { page: "others", empty: 1, steps: [{ others_gave: false }] },
  ]);
  const number = await send(v, event, ["The meadow behind Orchard Lane", "Ivor Novak"]);
  await reply(await official(world, profile, "Rachel Stone"), number, "objection", "The lane floods and there is one way out.");
  const priya = await official(world, profile, "Priya Nair");
  await findCase(priya, number);
  await priya.sees(event.state("hearing").title);
  await take(priya);
  await act(priya, event, "counter-notice", { needs: true, reasons: ["safety"], reason: "One way out is not enough for 120 people.", proposes: true });
  await findCase(priya, number);
  ok(!(await priya.button("Look at the proposal").count()), "an officer may approve her own proposal");
  await approve(await official(world, profile, "Margaret Ellis"), number);
  await openCase(v, email, number);
  await v.sees(event.state("counter-notice").title);
  await v.sees({ en: "One way out is not enough for 120 people." });
  await v.press(v.main().getByRole("link", { name: new RegExp(v.of(event.file.letters["counter-notice"].title)) }).last());
  await v.sees({ en: "section 105" });
  const [download] = await Promise.all([v.page.waitForEvent("download"), v.link("Download as PDF").click()]);
  paper(await download.path(), "Field day");
}

export default [
  { name: "event: scripts, Arabic, 360 px", weight: 10, run: (w) => goesAhead(w, { js: true, lang: "ar", width: 360 }) },
  { name: "event: no scripts, English, 1280 px", weight: 9, run: (w) => counterNotice(w, { js: false, lang: "en", width: 1280 }) },
];
