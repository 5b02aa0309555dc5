// A licence goes into a wallet: the holder's page offers it, the page that lets a wallet in asks the holder, and a stranger asks
// somebody's wallet. What wallets themselves do with it is in test/wallet.
import { ok, same } from "../check.mjs";
import { Visitor } from "../visitor.mjs";

const licences = 'a[href^="/account/licences/"]';

// holding opens the page of a licence that can be added to a wallet.
async function holding(v) {
  for (const person of ["Ada Marsh", "Grace Lin", "Noor Haddad", "Sam Whitfield"]) {
    await v.signIn(person);
    await v.go("/account");
    const paths = new Set(await v.main().locator(licences).evaluateAll((all) => all.map((a) => a.getAttribute("href"))));
    for (const path of paths) {
      await v.go(path);
      if (await v.button("Add to your wallet").count()) return path;
    }
  }
  throw new Error("nobody holds a licence that can be added to a wallet");
}

async function intoAWallet(world, profile) {
  const v = await Visitor.arrive(world, { ...profile, name: "holder" });
  const licence = await holding(v);
  await v.pressButton("Add to your wallet");
  ok(v.path().startsWith(`${licence}/wallet/`), `the offer is at ${v.path()}`);
  await v.sees("Scan this code with the wallet on your phone. If the wallet is on this device, open it from here.");
  ok(/^\d{6}$/.test(await v.main().locator(".stoa-wallet__digits").innerText()), "there are no six digits");
  const link = await v.main().locator('a[href^="openid-credential-offer:"]').getAttribute("href");
  const offer = await (await fetch(new URL(link).searchParams.get("credential_offer_uri"))).json();
  ok(offer.credential_configuration_ids.length === 2, "the offer is not for both forms");
  const service = offer.credential_configuration_ids[0].replace(/_sd_jwt$/, "");

  await v.go("/credentials/authorize?" + new URLSearchParams({ response_type: "code", client_id: "wallet", redirect_uri: "https://wallet.example/back", scope: `${service}_mdoc`,
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256" }));
  await v.sees("Say yes only if you have just asked for this in your own wallet.");
  ok(await v.reads("wallet.example"), "the page does not say where one goes on");

  const stranger = await Visitor.arrive(world, { ...profile, name: "stranger" });
  await stranger.go("/verify");
  await stranger.field("What they should show").selectOption(service);
  await stranger.pressButton("Make a code");
  ok(await stranger.main().locator('a[href^="openid4vp:"]').count() === 1, "there is no code for the wallet");
  await stranger.pressButton("See the answer");
  await stranger.go("/verify");
  const paste = async (text) => {
    await stranger.main().locator("#check-text").fill(text);
    await stranger.press(stranger.main().locator("#check"));
  };
  await paste("eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.eA~");
  await stranger.sees("Forged, or not from us");
  await paste("nothing of the kind");
  await stranger.sees("This is nothing that we can check. Send the PDF itself, a photo of the code, or the whole text");
}

export default [
  { name: "wallet: a licence is offered, asked for and checked, no scripts, English, 360 px", run: (w) => intoAWallet(w, { js: false, lang: "en", width: 360 }) },
  { name: "wallet: a licence is offered, asked for and checked, scripts, Arabic, 1280 px", run: (w) => intoAWallet(w, { js: true, lang: "ar", width: 1280 }) },
];
