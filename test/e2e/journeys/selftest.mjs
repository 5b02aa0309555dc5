// The checks themselves: on a page that is broken on purpose each of them must speak up.
import { createServer } from "node:http";
import { once } from "node:events";
import { Auditor } from "../audit.mjs";
import { ok } from "../check.mjs";
import { Hands } from "./keyboard.mjs";
import { Visitor } from "../visitor.mjs";

const broken = `<!doctype html><html lang="en" dir="ltr"><head><title>Broken</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/bare.css"><script>document.title = "inline"</script></head>
<body><main><h1>Broken</h1><h1>Twice</h1><p class="wide">A line that is wider than any telephone.</p>
<img src="/missing.png"><img src="http://127.0.0.2:9/elsewhere.png"><input id="x"><p><font color="#bbbbbb">Pale words on white.</font></p>
<a id="first" href="/x" class="bare">A link without a visible focus</a></main></body></html>`;
const css = ".wide { width: 900px } .bare:focus { outline: none; box-shadow: none }";
const narrow = `<!doctype html><html lang="en" dir="ltr"><head><title>Wide words</title><link rel="stylesheet" href="/bare.css"><meta name="viewport" content="width=device-width"></head>
<body><main><h1>Fine</h1><p><b>Unbreakableunbreakable</b></p></main></body></html>`;

async function serve() {
  const server = createServer((request, response) => {
    const page = { "/": broken, "/narrow": narrow }[request.url];
    if (request.url === "/bare.css") return response.writeHead(200, { "content-type": "text/css" }).end(css);
    if (!page) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/html", "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' http://127.0.0.2:9" });
    response.end(page);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

async function checks(world) {
  const { server, url } = await serve();
  const mine = { ...world, url, pages: undefined, visitors: undefined };
  try {
    const v = await Visitor.arrive(mine, { width: 360, name: "checker" });
    v.chosen = true;
    await v.go("/");
    const said = v.wrongs.join("\n");
    for (const [what, sign] of Object.entries({
      "a refused inline script": /Content Security Policy/, "another host": /another host/, "a missing picture": /404 for \/missing.png/,
      "two main headings": /2 main headings/, "a page that is too wide": /px wider than 360/,
    })) ok(sign.test(said), `the visitor does not notice ${what}: ${said}`);
    const at = await (async () => { await v.page.locator("#x").focus(); await v.page.keyboard.press("Tab"); return new Hands(v).at(); })();
    ok(at.tag === "A" && !at.shown, `a focus that cannot be seen is not noticed: ${JSON.stringify(at)}`);
    await v.leave();
    const a = await Auditor.open(mine.browser);
    const found = (await a.audit({ url: `${url}/`, html: broken, lang: "en" })).join("\n");
    for (const sign of [/axe image-alt/, /axe label/, /axe color-contrast/, /360 px: the page is \d+ px too wide/]) ok(sign.test(found), `the audit does not notice ${sign}: ${found}`);
    const large = (await a.audit({ url: `${url}/narrow`, html: narrow, lang: "en" })).join("\n");
    ok(/text at 200 %, 320 px: the page is/.test(large) && !/^320 px/m.test(large), `large text that does not fit is not noticed: ${large}`);
    await a.close();
  } finally {
    server.close();
  }
}

export default [{ name: "selftest: every check speaks up on a broken page", run: checks }];
