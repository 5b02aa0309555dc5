// What a question page costs a person on a slow line, and that nothing keeps it from being shown.
import { answers, next } from "../answers.mjs";
import { openDraft } from "../apply.mjs";
import { ok } from "../check.mjs";
import { greenvale } from "../words.mjs";
import { Visitor } from "../visitor.mjs";

const food = greenvale.services["food-business-registration"];
const cold = 25_000, text = 14_200, follows = 3_000; // bytes

// weigh loads an address in a browser with nothing in its memory and adds up what came over the line.
async function weigh(world, cookies, address) {
  const context = await world.browser.newContext({ baseURL: world.url });
  await context.addCookies(cookies);
  const page = await context.newPage();
  const line = await context.newCDPSession(page);
  await line.send("Network.enable");
  const got = new Map();
  line.on("Network.responseReceived", (e) => got.set(e.requestId, { url: e.response.url, type: e.type, head: e.response.encodedDataLength, encoding: e.response.headers["Content-Encoding"] ?? e.response.headers["content-encoding"] }));
  line.on("Network.loadingFinished", (e) => {
    const r = got.get(e.requestId);
    if (r) Object.assign(r, { bytes: e.encodedDataLength, body: Math.max(0, e.encodedDataLength - r.head) });
  });
  await page.goto(address, { waitUntil: "networkidle" });
  const html = await (await context.request.get(address)).text();
  await context.close();
  return { list: [...got.values()].filter((r) => r.bytes), html };
}

const sum = (list, what = "bytes") => list.reduce((n, r) => n + (r[what] ?? 0), 0);

async function budget(world, lang) {
  const v = await Visitor.arrive(world, { lang, name: "on a slow line" });
  await v.go("/");
  await openDraft(v, food, { in_greenvale: true, food_for_others: true, animal_products_to_trade: false });
  await answers(v, food, { business_name: "A Very Light Café", place_kind: "premises" });
  await next(v); // the address is asked too now
  const { list, html } = await weigh(world, await v.context.cookies(v.page.url()), v.page.url());
  const shown = list.filter((r) => /Document|Stylesheet/.test(r.type) && !/print/.test(r.url));
  ok(list.some((r) => r.type === "Stylesheet") && list.some((r) => r.type === "Script"), "the page came without its styles or scripts");
  ok(sum(list) <= cold, `a question page takes ${sum(list)} bytes cold, more than ${cold}: ${list.map((r) => `${r.url.replace(world.url, "").slice(0, 40)} ${r.bytes}`).join(", ")}`);
  const plain = shown.filter((r) => r.encoding !== "br" && r.bytes > 1500).map((r) => `${r.url} ${r.bytes}`);
  ok(!plain.length, `not compressed: ${plain.join(", ")}`);
  const content = sum(shown, "body"); // without the lines of HTTP around it
  ok(content > 5000 && content <= text, `HTML and styles take ${content} bytes, more than ${text}: ${shown.map((r) => `${r.url.replace(world.url, "").slice(0, 40)} ${r.body}`).join(", ")}`);
  const after = sum(list.filter((r) => r.type === "Document"), "body"); // all else is in the browser's memory
  ok(after > 500 && after <= follows, `a following page takes ${after} bytes, more than ${follows}`);
  const head = /<head>(.*?)<\/head>/s.exec(html)[1];
  for (const [tag] of head.matchAll(/<script\b[^>]*>/g)) ok(/type="module"|\basync\b|\bdefer\b/.test(tag), `a script keeps the page from being shown: ${tag}`);
  ok(!/<script(?![^>]*src=)/.test(html) && !/\son\w+="/.test(html) && !/\sstyle="/.test(html), "something inline that the policy forbids");
  world.note?.(`question page (${lang}): ${sum(list)} bytes cold, HTML and styles ${content}, a following page ${after}`);
}

export default [
  { name: "budget: a question page in English", run: (w) => budget(w, "en") },
  { name: "budget: a question page in Arabic", run: (w) => budget(w, "ar") },
];
