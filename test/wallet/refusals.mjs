// What a wallet must not get away with, and the standard's own codes for it.
import { newKey, proofOf } from "./wallet.mjs";
import { expect, mdocConfig, refusal, sdjwtConfig } from "./world.mjs";

const codeOf = (offer) => new URL(offer.link).searchParams.get("credential_offer_uri").split("/").pop();

export async function refusals(world, check) {
  const refused = (name, code, run) => check(`${name}: ${code}`, async () => expect(await refusal(run()), code, "refused with"));

  await refused("a nonce that was used", "invalid_nonce", async () => {
    const s = await world.session(), nonce = await world.nonce(s);
    await world.fetch(s, sdjwtConfig, [newKey()], { nonce });
    return world.fetch(s, sdjwtConfig, [newKey()], { nonce });
  });
  await refused("a nonce that is not ours", "invalid_nonce", async () => world.fetch(await world.session(), sdjwtConfig, [newKey()], { nonce: "bm90IG91cnM" }));
  await refused("two nonces in one request", "invalid_nonce", async () => {
    const s = await world.session();
    const one = async () => proofOf(s.client, { ...s, config: sdjwtConfig, key: newKey(), nonce: await world.nonce(s) });
    return world.fetch(s, sdjwtConfig, [], { proofs: [await one(), await one()] });
  });
  await refused("no proof", "invalid_proof", async () => {
    const s = await world.session();
    return s.client.retrieveCredentials({ ...s, credentialConfigurationId: sdjwtConfig });
  });
  await refused("a proof that is too old", "invalid_proof", async () =>
    world.fetch(await world.session(), sdjwtConfig, [newKey()], { issuedAt: new Date(Date.now() - 10 * 60_000) }));
  await refused("a proof from the future", "invalid_proof", async () =>
    world.fetch(await world.session(), sdjwtConfig, [newKey()], { issuedAt: new Date(Date.now() + 10 * 60_000) }));
  await refused("a proof that another key has signed", "invalid_proof", async () => {
    const s = await world.session(), mine = newKey(), theirs = newKey();
    const header = { typ: "openid4vci-proof+jwt", alg: "ES256", jwk: theirs.jwk };
    const proof = mine.jwt(header, { aud: world.url, iat: Math.floor(Date.now() / 1000), nonce: await world.nonce(s) });
    return world.fetch(s, sdjwtConfig, [], { proofs: [proof] });
  });
  for (const [name, wrong] of [["for another issuer", { aud: "https://elsewhere.example" }], ["without a nonce", { nonce: undefined }], ["without a time", { iat: undefined }]]) {
    await refused(`a proof ${name}`, "invalid_proof", async () => {
      const s = await world.session(), key = newKey();
      const payload = { aud: world.url, iat: Math.floor(Date.now() / 1000), nonce: await world.nonce(s), ...wrong };
      return world.fetch(s, sdjwtConfig, [], { proofs: [key.jwt({ typ: "openid4vci-proof+jwt", alg: "ES256", jwk: key.jwk }, payload)] });
    });
  }
  await refused("a proof of another type", "invalid_proof", async () => {
    const s = await world.session(), key = newKey();
    return world.fetch(s, sdjwtConfig, [], { proofs: [key.jwt({ typ: "JWT", alg: "ES256", jwk: key.jwk }, { aud: world.url, iat: Math.floor(Date.now() / 1000), nonce: await world.nonce(s) })] });
  });
  await check("an offer that was used twice gives neither of the two anything: invalid_token", async () => {
    // The library reads the offer's document first, which is gone: whoever stole the code asks for the token directly.
    const offer = await world.offer();
    const s = await world.begin(offer);
    expect((await fetch(new URL(offer.link).searchParams.get("credential_offer_uri"))).status, 404, "the offer's document");
    const code = codeOf(offer);
    const stolen = await fetch(`${world.url}/credentials/token`, { method: "POST", body: new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:pre-authorized_code", "pre-authorized_code": code, tx_code: offer.digits }) });
    expect([stolen.status, (await stolen.json()).error], [400, "invalid_grant"], "the second");
    expect(await refusal(world.fetch(s, sdjwtConfig)), "invalid_token", "the first");
  });
  await refused("an offer without its digits", "invalid_request", async () => {
    const answer = await fetch(`${world.url}/credentials/token`, { method: "POST", body: new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:pre-authorized_code", "pre-authorized_code": codeOf(await world.offer()) }) });
    throw Object.assign(new Error("refused"), { errorResponse: await answer.json() });
  });
  await refused("an offer with wrong digits, and then with the right ones after five tries", "invalid_grant", async () => {
    const offer = await world.offer(), wrong = offer.digits === "000000" ? "000001" : "000000";
    for (let i = 0; i < 5; i++) expect(await refusal(world.begin({ ...offer, digits: wrong })).catch((e) => e.message), "invalid_grant", `try ${i + 1}`);
    const code = codeOf(offer);
    const answer = await fetch(`${world.url}/credentials/token`, { method: "POST", body: new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:pre-authorized_code", "pre-authorized_code": code, tx_code: offer.digits }) });
    throw Object.assign(new Error("refused"), { errorResponse: await answer.json() });
  });
  await refused("a token that is not ours", "invalid_token", async () => world.fetch(await world.session(), sdjwtConfig, [newKey()], { accessToken: "bm90IG91cnM" }));
  await check("a token in the address is not read: 401", async () => {
    const s = await world.session();
    const answer = await fetch(`${world.url}/credentials/credential?access_token=${s.accessToken}`, { method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify({ credential_configuration_id: sdjwtConfig, proofs: { jwt: ["a.b.c"] } }) });
    expect(answer.status, 401, "status");
  });
  const raw = async (s, body) => {
    const answer = await fetch(`${world.url}/credentials/credential`, { method: "POST", headers: { authorization: `Bearer ${s.accessToken}`, "content-type": "application/json" }, body: JSON.stringify(body) });
    throw Object.assign(new Error(`status ${answer.status}`), { errorResponse: await answer.json() });
  };
  const own = async (s, config) => ({ jwt: [await proofOf(s.client, { ...s, config, key: newKey(), nonce: await world.nonce(s) })] });
  await refused("a configuration that there is not", "unknown_credential_configuration", async () => {
    const s = await world.session();
    return raw(s, { credential_configuration_id: "passport_sd_jwt", proofs: await own(s, sdjwtConfig) });
  });
  await refused("an identifier that was not given", "unknown_credential_identifier", async () => {
    const s = await world.session();
    return raw(s, { credential_identifier: "mine", proofs: await own(s, sdjwtConfig) });
  });
  await refused("an encryption that there is not", "invalid_encryption_parameters", async () => {
    const s = await world.session();
    return raw(s, { credential_configuration_id: mdocConfig, proofs: await own(s, mdocConfig), credential_response_encryption: { jwk: newKey().jwk, enc: "A128GCM" } });
  });
  await refused("a kind of grant that there is not", "unsupported_grant_type", async () => {
    const answer = await fetch(`${world.url}/credentials/token`, { method: "POST", body: new URLSearchParams({ grant_type: "password" }) });
    throw Object.assign(new Error("refused"), { errorResponse: await answer.json() });
  });
}
