// A visitor is a person with a browser of their own: a language, a width, scripts or none. What goes
// wrong around the pages they see is noted whether the journey asks for it or not.
import { ok } from "./check.mjs";
import { of, say, saying } from "./words.mjs";

const wait = 20_000;

export class Visitor {
  // world has browser, url, pages (what is audited later) and shots (a folder).
  constructor(world, { js = true, lang = "en", width = 1280, name = "visitor" } = {}) {
    Object.assign(this, { world, js, lang, width, name, wrongs: [] });
  }

  static async arrive(world, options) {
    const v = new Visitor(world, options);
    v.context = await world.browser.newContext({
      baseURL: world.url, javaScriptEnabled: v.js, viewport: { width: v.width, height: v.width < 600 ? 740 : 900 }, locale: "en-GB",
      acceptDownloads: true,
    });
    v.context.setDefaultTimeout(wait);
    v.page = await v.context.newPage();
    v.watch();
    world.visitors?.push(v);
    return v;
  }

  watch() {
    const { page } = this;
    const host = new URL(this.world.url).host;
    this.context.on("request", (r) => {
      const u = new URL(r.url());
      if (u.protocol.startsWith("http") && u.host !== host) this.wrong(`loads ${r.url()} from another host`);
    });
    page.on("response", (r) => this.note(r));
    page.on("pageerror", (e) => this.wrong(`script error: ${e.message}`));
    page.on("console", (m) => {
      // That a page was answered with 404 or 422 is no fault of the page; the journey judges the status.
      if (m.type() === "error" && !/^Failed to load resource/.test(m.text())) this.wrong(`console: ${m.text()}`);
    });
  }

  wrong(text) { this.wrongs.push(`${text} (on ${path(this.page.url())})`); }

  async note(r) {
    const document = r.request().isNavigationRequest() && r.request().resourceType() === "document";
    if (!document) {
      if (r.status() >= 400) this.wrong(`${r.status()} for ${path(r.url())}`);
      return;
    }
    this.status = r.status();
    if (r.status() >= 500) this.wrong(`${r.status()}`);
    if (r.status() >= 300 && r.status() < 400) return;
    if (!/^text\/html/.test(r.headers()["content-type"] ?? "")) return;
    try {
      const { url, home = url } = this.world; // a world of its own lends its pages to the one that is audited
      this.world.pages?.add({ url: r.url().replace(url, home), method: r.request().method(), status: r.status(), html: await r.text(), headers: r.headers(), lang: this.lang });
    } catch { /* the page was left before it had arrived */ }
  }

  t(english, values) { return say(this.lang, english, values); }
  rx(english, values) { return saying(this.lang, english, values); }
  of(text) { return of(text, this.lang); }

  // go opens an address, and the first time chooses the language as a reader would.
  async go(to) {
    await this.page.goto(to, { waitUntil: "load" });
    if (!this.chosen) {
      this.chosen = true;
      const now = await this.page.locator("html").getAttribute("lang");
      if (now !== this.lang) await this.press(this.page.getByRole("link", { name: { en: "English", ar: "العربية" }[this.lang], exact: true }));
    }
    await this.look();
  }

  // look is done on every page: language, direction, one heading, nothing wider than the window.
  async look() {
    await this.page.waitForLoadState("load");
    const seen = await this.page.evaluate(() => ({
      lang: document.documentElement.lang, dir: document.documentElement.dir, title: document.title,
      h1: document.querySelectorAll("h1").length, wide: document.documentElement.scrollWidth - innerWidth,
      styles: document.styleSheets.length,
    }));
    if (seen.lang !== this.lang || seen.dir !== (this.lang === "ar" ? "rtl" : "ltr")) this.wrong(`language ${seen.lang} ${seen.dir}`);
    if (!seen.styles) this.wrong("a page without styles: was the program built with its assets?");
    if (!seen.title) this.wrong("no title");
    if (seen.h1 !== 1) this.wrong(`${seen.h1} main headings`);
    if (seen.wide > 0) this.wrong(`${seen.wide} px wider than ${this.width}: ${await this.page.evaluate(sticksOut)}`);
  }

  path() { return new URL(this.page.url()).pathname; }
  main() { return this.page.getByRole("main"); }

  // press follows what leads to another page, and waits for that page; or, where the assistant answers a script, for the answer.
  async press(locator) {
    const talks = await this.page.evaluate(() => { window.before = document.querySelector(".js-enabled #talk > *"); return Boolean(window.before); });
    if (talks) {
      await locator.click();
      await this.page.waitForFunction(() => !window.before?.isConnected && document.readyState === "complete");
    } else {
      await Promise.all([this.page.waitForNavigation({ waitUntil: "load" }), locator.click()]);
    }
    await this.look();
  }
  // name: English words of the interface, or a text of a file ({en, ar}).
  named(name) { return typeof name === "string" ? this.rx(name) : new RegExp("^\\s*" + this.of(name).replace(/[.*+?^${}()|[\]\\]/g, "\\$&") + "\\s*$"); }
  button(name, values) { return this.page.getByRole("button", { name: values ? this.rx(name, values) : this.named(name) }); }
  link(name, values) { return this.page.getByRole("link", { name: values ? this.rx(name, values) : this.named(name) }); }
  field(name) { return this.main().getByLabel(this.named(name)); }
  async pressButton(name, values) { await this.press(this.button(name, values).first()); }
  async follow(name, values) { await this.press(this.main().getByRole("link", { name: values ? this.rx(name, values) : this.named(name) }).first()); }
  // line is the row of a table or the card of a list that names something and leads on.
  line(text) { return this.main().getByRole("row").or(this.main().getByRole("listitem")).filter({ hasText: text }).filter({ has: this.page.getByRole("link") }).first(); }
  async heading() { return (await this.page.getByRole("heading", { level: 1 }).first().innerText()).trim(); }
  async reads(text) { return (await this.page.locator("body").innerText()).includes(text); }
  async sees(name, why) {
    const words = typeof name === "string" ? this.t(name) : this.of(name);
    ok(clean(await this.page.locator("body").innerText()).includes(clean(words)), `${why ?? "the page"} does not say “${words}” (${this.path()}, ${await this.heading()})`);
  }

  // signIn is by a click in the demo.
  async signIn(person) {
    await this.go("/demo");
    await this.press(this.page.getByRole("button", { name: new RegExp("^" + this.t("Sign in") + "\\s+" + person + "$") }));
    return this;
  }

  async shot(label) {
    const file = `${this.world.shots}/${label.replace(/[^\p{L}\p{N}]+/gu, "-")}.png`;
    await this.page.screenshot({ path: file, fullPage: true, timeout: 10_000 }).catch(() => {});
    return file;
  }
  async leave() { await this.context.close(); }
}

// sticksOut names what reaches past the edge of the window and lies in nothing that scrolls it, the innermost first.
function sticksOut() {
  // What is positioned is held by a scroller only if that is positioned too.
  const style = (e) => getComputedStyle(e);
  const positioned = (e) => (!e || style(e).position !== "static" ? e : positioned(e.parentElement));
  const holder = (e) => (style(e).position === "absolute" ? positioned(e.parentElement) : e.parentElement);
  const scrolls = (e) => e && e !== document.body && (/auto|scroll|hidden|clip/.test(style(e).overflowX) || scrolls(holder(e)));
  return [...document.body.querySelectorAll("*")].filter((e) => {
    const at = e.getBoundingClientRect();
    return at.width && (at.left < -0.5 || at.right > innerWidth + 0.5) && !scrolls(holder(e));
  }).reverse().slice(0, 4).map((e) => `<${e.localName} class="${e.className}"> “${e.textContent.trim().replace(/\s+/g, " ").slice(0, 60)}”`).join(", ");
}

const path = (url) => url.replace(/^https?:\/\/[^/]+/, "");
// clean drops the marks of direction, which nobody sees.
export const clean = (s) => s.replace(/[\u2066-\u2069\u200e\u200f]/g, "").replace(/\s+/g, " ");
