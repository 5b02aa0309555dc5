// Money as people meet it: an instalment is paid by card, a levy is declared, a transfer is found by its reference on the
// bank's statement, the day is closed with a trial balance of zero, a fee is paid back to the card it came from.
import { fillIn, findService, openDraft, payWith, send } from "../apply.mjs";
import { camt } from "../camt.mjs";
import { eventually, ok, same } from "../check.mjs";
import { day } from "../days.mjs";
import { ofItsOwn } from "../demo.mjs";
import { official } from "../desk.mjs";
import { openCase } from "../follow.mjs";
import { clean, Visitor } from "../visitor.mjs";
import { greenvale } from "../words.mjs";

const main = async (v) => clean(await v.main().innerText());

// openBill follows the account to a bill; the titles of bills are in the language of who was billed.
async function openBill(v, words) {
  await v.go("/account/bills");
  await v.press(v.main().locator('a[href^="/account/bills/"]').filter({ hasText: words }).first());
}

// payInstalment pays the next instalment, as proposed, with a card, and keeps the receipt.
async function payInstalment(world, profile, person, bill) {
  const v = await Visitor.arrive(world, { ...profile, name: person });
  await v.signIn(person);
  await openBill(v, bill);
  const owed = await v.main().getByRole("radio").first().evaluate((r) => [r.checked, r.value]);
  ok(owed[0], "what is due next is not proposed");
  await v.pressButton("Continue to payment");
  await payWith(v, "A card that is declined");
  await v.sees("The card was declined. Choose another card, or try again");
  await payWith(v, "A card that works");
  await eventually("the payment", async () => { await v.go(v.path()); return v.main().getByRole("link", { name: v.t("Receipt") }).count(); });
  await v.sees("Payment received");
  await v.follow("Receipt");
  await v.shot(`receipt ${profile.lang}`);
  await openBill(v, bill);
  ok(Number(await v.main().getByRole("radio").first().inputValue()) > 0, "nothing is left of a plan of instalments");
}

// declare sends the levy of a month: what comes to be owed is shown before and is a bill after.
async function declare(world, profile) {
  const v = await Visitor.arrive(world, { ...profile, name: "Ada Marsh" });
  await v.signIn("Ada Marsh");
  await v.go("/account/taxes");
  await v.press(v.main().getByRole("link").filter({ hasText: /^Bell and Anchor$/ }));
  await v.press(v.main().locator('a[href*="/declare/"]').first());
  await v.pressButton("Save and continue");
  same(v.status, 422, "an empty declaration");
  for (const [name, value] of Object.entries({ charges: "10000", nights: "110", long_stays: "0", exempt_stays: "1200" })) await v.main().locator(`input[name="${name}"]`).fill(value);
  await v.pressButton("Save and continue");
  const shown = await main(v);
  ok(/£\d/.test(shown), `the check does not say what is to be paid: ${shown.slice(0, 400)}`);
  await v.shot("declaration");
  for (const box of await v.main().getByRole("checkbox").all()) await box.check();
  await v.press(v.main().getByRole("button").filter({ hasText: v.t("Send") }).first());
  ok(v.path().endsWith("/done"), `after a declaration at ${v.path()}`);
  await v.go("/account/bills");
  await v.press(v.main().locator('a[href^="/account/bills/"]').filter({ hasText: "2026" }).first());
}

// transfer pays a bill by the bank: the reference of the bill is all that the line holds.
async function transfer(world, profile) {
  const v = await Visitor.arrive(world, { ...profile, name: "Omar Farouk" });
  await v.signIn("Omar Farouk");
  await openBill(v, "Falafel Corner");
  const bill = await main(v);
  const reference = /RF\d\d[ 0-9]+/.exec(bill)?.[0].trim();
  ok(reference, "the bill has no reference for a transfer");
  const small = /-£2,578\.50/; // half of 5,157.00: small business rate relief, LGFA 1988 s 43(4A)
  ok(small.test(bill), "small business rate relief is not on the bill");
  const hannah = await official(world, { ...profile, lang: "en", width: 1280 }, "Hannah Okoro");
  await hannah.go("/desk/money/bank");
  const closing = await hannah.main().getByRole("row").nth(1).getByRole("cell").nth(2).innerText(); // of the latest statement
  ok(/^£[\d,]+\.\d\d$/.test(closing), `the closing balance of the latest statement is ${closing}`);
  await hannah.go("/desk/money/bank/import");
  const file = camt([{ amount: "158.00", day: day(0), name: "O FAROUK", iban: "GB82WEST12345698765432", reference }],
    { id: `J-${profile.lang}`, opening: closing.replace(/[£,]/g, "") });
  await hannah.main().locator('input[type="file"]').setInputFiles(file);
  await hannah.pressButton("Import");
  await hannah.sees("The statement is imported. Its lines are being matched: load this page again in a moment.");
  await eventually("the transfer on the bill", async () => { await openBill(v, "Falafel Corner"); return (await main(v)).includes("£316.00"); });
  await v.go("/account/statement");
  ok((await main(v)).includes("£158.00"), "the statement does not show the transfer");
  await hannah.go("/desk/money/bank/import");
  await hannah.main().locator('input[type="file"]').setInputFiles(file);
  await hannah.pressButton("Import");
  await hannah.sees("This file was imported before. Nothing was added.");
}

// close closes the day as a supervisor: only when everything adds up.
async function close(world, profile) {
  const victor = await official(world, profile, "Victor Lane");
  await victor.go("/desk/money/trial");
  await victor.sees("Balanced");
  await victor.go("/desk/money/close");
  const title = /Close the books up to/;
  await victor.press(victor.main().getByRole("button", { name: title }));
  ok(!(await victor.main().getByRole("button", { name: title }).count()), "the day can be closed twice");
  const gareth = await official(world, profile, "Gareth Pym");
  await gareth.go("/desk/money/trial");
  await gareth.sees("Balanced");
  await gareth.go("/desk/money/close");
  ok(!(await gareth.main().getByRole("button", { name: title }).count()), "the auditor may close a day");
}

// business is a whole day of a business and of the treasury, from a declaration to a closed day.
async function business(world, profile) {
  await declare(world, profile);
  await transfer(world, profile);
  await close(world, profile);
}

// paidBack pays a fee and withdraws: the fee goes back to the card by itself.
async function paidBack(world, profile) {
  const v = await Visitor.arrive(world, { ...profile, name: "host" });
  const event = greenvale.services["temporary-event-notice"];
  const email = "paidback@example.net";
  await openDraft(v, event, { adult: true, start_date: day(41), most_people: 60 });
  await fillIn(v, event, [
    { page: "event", steps: [{ event_name: "Quiz night", start_time: "18:00", end_date: day(41), end_time: "22:00" }] },
    { page: "place", steps: [{ place: { type: "The barn at Hill Farm" }, place_licensed: false }] },
    { page: "activities", steps: [{ activities: ["entertainment"], all_the_time: true }, { nudity: false }] },
    { page: "about-you", steps: [{ full_name: "Rosa Back", date_of_birth: "1980-01-02", home_address: { line1: "3 Hill Farm", town: "Greenvale", postcode: "GV1 3CA" },
      email, phone: "07700 900155", personal_licence: false }] },
    { page: "others", steps: [{ others_gave: false }] },
  ]);
  const number = await send(v, event, ["Quiz night"]);
  await openCase(v, email, number);
  const withdraw = v.main().getByRole("button", { name: /^Withdraw/ });
  await v.press(withdraw.first());
  ok(v.path().includes("/do/"), `withdrawing is confirmed at ${v.path()}`);
  await v.press(withdraw.first());
  await eventually("the fee paid back", async () => {
    await v.go("/account/bills");
    await v.press(v.main().locator('a[href^="/account/bills/"]').first());
    await v.press(v.main().locator('a[href^="/account/payments/"]').first());
    return (await main(v)).includes(clean(v.t("Paid back")));
  }, 40);
  await v.shot("paid back");
}

export default [
  { name: "money: an instalment by card, no scripts, English, 360 px", weight: 4, run: (w) => payInstalment(w, { js: false, lang: "en", width: 360 }, "Grace Lin", "2026-27") },
  { name: "money: an instalment by card, scripts, Arabic, 1280 px", weight: 4, run: (w) => payInstalment(w, { js: true, lang: "ar", width: 1280 }, "Noor Haddad", "2026-27") },
  { name: "money: levy, transfer, closed day, no scripts, English, 1280 px", weight: 8, run: (w) => ofItsOwn(w, (own) => business(own, { js: false, lang: "en", width: 1280 })) },
  { name: "money: levy, transfer, closed day, scripts, English, 360 px", weight: 8, run: (w) => ofItsOwn(w, (own) => business(own, { js: true, lang: "en", width: 360 })) },
  { name: "money: a fee paid back, scripts, English, 360 px", weight: 6, run: (w) => paidBack(w, { js: true, lang: "en", width: 360 }) },
];
