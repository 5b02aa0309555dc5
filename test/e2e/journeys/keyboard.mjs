// Everything with the keyboard alone: Tab, Enter, Space, arrows within a choice. Wherever the focus
// is, it can be seen.
import { ok, same } from "../check.mjs";
import { day } from "../days.mjs";
import { greenvale } from "../words.mjs";
import { Visitor } from "../visitor.mjs";

const food = greenvale.services["food-business-registration"];

// Hands is a person at a keyboard who reads what has the focus.
export class Hands {
  constructor(v) { this.v = v; this.stops = 0; }

  // what has the focus now: its role and name, and whether one can see that it has.
  async at() {
    return this.v.page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return { name: "", shown: true };
      const label = e.labels?.[0];
      const group = e.closest("fieldset")?.querySelector("legend")?.textContent ?? "";
      const marked = (el, pseudo) => {
        const s = getComputedStyle(el, pseudo);
        return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== "none";
      };
      const r = e.getBoundingClientRect();
      const inside = r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth;
      return {
        tag: e.tagName, type: e.type, group: group.trim(), name: (label?.textContent ?? e.textContent ?? e.value).trim().replace(/\s+/g, " "),
        value: e.value, checked: e.checked, inside, shown: marked(e) || (label ? marked(label, "::before") || marked(label) : false),
      };
    });
  }

  // to presses Tab until the focus is on what is looked for.
  async to(name, group) {
    for (let i = 0; i < 90; i++) {
      await this.v.page.keyboard.press("Tab");
      this.stops++;
      const a = await this.at();
      if (!a.name && !a.tag) continue;
      ok(a.shown, `no visible focus on ${a.tag} “${a.name}” (${this.v.path()})`);
      ok(a.inside, `the focus is out of sight on ${a.tag} “${a.name}” (${this.v.path()})`);
      if (a.name.startsWith(name) && (!group || a.group.startsWith(group))) return a;
    }
    ok(false, `Tab never reaches “${name}” (${this.v.path()})`);
  }

  async type(name, text, group) { await this.to(name, group); await this.v.page.keyboard.type(text); }

  // choose moves within a group of radios by arrows.
  async choose(group, name) {
    for (let i = 0; i < 90; i++) {
      await this.v.page.keyboard.press("Tab");
      const a = await this.at();
      ok(!a.tag || a.shown, `no visible focus on ${a.tag} “${a.name}” (${this.v.path()})`);
      if (a.type !== "radio" || !a.group.startsWith(group)) continue;
      await this.v.page.keyboard.press("Space");
      for (let k = 0; k < 12; k++) {
        if ((await this.at()).name.startsWith(name)) return;
        await this.v.page.keyboard.press("ArrowDown");
      }
    }
    ok(false, `“${name}” cannot be chosen for “${group}” by keyboard`);
  }

  // enter presses Enter on what has the focus, and waits for the page it leads to.
  async enter() {
    await Promise.all([this.v.page.waitForNavigation({ waitUntil: "load" }), this.v.page.keyboard.press("Enter")]);
    await this.v.look();
  }
  async press(name) { await this.to(name); await this.enter(); }
}

const ask = (id) => food.question(id).ask.en;

async function register(world) {
  const v = await Visitor.arrive(world, { name: "keyboard" });
  const h = new Hands(v);
  await v.go("/");
  await v.page.keyboard.press("Tab");
  same((await h.at()).name, "Skip to main content", "the first stop of Tab");
  await v.page.keyboard.press("Enter");
  await h.type("Search services", "restaurant");
  await h.enter();
  await h.press(food.file.title.en);
  await h.press("Start now");
  for (const [id, yes] of [["in_greenvale", "Yes"], ["food_for_others", "Yes"], ["animal_products_to_trade", "No"]]) await h.choose(ask(id), yes);
  await h.press("Continue");
  await h.press("Continue");
  await h.press("Save and continue"); // with nothing typed: the summary has the focus, its links lead to the fields
  await h.to("Enter business name");
  await v.page.keyboard.press("Enter");
  await v.page.keyboard.type("Keys and Crumbs");
  same((await h.at()).value, "Keys and Crumbs", "the link of the summary leads to the field");
  await h.choose(ask("place_kind"), "A shop");
  await h.press("Save and continue");
  await h.type("Building and street", "12 Bridge Street");
  await h.type("Town or city", "Greenvale");
  await h.type("Postcode", "GV1 2BB");
  await h.enter(); // Enter in a field sends the page
  await h.to("Takeaway");
  await v.page.keyboard.press("Space");
  const [y, m, d] = day(50).split("-");
  await h.type("Day", d);
  await h.type("Month", m);
  await h.type("Year", y);
  await h.choose(ask("seasonal"), "No");
  await h.choose(ask("water"), "The public supply");
  await h.press("Save and continue");
  await h.choose(ask("operator_kind"), "Partners");
  await h.press("Save and continue");
  for (const name of ["Ada Key", "Ben Board"]) {
    await h.press("Add");
    await h.type("Full name", name);
    await h.choose(ask("responsible"), "Yes");
    await h.press("Save and continue");
  }
  await h.press("Save and continue");
  await h.type(ask("contact_name"), "Ada Key");
  await h.type(ask("contact_email"), "ada.key@example.net");
  await h.press("Save and continue");
  await h.press("Save and continue");
  await h.to(food.file.declaration.en.slice(0, 20));
  await v.page.keyboard.press("Space");
  await h.press("Send application");
  await v.sees("Application sent");
  ok(h.stops > 60, `only ${h.stops} stops of Tab were looked at`);
}

export default [{ name: "keyboard only: a registration from the home page to its number", weight: 7, run: register }];
