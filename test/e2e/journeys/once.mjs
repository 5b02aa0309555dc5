// Once only: what a register knows of whoever has signed in is used, refused and called wrong; the read stands in the account;
// whoever else has the link gets nothing.
import { ok, same } from "../check.mjs";
import { Visitor } from "../visitor.mjs";

// begin starts a premises licence as somebody whom the register of businesses knows.
async function begin(world, profile) {
  const v = await Visitor.arrive(world, { ...profile, name: "trader" });
  await v.signIn("Ada Marsh");
  await v.go("/services/premises-licence");
  await v.pressButton("Start now");
  await v.go("/services/premises-licence/check");
  const start = v.main().locator('form[action$="/start"] button, form button').first();
  await v.main().locator('input[name="in_greenvale"][value="yes"]').check();
  await v.main().locator('input[name="applicant_kind"][value="person"]').check();
  await v.press(start);
  if (await v.main().locator('input[name="adult"]').count()) {
    await v.main().locator('input[name="adult"][value="yes"]').check();
    await v.press(v.main().locator("form button").first());
  }
  ok(/^\/apply\/[0-9a-z]+$/.test(v.path()), `the application begins at ${v.path()}`);
  return v;
}

async function once(world, profile) {
  const v = await begin(world, profile);
  const draft = v.path();
  await v.sees("We already know");
  ok(await v.reads("GV-ST-0003"), "the list does not say from which record");
  await v.shot("list");

  // Used and refused.
  await v.go(draft + "/place");
  await v.sees("We already know this. Check that it is right.");
  await v.shot("question");
  await v.main().locator('input[name="known-place"][value="use:GV-ST-0003"]').check();
  await v.main().locator('input[name="known-trading_name"][value="own"]').check();
  await v.pressButton("Save and continue");
  await v.sees("There is a problem"); // refused, and nothing typed
  await v.main().locator('input[name="trading_name"]').fill("The Bell");
  await v.pressButton("Save and continue");
  await v.go(draft + "/check");
  ok(await v.reads("7 Market Square") && await v.reads("The Bell"), "the summary does not say what was used and typed");
  await v.shot("summary");

  // Called wrong: whoever keeps the register is told.
  await v.go(draft + "/place");
  await v.main().locator('input[name="known-trading_name"][value="wrong"]').check();
  await v.main().locator('input[name="trading_name"]').fill("Bell & Anchor Inn");
  await v.pressButton("Save and continue");
  await v.go(draft + "/place");
  same(await v.main().locator('input[name="known-trading_name"]:checked').getAttribute("value"), "wrong", "what was said of the name");
  const mail = await Visitor.arrive(world, { lang: profile.lang, name: "office" });
  await mail.go("/demo/mailbox");
  ok(await mail.reads("trading.standards@greenvale.example") || (await mail.page.content()).includes("trading.standards@greenvale.example"), "the office was not told");

  // The read stands in the account.
  await v.go("/account/looks");
  ok(await v.reads(profile.lang === "ar" ? "سجل الأنشطة التجارية" : "Register of businesses"), "the account does not say that the register was asked");
  await v.shot("looks");

  // Nobody else with the link.
  const other = await Visitor.arrive(world, { ...profile, name: "other" });
  await other.context.addCookies((await v.context.cookies()).filter((c) => c.path !== "/"));
  await other.go(draft + "/place");
  ok(other.path().startsWith("/sign-in"), `whoever has the link is led to ${other.path()}`);
}

export default [
  { name: "once: we already know, used, refused and called wrong, no scripts, English, 360 px", run: (w) => once(w, { js: false, lang: "en", width: 360 }) },
  { name: "once: we already know, used, refused and called wrong, scripts, Arabic, 1280 px", run: (w) => once(w, { js: true, lang: "ar", width: 1280 }) },
];
