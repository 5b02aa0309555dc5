// Those who spend public money and publish data, at the desk: an invoice is approved by another than who checked it, goes
// into a payment order, and nobody gets past the second person.
import { ok, same } from "../check.mjs";
import { official } from "../desk.mjs";

const links = (v, start) => v.main().locator(`a[href^="${start}"]`);

async function invoiceIsPaid(world, profile) {
  const amina = await official(world, profile, "Amina Siddiq");
  await amina.go("/desk/spending");
  await amina.press(links(amina, "/desk/spending/lines/").first());
  await amina.go("/desk/spending/commitments");
  await amina.press(links(amina, "/desk/spending/commitments/").last());
  await amina.go("/desk/spending/invoices/new?organisation=environment");
  await amina.pressButton("Enter the invoice");
  same(amina.status, 422, "an invoice with nothing in it");
  await amina.go("/desk/spending/invoices?state=checked");
  await amina.press(amina.main().getByRole("table").locator('a[href^="/desk/spending/invoices/"]').first());
  const invoice = amina.path();
  ok(!(await amina.button("Approve").count()), "who checks an invoice may approve it");

  const edward = await official(world, profile, "Edward Vale");
  await edward.go(invoice);
  await edward.pressButton("Approve");
  await edward.sees("Approved. It has taken effect, and is published.");

  const hannah = await official(world, profile, "Hannah Okoro");
  await hannah.go("/desk/spending/pay");
  await hannah.pressButton("Make the order");
  same(hannah.status, 422, "an order of no invoice");
  await hannah.main().getByRole("checkbox").first().check();
  await hannah.pressButton("Make the order");
  ok(/^\/desk\/money\/orders\//.test(hannah.path()), `the order is at ${hannah.path()}`);
  await hannah.go("/desk/spending/entries");
}

async function dataIsPublished(world, profile) {
  const priya = await official(world, profile, "Priya Nair");
  await priya.go("/desk/data");
  await priya.press(links(priya, "/desk/data/").first());
  await priya.pressButton("Publish it now");
  await priya.go("/desk/questions");
}

export default [
  { name: "office: an invoice is approved and paid, no scripts, English, 360 px", run: (w) => invoiceIsPaid(w, { js: false, lang: "en", width: 360 }) },
  { name: "office: data is published, scripts, Arabic, 1280 px", run: (w) => dataIsPublished(w, { js: true, lang: "ar", width: 1280 }) },
];
