// The example server of zitadel/oidc: another provider, with another way of signing in.
import { ok, Visitor } from "./visitor.mjs";

const back = /\/sign-in\/with\/second\?/;

async function begin(v) {
  await v.press("/sign-in/with/second", {});
  ok(v.text.includes('name="username"'), `not at the scheme but at ${v.at}: ${v.status}`);
}

async function answer(v, username) {
  await v.press("/login/username", { username, password: "verysecure" }, back);
  ok(back.test(v.next ?? ""), `the scheme does not lead back: ${v.status} at ${v.at}: ${v.text.slice(0, 300)}`);
  return v.next;
}

export async function zitadel(world, check) {
  await check("zitadel/oidc: connecting, and signing in by it", async () => {
    const v = new Visitor(world.url);
    await v.byMail("omar@example.net");
    await v.go("/account/security");
    await begin(v);
    await v.go(await answer(v, "omar"));
    ok(new URL(v.at).pathname === "/sign-in/link", `at ${v.at}`);
    await v.press("/sign-in/link");
    ok(v.at.endsWith("/account/security?told=linked"), `at ${v.at}`);
    const w = new Visitor(world.url);
    await w.go("/sign-in");
    await begin(w);
    await w.go(await answer(w, "omar"));
    ok(w.text.includes("omar@example.net"), `at ${w.at}`);
  });

  await check("zitadel/oidc: one identity belongs to one account", async () => {
    const v = new Visitor(world.url);
    await v.byMail("mallory@example.net");
    await v.go("/account/security");
    await begin(v);
    await v.go(await answer(v, "omar"));
    // Whoever can sign in there is its owner: they are led into their own account, and nothing is connected.
    await v.go("/account");
    ok(v.text.includes("omar@example.net"), `at ${v.at}`);
  });

  await check("zitadel/oidc: another question's code does not fit the verifier", async () => {
    const fresh = async () => { const w = new Visitor(world.url); await w.go("/sign-in"); await begin(w); return [w, await answer(w, "omar")]; };
    const [w, mine] = await fresh();
    const [, theirs] = await fresh();
    const u = new URL(mine);
    u.searchParams.set("code", new URL(theirs).searchParams.get("code"));
    await w.go(u.href);
    ok(w.status === 422, `${w.status} at ${w.at}`);
  });
}
