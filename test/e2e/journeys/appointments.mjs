// Appointments: book one, see it, move it, cancel it; an officer sees the day and notes who came; the assistant books by talk.
import { mail } from "../apply.mjs";
import { ok, same } from "../check.mjs";
import { ofItsOwn } from "../demo.mjs";
import { official } from "../desk.mjs";
import { greenvale } from "../words.mjs";
import { clean, Visitor } from "../visitor.mjs";

const registrar = greenvale.read("appointments/registrar.yaml");
const birth = registrar.for.find((x) => x.id === "birth");

const resident = async (world, profile, name) => (await Visitor.arrive(world, { ...profile, name })).signIn(name);

// chosen are the links that choose a time.
const chosen = (v) => v.main().locator('a[href*="at="]');

// books goes from the list to the confirmation.
async function books(v) {
  await v.go("/appointments");
  await v.follow(registrar.title);
  await v.sees(registrar.place[0]);
  await v.press(v.main().locator('a[href*="for=birth"]'));
  await v.press(v.main().locator('a[href*="people=2"]'));
  await v.sees("The next free times");
  await v.press(v.main().locator('a[href*="day="]').first());
  await v.shot(`appointments times ${v.lang} ${v.width}`);
  await v.press(chosen(v).last());
  await v.sees("Check and book your appointment");
  await v.sees(birth.bring[0]);
  await v.pressButton("Book this time");
  await v.sees("Your appointment is booked. We have written to you.");
}

async function own(world, profile) {
  const v = await resident(world, profile, "Walter Finch");
  await books(v);
  const here = v.path();
  const file = await v.context.request.get(`${here}/calendar.ics`);
  ok((await file.text()).startsWith("BEGIN:VCALENDAR"), "the file for a calendar is none");

  await v.go("/account/appointments");
  await v.follow(birth.title);
  same(v.path(), here, "the list leads to");
  await v.press(v.button("Move it to another time").or(v.link("Move it to another time")).first());
  await v.press(chosen(v).nth(1));
  await v.sees("From now on");
  await v.pressButton("Move it to this time");
  await v.sees("Your appointment has moved. We have written to you.");
  await v.main().locator("summary", { hasText: v.t("Cancel this appointment") }).click();
  await v.pressButton("Cancel the appointment");
  await v.sees("Your appointment is cancelled. The time is free for others.");
  ok(!(await chosen(v).count()) && !(await v.link("Move it to another time").count()), "what is cancelled can be moved");
  await v.go("/account/appointments");
  await v.sees("You have no appointment.");
  ok((await mail(v, "walter@example.com")).includes(clean(v.of(birth.title))) || v.lang === "ar", "nobody has written");
}

// line is somebody in the list of a day.
const line = (o, name) => o.main().getByRole("row").filter({ hasText: name });

async function counter(world, profile) {
  const o = await official(world, profile, "Ruth Calder");
  await o.go("/desk/appointments");
  same(o.path(), "/desk/appointments/registrar", "the only counter is at");
  for (let n = 0; !(await o.main().locator("tbody tr").count()); n++) { // a weekend
    ok(n < 7, "in a week nobody has an appointment");
    await o.follow("The day after");
  }
  await o.shot(`appointments desk ${o.lang} ${o.width}`);

  // Somebody rings up; the day is closed; it opens again, and a time is left.
  await o.go("/desk/appointments/registrar?day=" + next(3));
  while (!(await o.main().locator("tbody tr").count())) await o.follow("The day after");
  await o.press(o.button("Book for somebody").or(o.link("Book for somebody")).first());
  await o.pressButton("Book this time");
  same(o.status, 422, "a booking without a time and a name");
  await o.main().getByRole("radio").last().check();
  await o.field("Their name").fill("Agnes Pell");
  await o.field("Their email address (optional)").fill("agnes@example.com");
  await o.pressButton("Book this time");
  ok(await line(o, "Agnes Pell").count(), "who was booked is not on the list of the day");
  const day = new URL(o.page.url()).searchParams.get("day");

  // The day comes.
  await pass(world, profile, day);
  const then = await official(world, profile, "Ruth Calder");
  await then.go(`/desk/appointments/registrar?day=${day}`);
  const note = (what) => line(then, "Agnes Pell").getByRole("button", { name: new RegExp("^" + then.t(what)) });
  await then.press(note("Did not come"));
  await then.press(note("Came"));
  ok(!(await note("Came").count()) && await note("Did not come").count(), "who came is not noted, or it cannot be put right");

  // A day is closed, and opened again.
  await then.follow("The day after");
  await then.press(then.button("Close this day, or a counter").or(then.link("Close this day, or a counter")).first());
  await then.pressButton("Close it and tell them");
  same(then.status, 422, "closed without a reason");
  await then.main().locator("[name=reason]").fill("The heating does not work.");
  await then.pressButton("Close it and tell them");
  ok(await then.reads("The heating does not work."), "nothing says that the day is closed");
  await then.pressButton("Open it again");
  ok(!(await then.reads("The heating does not work.")), "the day is closed still");
}

const next = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);

// pass lets time pass until a day has come, as visitors of the demo can.
async function pass(world, profile, day) {
  const v = await Visitor.arrive(world, { ...profile, name: "clock" });
  for (let n = next(0); n < day; n = new Date(Date.parse(n) + 86_400_000).toISOString().slice(0, 10)) {
    await v.go("/demo");
    await v.press(v.main().locator("button[name=days][value='1']"));
  }
  await v.leave();
}

const said = { en: "I want an appointment to register a birth", ar: registrar.asked[0].ask.ar };

async function talk(world, profile) {
  const v = await resident(world, profile, "Peter Holm");
  await v.go("/ask");
  await v.main().getByLabel(v.t("Your question"), { exact: true }).fill(said[v.lang]);
  await v.pressButton("Ask");
  const answers = () => v.page.locator(".stoa-message").last();
  await v.press(answers().getByRole("button").nth(1)); // two people
  await v.press(answers().getByRole("button").first()); // the first time
  await v.sees("Shall I book this time for you?");
  await v.sees(registrar.place[0]);
  await v.shot(`appointments talk ${v.lang} ${v.width}`);
  await v.press(v.button("Yes").last());
  await v.go("/account/appointments");
  await v.follow(birth.title);
  await v.go("/ask");
  await v.main().getByRole("textbox").last().fill({ en: "Cancel my appointment", ar: "إلغاء موعدي" }[v.lang]);
  await v.pressButton("Ask");
  await v.sees("Do you want to cancel this appointment?");
  await v.press(v.button("Yes").last());
  await v.go("/account/appointments");
  await v.sees("You have no appointment.");
}

const phone = { js: false, lang: "en", width: 360 }, wide = { js: true, lang: "ar", width: 1280 };

export default [
  { name: "appointments: booked, seen, moved, cancelled, no scripts, English, 360 px", run: (w) => own(w, phone) },
  { name: "appointments: booked, seen, moved, cancelled, scripts, Arabic, 1280 px", run: (w) => ofItsOwn(w, (x) => own(x, wide)) },
  { name: "appointments: an officer's day, no scripts, English, 360 px", run: (w) => ofItsOwn(w, (x) => counter(x, phone)) },
  { name: "appointments: an officer's day, scripts, Arabic, 1280 px", run: (w) => ofItsOwn(w, (x) => counter(x, wide)) },
  { name: "appointments: booked and cancelled by talk, no scripts, English, 360 px", run: (w) => talk(w, phone) },
  { name: "appointments: booked and cancelled by talk, scripts, Arabic, 1280 px", run: (w) => ofItsOwn(w, (x) => talk(x, wide)) },
];
