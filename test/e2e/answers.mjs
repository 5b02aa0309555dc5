// Answering a page of questions as a person does: by what is asked, not by names in the form.
import { ok, same } from "./check.mjs";
import { of } from "./words.mjs";
import { pdf } from "./files.mjs";

const escape = (s) => s.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const marks = "[\\u2066-\\u2069\\u200e\\u200f]*";

// asked matches a question's words, with "(optional)" where it is.
function asked(v, q) {
  const ask = marks + escape(of(q.ask, v.lang)) + marks;
  if (!q.optional) return new RegExp(`^${ask}$`);
  return new RegExp("^" + escape(v.t("{question} (optional)")).replace("\\{question\\}", ask) + "$");
}

const group = (v, q) => v.main().getByRole("group", { name: asked(v, q) });
const exact = (text) => ({ name: text, exact: true });

// answer gives one answer. Dates are ISO; addresses {line1, town, postcode}; a look-up {find, choose}
// or {type}; a file {name, body} or true for a small PDF.
export async function answer(v, service, id, value) {
  const q = service.question(id);
  const at = group(v, q);
  switch (q.type) {
    case "yes_no":
      return at.getByRole("radio", exact(v.t(value ? "Yes" : "No"))).check();
    case "one_of":
      return at.getByRole("radio", exact(of(option(q, value).label, v.lang))).check();
    case "many_of":
      for (const o of q.options) await at.getByRole("checkbox", exact(of(o.label, v.lang))).setChecked(value.includes(o.value));
      return;
    case "date": {
      const [y, m, d] = value.split("-");
      await at.getByLabel(v.t("Day"), { exact: true }).fill(String(+d || d));
      await at.getByLabel(v.t("Month"), { exact: true }).fill(String(+m || m));
      return at.getByLabel(v.t("Year"), { exact: true }).fill(y);
    }
    case "address":
      await at.getByLabel(v.t("Building and street"), { exact: true }).fill(value.line1);
      await at.getByLabel(v.t("Town or city"), { exact: true }).fill(value.town);
      return at.getByLabel(v.t("Postcode"), { exact: true }).fill(value.postcode);
    case "file":
      return v.main().getByLabel(asked(v, q)).setInputFiles(value === true ? await pdf(id) : value);
    case "lookup":
      if (value.type) return at.getByLabel(v.t("If it is not in the list, type it here")).fill(value.type);
      await at.getByLabel(v.t("Search by name, address or number")).fill(value.find);
      await v.press(at.getByRole("button", exact(v.t("Search"))));
      return group(v, q).getByRole("radio", { name: new RegExp(escape(value.choose)) }).check();
    default:
      return v.main().getByLabel(asked(v, q)).fill(String(value));
  }
}

function option(q, value) {
  const o = q.options.find((x) => x.value === value);
  if (!o) throw new Error(`${q.id} offers no ${value}`);
  return o;
}

export async function answers(v, service, list) {
  for (const [id, value] of Object.entries(list)) await answer(v, service, id, value);
}

// kept tells whether an answer is on the page still.
export async function kept(v, service, id, value) {
  const q = service.question(id);
  const at = group(v, q);
  switch (q.type) {
    case "yes_no":
      return ok(await at.getByRole("radio", exact(v.t(value ? "Yes" : "No"))).isChecked(), `${id} was lost`);
    case "one_of":
      return ok(await at.getByRole("radio", exact(of(option(q, value).label, v.lang))).isChecked(), `${id} was lost`);
    case "many_of":
      for (const o of value) ok(await at.getByRole("checkbox", exact(of(option(q, o).label, v.lang))).isChecked(), `${id} lost ${o}`);
      return;
    case "date":
      return same(await at.getByLabel(v.t("Day"), { exact: true }).inputValue(), String(+value.split("-")[2] || value.split("-")[2]), `${id} was lost`);
    case "address":
      return same(await at.getByLabel(v.t("Building and street"), { exact: true }).inputValue(), value.line1, `${id} was lost`);
    default:
      return same(await v.main().getByLabel(asked(v, q)).inputValue(), String(value), `${id} was lost`);
  }
}

// next saves the page and goes on; it must not come back with errors.
export async function next(v, button = "Save and continue") {
  const from = v.path();
  await v.pressButton(button);
  ok(v.status !== 422, `${from} was refused: ${v.status === 422 ? (await summary(v)).join("; ") : ""}`);
}

// summary is what the error summary says.
export async function summary(v) {
  return (await v.page.getByRole("alert").getByRole("link").allInnerTexts()).map((s) => s.trim());
}

// refused sends a page that is wrong: all errors at once, in the summary and beside the fields, the
// title says so, the summary has the focus, nothing typed is lost.
export async function refused(v, service, { wrong, typed = {}, button = "Save and continue" }) {
  await v.pressButton(button);
  same(v.status, 422, `the status of ${v.path()} with wrong answers`);
  const title = await v.page.title();
  ok(title.startsWith(v.t("Error") + ": "), `the title does not begin with “${v.t("Error")}: ”: ${title}`);
  ok(await v.page.getByRole("heading", { name: v.t("There is a problem") }).isVisible(), "no error summary");
  const said = await summary(v);
  same(said.length, wrong, `errors at once: ${said.join(" | ")}; their number`);
  for (const text of said) ok(!/^[\w.]+$/.test(text), `an error is no sentence: “${text}”`);
  const focused = await v.page.evaluate(() => !!document.activeElement?.querySelector("[role=alert]"));
  ok(focused, `the error summary has no focus on ${v.path()}`);
  for (const link of await v.page.getByRole("alert").getByRole("link").all()) {
    const to = (await link.getAttribute("href")).slice(1);
    ok(await v.page.evaluate((id) => !!document.getElementById(id), to), `the summary leads to #${to}, which is not there`);
  }
  for (const [id, value] of Object.entries(typed)) await kept(v, service, id, value);
}
