// Signing in by a passkey, with Chromium's virtual device; invitations of staff; sessions; more than a code by mail in the middle
// of an application.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillIn, mail, elsewhere, openDraft, signInByCode } from "../apply.mjs";
import { ok, same } from "../check.mjs";
import { day } from "../days.mjs";
import { ofItsOwn } from "../demo.mjs";
import { pdf } from "../files.mjs";
import { greenvale } from "../words.mjs";
import { Visitor } from "../visitor.mjs";

// named is the same world at the name that devices know it by: passkeys belong to names, not to numbers.
const named = (world) => ({ ...world, url: world.url.replace("127.0.0.1", "localhost"), home: world.url });

// device gives a visitor's browser a device with a fingerprint reader.
async function device(v) {
  const cdp = await v.context.newCDPSession(v.page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options: {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  return {
    verified: (is) => cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: is }),
    keys: async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
  };
}

async function signOut(v) {
  await v.press(v.page.getByRole("button", { name: v.rx("Sign out") }).first());
}

async function addPasskey(v, name) {
  await v.go("/account/security");
  await v.press(v.main().getByRole("button", { name: v.rx("Add a passkey") }));
  await v.field("Name").fill(name);
  await v.press(v.main().getByRole("button", { name: v.rx("Set up the passkey") }));
  same(v.path(), "/account/security", "after setting up at");
  ok(await v.reads(name), "the passkey is not listed");
}

async function resident(world, profile) {
  const v = await Visitor.arrive(named(world), profile);
  const phone = await device(v);
  await signInByCode(v, `${profile.name}@example.com`);
  await addPasskey(v, "My phone");
  same((await phone.keys()).length, 1, "passkeys on the device");

  await signOut(v);
  await v.go("/sign-in");
  ok(!(await v.reads(v.t("That did not work. Try again, or sign in another way"))), "it is said not to work before it is tried");
  let sent;
  v.page.on("request", (r) => { if (r.method() === "POST" && r.url().endsWith("/sign-in/passkey")) sent = r.postData(); });
  await v.press(v.button("Sign in with a passkey"));
  same(v.path(), "/account", "signed in at");
  ok(sent, "nothing was sent");

  const again = await v.context.request.post("/sign-in/passkey", { data: sent, headers: { "Content-Type": "application/x-www-form-urlencoded" }, maxRedirects: 0 });
  same(again.status(), 422, "the same answer again");
  const foreign = await v.context.request.post("/sign-in/passkey", { data: sent, maxRedirects: 0,
    headers: { "Content-Type": "application/x-www-form-urlencoded", Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" } });
  same(foreign.status(), 403, "from another site");

  await v.go("/account/security");
  await v.press(v.main().getByRole("link", { name: v.rx("Remove") }).or(v.main().getByRole("link", { name: new RegExp("^" + v.t("Remove")) })).first());
  await v.pressButton("Remove it");
  ok(!(await v.reads("My phone")), "the passkey is still listed");
  await signOut(v);
  await v.go("/sign-in");
  await v.press(v.button("Sign in with a passkey"));
  same(v.status, 422, "a removed passkey");
}

// plain: without scripts there is no button that would not work, and every other way is there.
async function plain(world) {
  const v = await Visitor.arrive(named(world), { js: false, width: 360, name: "plain" });
  await v.go("/sign-in");
  same(await v.button("Sign in with a passkey").count(), 0, "buttons for passkeys");
  await signInByCode(v, "plain@example.com");
  await v.go("/account/security");
  await v.pressButton("Set up an app");
  ok(await v.main().locator("svg").count() === 1, "no code to scan");
  await v.field("Code").fill("123");
  await v.pressButton("Set it up");
  same(v.status, 422, "a wrong code");
}

// hired: an administrator adds somebody, who sets a passkey up by the invitation and works from then on.
async function hired(world) {
  const boss = await Visitor.arrive(named(world), { name: "boss" });
  await boss.signIn("Ines Carver");
  await boss.go("/desk/staff");
  await boss.main().getByLabel("Name", { exact: true }).fill("Nina New");
  await boss.main().getByLabel("Email address").fill("nina.new@greenvale.example");
  await boss.main().getByLabel("Organisation").selectOption({ index: 1 });
  await boss.main().getByLabel(/^Officer/).check();
  await boss.pressButton("Add");
  ok(await boss.reads("Invited; has not set anything up yet"), "she is not invited");

  const v = await Visitor.arrive(named(world), { name: "nina" });
  await device(v);
  await v.go("/sign-in");
  await v.field("Email address").fill("nina.new@greenvale.example");
  await v.pressButton("Send the code");
  const text = await elsewhere(v, () => mail(v, "nina.new@greenvale.example", "Your sign-in code"));
  await v.field("Code").fill(/\b\d{6}\b/.exec(text)[0]);
  await v.press(v.main().getByRole("button", { name: "Sign in" }));
  ok(await v.reads("A code by email is not enough"), `a code by mail let her in at ${v.path()}`);

  await mail(v, "nina.new@greenvale.example", "Set up how you sign in to work");
  await v.press(v.main().getByRole("link", { name: /invitation/ }).first());
  await v.pressButton("Begin");
  await v.go("/desk");
  same(v.status, 403, "the desk before anything is set up");
  await addPasskey(v, "Work computer");
  await v.go("/desk");
  same(v.path(), "/desk", "she works at");
  await v.go("/account/security");
  await v.press(v.main().getByRole("link", { name: /^Remove/ }).first());
  await v.pressButton("Remove it");
  same(v.status, 422, "removing the last way in");
  await signOut(v);
  await v.go("/sign-in");
  await v.press(v.button("Sign in with a passkey"));
  same(v.path(), "/desk", "signed in at");
}

// elsewhereSignedIn: what is open elsewhere is seen and ended.
async function sessions(world, profile) {
  const one = await Visitor.arrive(world, profile), two = await Visitor.arrive(world, profile);
  const email = `${profile.name}@example.com`;
  await signInByCode(one, email);
  await signInByCode(two, email);
  await one.go("/account/security");
  await one.press(one.main().getByRole("button", { name: new RegExp("^" + one.t("Sign out there")) }).first());
  await two.go("/account");
  same(two.path(), "/sign-in", "the other is at");
  await one.go("/account");
  same(one.path(), "/account", "the one is at");
}

// more: a service that asks for more than a code by mail; the answers wait meanwhile.
async function more(world) {
  const food = greenvale.services["food-business-registration"];
  const folder = mkdtempSync(join(tmpdir(), "stoa-more-"));
  try {
    cpSync(new URL("../../../jurisdictions/greenvale", import.meta.url).pathname, folder, { recursive: true });
    const file = join(folder, "services/food-business-registration.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^applicant:/m, "assurance: substantial\napplicant:"));
    await ofItsOwn(world, async (own) => {
      const v = await Visitor.arrive(own, { name: "careful", width: 360 });
      await openDraft(v, food, { in_greenvale: true, food_for_others: true, animal_products_to_trade: false });
      const draft = v.page.url().replace(/\/[^/]*$/, "");
      await fillIn(v, food, [
        { page: "place", steps: [{ business_name: "Corner Table", place_kind: "premises" }, { address: { line1: "4 Hope Street", town: "Greenvale", postcode: "GV2 2BA" } }] },
        { page: "food", steps: [{ activities: ["restaurant"], opening_date: day(60), seasonal: false, water: "mains" }] },
        { page: "operator", steps: [{ operator_kind: "sole_trader" }, { sole_trader: "Carla Table" }] },
        { page: "contact", steps: [{ contact_name: "Carla Table", contact_email: "carla@example.net" }] },
        { page: "documents", steps: [{ menu: pdf("menu") }] },
      ]);
      await v.go(draft + "/check");
      ok(await v.reads("Sign in and come back"), "nothing is asked");
      await v.press(v.main().getByRole("button", { name: "Sign in and come back" }));
      ok(!(await v.reads("Send the code")), "a code by mail is offered");
      await v.press(v.main().getByRole("link", { name: /demonstration/ }));
      await v.press(v.page.getByRole("button", { name: /^Sign in\s+Sam Whitfield$/ }));
      same(v.page.url(), draft + "/check", "came back to");
      ok(await v.reads("Corner Table"), "the answers are lost");
      await v.main().locator("[name=declared]").check();
      await v.pressButton("Send application");
      ok(v.path().endsWith("/done"), `at ${v.path()}`);
    }, "--jurisdiction", folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export default [
  { name: "passkey: a resident makes one, signs in by it and removes it", run: (w) => resident(w, { name: "pia" }) },
  { name: "passkey: in Arabic, on a phone", run: (w) => resident(w, { name: "basma", lang: "ar", width: 360 }) },
  { name: "passkey: without scripts", run: plain },
  { name: "passkey: somebody is hired", run: hired },
  { name: "sessions: seen and ended", run: (w) => sessions(w, { name: "sessa" }) },
  { name: "more than a code by mail, in the middle of an application", run: more },
];
