// Every distinct page that a journey met is looked at once more, by itself: axe, reflow, large text.
// The page is shown from what the server had sent, so that answers to forms are audited too. The policy
// of the page (CSP) is off here and only here: it would silently stop a check that changes styles.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

// Pages are those met, each kind once for a language and title: ids and numbers in an address make no
// other page. Two of a kind are enough: all records of a register look alike.
export class Pages {
  constructor() { this.seen = new Map(); this.kinds = new Map(); }
  add(page) {
    const title = /<title>(.*?)<\/title>/s.exec(page.html)?.[1] ?? "";
    const like = [page.lang, page.method, page.status, kind(page.url)].join(" "); // a preview answers a form at its address
    const key = `${like} ${title.replace(/\d+/g, "0")}`;
    if (this.seen.has(key) || (this.kinds.get(like) ?? 0) >= 2) return;
    this.kinds.set(like, (this.kinds.get(like) ?? 0) + 1);
    this.seen.set(key, { ...page, number: this.seen.size + 1, label: `${kind(page.url)} (${[page.lang, page.method === "POST" ? "posted" : "", page.status === 200 ? "" : page.status].filter(Boolean).join(", ")})` });
  }
  get all() { return [...this.seen.values()]; }
}

function kind(address) {
  const u = new URL(address);
  return u.pathname.split("/").map((s) => (/\d/.test(s) && s.length > 7 ? "{id}" : s)).join("/");
}

export class Auditor {
  // open makes an auditor; shots is a folder for pictures of the pages.
  static async open(browser, shots) {
    const a = new Auditor();
    a.shots = shots;
    a.context = await browser.newContext({ bypassCSP: true, viewport: { width: 1280, height: 900 } });
    a.page = await a.context.newPage();
    a.page.setDefaultTimeout(20_000);
    return a;
  }
  async close() { await this.context.close(); }

  async show(page) {
    await this.page.unrouteAll();
    await this.page.route((url) => url.href === page.url.replace(/#.*/, ""), (route) =>
      route.request().isNavigationRequest() ? route.fulfill({ status: 200, contentType: "text/html; charset=utf-8", body: page.html }) : route.continue());
    await this.page.setViewportSize({ width: 1280, height: 900 });
    await this.page.route(/\/shield\.[^/]*\.js$/, (route) => route.abort()); // it sends the form and leaves the page
    await this.page.goto(page.url.replace(/#.*/, ""), { waitUntil: "load" });
  }

  // audit lists what is wrong with a page.
  async audit(page) {
    await this.show(page);
    const found = [];
    if (!await this.page.evaluate(() => document.styleSheets.length)) return ["the page has no styles"];
    const narrowFirst = page.lang === "ar"; // axe at 1280 px in English, at 360 px in Arabic, so that both are seen
    for (const width of [1280, 360, 320]) {
      await this.page.setViewportSize({ width, height: 900 });
      found.push(...(await this.wide()).map((w) => `${width} px: ${w}`));
      if (width === (narrowFirst ? 360 : 1280)) found.push(...await this.axe());
      if (this.shots && width === (narrowFirst ? 360 : 1280)) {
        const name = page.label.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
        await this.page.screenshot({ path: `${this.shots}/${name}-${page.number}-${width}.jpeg`, type: "jpeg", quality: 60, fullPage: true });
      }
    }
    for (const width of [320, 640, 1280]) {
      await this.page.setViewportSize({ width, height: 900 });
      await this.enlarge();
      found.push(...(await this.wide()).map((w) => `text at 200 %, ${width} px: ${w}`));
    }
    return found;
  }

  enlarge() { return this.page.evaluate(() => { document.documentElement.style.fontSize = "200%"; }); }

  async axe() {
    await this.page.evaluate(axe);
    const result = await this.page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] }), tags);
    if (result.passes.length < 5) return ["axe looked at nothing"];
    return result.violations.map((v) => `axe ${v.id} (${v.impact}): ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(", ")}`);
  }

  // wide lists what reaches over the edge of the window, but not what scrolls by itself.
  wide() {
    return this.page.evaluate(() => {
      const most = document.documentElement.clientWidth;
      const list = [];
      if (document.documentElement.scrollWidth > most) list.push(`the page is ${document.documentElement.scrollWidth - most} px too wide`);
      const scrolls = (e) => { for (; e && e !== document.body; e = e.parentElement) if (/auto|scroll|hidden|clip/.test(getComputedStyle(e).overflowX)) return true; };
      for (const e of document.body.querySelectorAll("*")) {
        const r = e.getBoundingClientRect();
        if (r.width < 2 || r.height < 2 || (r.right <= most + 1 && r.left >= -1) || scrolls(e)) continue;
        list.push(`<${e.tagName.toLowerCase()}> “${(e.textContent ?? "").trim().slice(0, 30)}” from ${Math.round(r.left)} to ${Math.round(r.right)}`);
        if (list.length > 3) break;
      }
      return list;
    });
  }
}
