// Who may do what: an administrator sees it and why, ends what somebody has open, a supervisor works through the roles, and a case
// that is opened in an emergency is seen, with its reason, by the person it is about.
import { eventually, ok, same } from "../check.mjs";
import { official } from "../desk.mjs";
import { ofItsOwn } from "../demo.mjs";
import { clean, Visitor } from "../visitor.mjs";

// whyNot: the person's rights with their reasons, and what they have open, which ends.
async function endsSessions(world, profile) {
  const priya = await official(world, profile, "Priya Nair");
  await priya.go("/desk/rights");
  same(priya.status, 403, "an officer on the administrator's page");
  const ines = await official(world, profile, "Ines Carver");
  await ines.go("/desk/rights");
  await ines.sees("Choose a person to see everything that they may do, and why. Or ask who may do something.");
  await ines.press(ines.main().getByRole("link", { name: "Priya Nair" }).first());
  await ines.sees("May do, and why");
  ok(await ines.main().getByRole("table").last().getByRole("row").count() > 10, "there is no table of rights with reasons");
  await ines.pressButton("End everything that is open");
  await ines.sees("Nothing: they are signed in nowhere.");
  await priya.go("/desk");
  ok(priya.path().startsWith("/sign-in"), `a session that was ended still opens ${priya.path()}`);
}

async function worksThroughRoles(world, profile) {
  const boss = await official(world, profile, "Margaret Ellis");
  await boss.go("/desk/rights/review");
  await boss.sees("Roles to confirm");
  const overdue = boss.main().getByRole("row").filter({ has: boss.page.getByText(boss.t("Overdue"), { exact: true }) });
  const left = overdue.getByRole("button", { name: new RegExp("^" + boss.t("Confirm") + ": ") }); // the list is sorted anew each time
  const all = await left.count();
  ok(all > 0, "there is no role to confirm");
  for (let i = 0; i < all; i++) await boss.press(left.first());
  same(await left.count(), 0, "roles to confirm after all were");
  same(await overdue.count(), await overdue.filter({ hasText: "Margaret Ellis" }).count(), "what is left, and what is her own");
  await boss.sees("Your own: another supervisor confirms it");
}

async function inAnEmergency(world, profile) {
  const reason = "A caller says that somebody is trapped in the kitchen.";
  const { resident, number } = await withLicensing(world, profile);
  const outsider = await official(world, profile, "Hannah Okoro");
  await outsider.go("/desk/emergency");
  await outsider.field("Number of the case or record").fill(number);
  await outsider.pressButton("Open it");
  same(outsider.status, 422, "an emergency without a reason");
  same(await outsider.field("Number of the case or record").inputValue(), number, "the number after that");
  await outsider.field("Why you must see it now").fill(reason);
  await outsider.pressButton("Open it");
  ok((await outsider.heading()).includes(number), `an emergency leads to ${await outsider.heading()}`);
  await eventually("the resident sees the reason", async () => { await resident.go("/account/looks"); return resident.reads(reason); });
  ok(await resident.reads("Hannah Okoro"), "the resident does not see who opened it");
  const boss = await official(world, profile, "Margaret Ellis");
  await boss.go("/desk/emergency");
  ok(await boss.reads(reason), "the supervisor does not see the reason");
  await boss.field("What you found when you asked").first().fill("The fire service confirms the call.");
  await boss.pressButton("It was an emergency");
  await boss.sees("Looked at");
}

// withLicensing is a resident of the sample who has a case with licensing: who has one depends on the day.
async function withLicensing(world, profile) {
  const resident = await Visitor.arrive(world, { ...profile, name: "resident" });
  for (const name of ["Sam Whitfield", "Ada Marsh", "Grace Lin", "Peter Holm", "Noor Haddad", "Omar Farouk"]) {
    await resident.signIn(name);
    await resident.go("/account");
    const number = /\b(TEN|PLA)-\d{4}-\d+\b/.exec(clean(await resident.main().innerText()))?.[0];
    if (number) return { resident, number };
  }
  throw new Error("no resident has a case with licensing");
}

const whole = async (world, profile) => {
  await endsSessions(world, profile);
  await worksThroughRoles(world, profile);
  await inAnEmergency(world, profile);
};

export default [
  { name: "rights: sessions, roles, an emergency, no scripts, English, 360 px", weight: 5, run: (w) => ofItsOwn(w, (mine) => whole(mine, { js: false, lang: "en", width: 360 }), "--cases", "60") },
  { name: "rights: sessions, roles, an emergency, scripts, Arabic, 1280 px", weight: 5, run: (w) => ofItsOwn(w, (mine) => whole(mine, { js: true, lang: "ar", width: 1280 }), "--cases", "60") },
];
