// Find a dataset → draw it by its address alone → cite a version: the picture says what its table says, the table what the
// file says, the address gives the same to anybody, and the citation names bytes that can be checked.
import { createHash } from "node:crypto";
import { ok, same } from "../check.mjs";
import { clean, Visitor } from "../visitor.mjs";
import { greenvale } from "../words.mjs";

const wards = greenvale.read("datasets/wards.yaml");
const title = (id) => wards.columns.find((c) => c.id === id).title;

// rows are the cells of the table beside the picture, without what groups digits.
const rows = (v) => v.main().locator(".stoa-figure tbody tr").evaluateAll((list) =>
  list.map((tr) => [...tr.cells].map((c) => c.textContent.trim().replace(/[\u2066-\u2069\u200e\u200f]/g, "").replace(/(?<=\d),(?=\d{3})/g, ""))));

// find looks for words as somebody would who does not know what the data is called.
async function find(v) {
  await v.go("/data");
  const box = v.main().getByRole("searchbox");
  await box.fill({ en: "population", ar: "سكان" }[v.lang]);
  await v.press(v.main().getByRole("search").getByRole("button"));
  await v.press(v.main().getByRole("link", { name: v.of(wards.title), exact: true }).first());
  same(clean(await v.heading()), clean(v.of(wards.title)), "the heading of the dataset");
}

// draw asks the table otherwise, by the form alone.
async function draw(v) {
  await v.press(v.main().getByRole("button", { name: v.rx("Filter and draw") }));
  ok((await rows(v)).length === 8, "the first picture does not have the eight wards");
  await picture(v);
  await v.page.locator("select[name=of]").selectOption("sum.population");
  await v.page.locator("select[name=by]").selectOption("postcode_district");
  await v.page.locator("select[name=c1]").selectOption("population");
  await v.page.locator("select[name=o1]").selectOption("from");
  await v.page.locator("input[name=v1]").fill("3000");
  await v.pressButton("Show");
  const asked = new URL(v.page.url());
  for (const [name, value] of Object.entries({ of: "sum.population", by: "postcode_district", c1: "population", o1: "from", v1: "3000" })) {
    same(asked.searchParams.get(name), value, `the address: ${name}`);
  }
  await picture(v);
  await v.sees("Share and cite");
  return rows(v);
}

// picture: one drawing is to be seen, it has a name and a description, its words are large enough and lie inside it.
async function picture(v) {
  const seen = await v.main().locator("svg.stoa-chart").evaluateAll((list) => list.filter((s) => s.getBoundingClientRect().width > 0).map((svg) => {
    const box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
    const texts = [...svg.querySelectorAll("text")].map((t) => ({ words: t.textContent, box: t.getBoundingClientRect(), px: parseFloat(getComputedStyle(t).fontSize) * scale }));
    return { role: svg.getAttribute("role"), named: svg.getAttribute("aria-labelledby").split(" ").every((id) => document.getElementById(id)?.textContent),
      small: texts.filter((t) => t.px < 12).map((t) => t.words),
      outside: texts.filter((t) => t.box.left < box.left - 1 || t.box.right > box.right + 1 || t.box.bottom > box.bottom + 2).map((t) => t.words) };
  }));
  same(seen.length, 1, "pictures that are to be seen");
  ok(seen[0].role === "img" && seen[0].named, "the picture has no role or no name");
  same(seen[0].small.join(), "", "words below 12 px");
  same(seen[0].outside.join(), "", "words outside the picture");
}

// asFile takes the same figures as a file and lays them beside the table.
async function asFile(v, shown) {
  const [download] = await Promise.all([v.page.waitForEvent("download"), v.main().locator('a[href*="/chart.csv?"]').first().click()]);
  ok(/^wards-v\d+-chart\.csv$/.test(download.suggestedFilename()), `the file is called ${download.suggestedFilename()}`);
  const csv = await (await fetch(new URL(await v.main().locator('a[href*="/chart.csv?"]').first().getAttribute("href"), v.world.url))).text();
  const lines = csv.trim().split("\r\n");
  same(lines[0], "postcode_district,sum_population", "the head of the file");
  same(lines.slice(1).sort().join("\n"), shown.map((r) => r.join(",")).sort().join("\n"), "the file and the table");
}

// again opens the address that is offered for passing on, as somebody else in another language.
async function again(world, v, shown) {
  const address = (await v.main().locator("code, pre").filter({ hasText: "/chart?" }).first().innerText()).trim();
  ok(/\/data\/wards\/v\/\d+\/chart\?/.test(address), `the address to pass on is ${address}`);
  const other = await Visitor.arrive(world, { js: false, lang: v.lang === "en" ? "ar" : "en", width: 360, name: "colleague" });
  await other.go(new URL(address).pathname + new URL(address).search);
  await other.go(new URL(address).pathname + new URL(address).search);
  same(JSON.stringify(await rows(other)), JSON.stringify(shown), "what somebody else sees at the same address");
  await picture(other);
}

// cite goes to the version and checks that the bytes are those that the citation names.
async function cite(v) {
  await v.press(v.main().locator('a[href^="/data/wards/v/"]').first());
  const at = v.path();
  const text = clean(await v.main().innerText());
  const named = new RegExp(`${at} SHA-256: ([0-9a-f]{64})`).exec(text)?.[1];
  ok(named, "the page does not say how to cite the version with its hash");
  const bytes = Buffer.from(await (await fetch(`${v.world.url}${at}/wards.csv`)).arrayBuffer());
  same(createHash("sha256").update(bytes).digest("hex"), named, "the hash of the file and that of the citation");
  const sum = bytes.toString().trim().split("\r\n").slice(1).map((l) => l.split(",")).filter((c) => +c[4] >= 3000).reduce((n, c) => n + +c[4], 0);
  return sum;
}

// nonsense is answered with a sentence, and the form is there to try again.
async function nonsense(v) {
  await v.go("/data/wards/chart?by=nothing&of=sum.population&c1=population&o1=from&v1=many");
  same(v.status, 422, "the status of a question that makes no sense");
  await v.sees("There is a problem");
  ok(await v.main().locator("#c1-error, #v1-error, #by-error").count() > 0, "no field says what is wrong with it");
}

async function journey(world, { js, lang, width }) {
  const v = await Visitor.arrive(world, { js, lang, width, name: "reader" });
  await find(v);
  const shown = await draw(v);
  ok(shown.some((r) => r[0] === "GV1") && shown.length === 4, `the table is ${JSON.stringify(shown)}`);
  ok(clean(await v.main().innerText()).includes(v.of(title("postcode_district"))), "the page does not name the column");
  await asFile(v, shown);
  await again(world, v, shown);
  same(shown.reduce((n, r) => n + +r[1], 0), await cite(v), "the sum of the picture and that of the file");
  await nonsense(v);
}

export default [
  { name: "data: find, draw by link, cite: no scripts, English, 360 px", run: (w) => journey(w, { js: false, lang: "en", width: 360 }) },
  { name: "data: find, draw by link, cite: scripts, Arabic, 1280 px", run: (w) => journey(w, { js: true, lang: "ar", width: 1280 }) },
];
