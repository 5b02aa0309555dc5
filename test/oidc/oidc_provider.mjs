// npm's oidc-provider: classes of assurance, the name of who answers (RFC 9207), back-channel logout.
import { ok, Visitor } from "./visitor.mjs";

const back = /\/sign-in\/with\/first\?/;

// begin leads to the scheme's own page.
async function begin(v, more = {}) {
  await v.press("/sign-in/with/first", more);
  ok(v.text.startsWith("sign in as whom?"), `not at the scheme but at ${v.at}: ${v.status}`);
}

// answer signs in there, and stops before the way back.
async function answer(v, login, more = "") {
  await v.go(`${new URL(v.at).href}?login=${login}${more}`, undefined, back);
  ok(back.test(v.next ?? ""), `the scheme does not lead back: ${v.status} at ${v.at}: ${v.text.slice(0, 300)}`);
  return v.next;
}

export async function oidcProvider(world, check) {
  const v = new Visitor(world.url);

  await check("oidc-provider: a first sign-in asks whom it means, although the scheme names a known address", async () => {
    await v.go("/sign-in");
    await begin(v);
    await v.go(await answer(v, "rana"));
    ok(/\/sign-in\?to=/.test(v.at), `at ${v.at}`);
    const to = v.at;
    await v.go("/account");
    ok(/\/sign-in/.test(v.at), "somebody was let in");
    await v.byMail("rana@example.net", to);
    ok(v.text.includes("Connect") && v.text.includes("First identity"), `at ${v.at}: ${v.status}`);
    await v.press("/sign-in/link");
    ok(new URL(v.at).pathname === "/account" && v.text.includes("rana@example.net"), `at ${v.at}`);
  });

  await check("oidc-provider: from then on the scheme signs in", async () => {
    const w = new Visitor(world.url);
    await w.go("/sign-in");
    await begin(w);
    await w.go(await answer(w, "rana"));
    ok(w.text.includes("rana@example.net"), `at ${w.at}`);
  });

  await check("oidc-provider: an answer counts once, in its own browser, to its own question", async () => {
    const refused = async (name, w, address) => {
      await w.go(address);
      ok(w.status === 422 || w.status === 400, `${name}: ${w.status} at ${w.at}`);
      await w.go("/account");
      ok(/\/sign-in/.test(w.at), `${name}: somebody was let in`);
    };
    const fresh = async () => { const w = new Visitor(world.url); await w.go("/sign-in"); await begin(w); return [w, await answer(w, "rana")]; };
    const change = (address, name, value) => { const u = new URL(address); value === undefined ? u.searchParams.delete(name) : u.searchParams.set(name, value); return u.href; };

    let [w, address] = await fresh();
    ok(new URL(address).searchParams.get("iss") === world.first, "the scheme does not say who answers");
    await refused("another browser", new Visitor(world.url), address);
    await refused("another state", w, change(address, "state", "x"));
    await refused("the right answer after a wrong one", w, address);
    [w, address] = await fresh();
    await refused("another who answers", w, change(address, "iss", "https://evil.example"));
    [w, address] = await fresh();
    await refused("nobody says who answers", w, change(address, "iss"));
    [w, address] = await fresh();
    await w.go(address);
    const used = new Visitor(world.url);
    used.jars = w.jars; // as if the same browser came back to the address
    await used.go("/sign-out", { method: "POST" });
    await refused("the same answer again", used, address);
    // Somebody else's code, in the place of one's own: the verifier of PKCE does not fit.
    const [a, mine] = await fresh();
    const [, theirs] = await fresh();
    await refused("another question's code", a, change(mine, "code", new URL(theirs).searchParams.get("code")));
    [w, address] = await fresh();
    await refused("a refusal of the scheme", w, change(change(address, "code"), "error", "access_denied"));
  });

  await check("oidc-provider: what asks for more is reached in the middle of an application, which loses nothing", async () => {
    const w = new Visitor(world.url);
    await w.byMail("rana@example.net");
    await w.go("/sign-in?level=substantial&to=/account/security");
    ok(!w.text.includes("Second identity"), "a scheme that cannot reach the level is offered");
    await begin(w);
    ok(w.text.includes("urn:example:substantial urn:example:high"), `asked for: ${w.text}`);
    const lowly = await answer(w, "rana", "&acr=urn:example:unknown");
    await w.go(lowly);
    ok(w.status === 422, `less than was asked for: ${w.status}`);
    await w.go("/sign-in?level=substantial&to=/account/security");
    await begin(w);
    await w.go(await answer(w, "rana"));
    ok(new URL(w.at).pathname === "/account/security", `at ${w.at}`);
    await w.go("/sign-in?level=substantial&to=/account/bills");
    ok(new URL(w.at).pathname === "/account/bills", "the level was not kept");
    await w.go("/sign-in?level=high&to=/account/bills");
    ok(new URL(w.at).pathname === "/sign-in", "substantial is taken for high");
  });

  await check("oidc-provider: confirming asks there anew", async () => {
    const w = new Visitor(world.url);
    await w.go("/sign-in");
    await begin(w);
    await w.go(await answer(w, "rana"));
    await w.go("/sign-in/confirm?to=/account/security");
    w.jars.delete(new URL(world.first).host); // somebody else sits down there
    await begin(w);
    await w.go(await answer(w, "somebody-else"));
    ok(w.status === 422, `somebody else confirmed: ${w.status} at ${w.at}`);
    w.jars.delete(new URL(world.first).host);
    await w.go("/sign-in/confirm?to=/account/security/passkeys");
    await begin(w);
    await w.go(await answer(w, "rana"));
    ok(new URL(w.at).pathname === "/account/security/passkeys", `at ${w.at}`);
  });

  await check("oidc-provider: who signs out there is signed out here", async () => {
    const w = new Visitor(world.url);
    await w.go("/sign-in");
    await begin(w);
    await w.go(await answer(w, "rana"));
    const other = new Visitor(world.url);
    await other.byMail("rana@example.net");
    await w.go(`${world.first}/session/end`);
    const secret = /name="xsrf" value="([^"]+)"/.exec(w.text)?.[1];
    ok(secret, `no question at ${w.at}: ${w.text.slice(0, 300)}`);
    await w.go(`${world.first}/session/end/confirm`, { method: "POST", body: new URLSearchParams({ xsrf: secret, logout: "yes" }) });
    for (let n = 0; ; n++) {
      await w.go("/account");
      if (/\/sign-in/.test(w.at)) break;
      ok(n < 50, "still signed in");
      await new Promise((r) => setTimeout(r, 100));
    }
    await other.go("/account");
    ok(new URL(other.at).pathname === "/account", "a session that the scheme did not begin ended too");
  });

  await check("a notice that nobody signed is refused", async () => {
    const answer = await fetch(`${world.url}/sign-in/with/first/over`, { method: "POST", body: new URLSearchParams({ logout_token: "eyJhbGciOiJub25lIn0.e30." }) });
    ok(answer.status === 400, `${answer.status}`);
  });

  await check("oidc-provider: signing out here offers to sign out there", async () => {
    const w = new Visitor(world.url);
    await w.go("/sign-in");
    await begin(w);
    await w.go(await answer(w, "rana"));
    await w.go("/sign-out", { method: "POST" });
    const there = /href="([^"]*session\/end[^"]*)"/.exec(w.text)?.[1].replaceAll("&amp;", "&");
    ok(there, `at ${w.at}`);
    await w.go(there);
    ok(w.status === 200 && w.text.includes("xsrf"), `the scheme does not take it: ${w.status} ${w.text.slice(0, 200)}`);
  });
}
