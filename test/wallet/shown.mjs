// Credentials are shown to us by OpenID4VP, in both forms; what is not genuine, or not shown by its holder to us and now, is
// refused.
import { newKey, presentation, sdjwt, showMdoc } from "./wallet.mjs";
import { Person } from "./person.mjs";
import { expect, mdocConfig, sdjwtConfig, service } from "./world.mjs";

// ask is a stranger's question, read by the wallet's library.
async function ask(world) {
  const verifier = new Person(world.url);
  await verifier.page("/verify");
  await verifier.send("/verify/wallet", { kind: service });
  const link = /href="(openid4vp:[^"]+)"/.exec(verifier.text)?.[1];
  if (!link) throw new Error(`the page asks nothing: ${verifier.status}`);
  const { params } = presentation.parseOpenid4vpAuthorizationRequest({ authorizationRequest: link });
  const { authorizationRequestPayload: request, dcql, client } = await presentation.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: params });
  return { verifier, request, dcql, client, answerPage: async () => { await verifier.page(verifier.at); return verifier.text; } };
}

async function answer(q, vp_token, state) {
  const { authorizationResponsePayload } = await presentation.createOpenid4vpAuthorizationResponse({ authorizationRequestPayload: q.request, authorizationResponsePayload: { vp_token } });
  const payload = state ? { ...authorizationResponsePayload, state } : authorizationResponsePayload;
  const { response } = await presentation.submitOpenid4vpAuthorizationResponse({ authorizationRequestPayload: q.request, authorizationResponsePayload: payload });
  if (process.env.DEBUG && response.status !== 200) console.log(`      ${await response.clone().text()}`);
  return response.status;
}

async function present(world, held, q, more = {}) {
  const payload = { iat: Math.floor(Date.now() / 1000), aud: q.request.client_id, nonce: q.request.nonce, ...more };
  return sdjwt(world.url, more.key ?? held.key).present(held.credential, { number: true, place: true }, { kb: { payload } });
}

export async function shown(world, check) {
  const held = await world.hold(sdjwtConfig), doc = await world.hold(mdocConfig);
  const docOf = async (q, more = {}) => {
    const meta = q.request.dcql_query.credentials.find((c) => c.format === "mso_mdoc").meta;
    return showMdoc(doc.credential, more.key ?? doc.key, { docType: meta.doctype_value, elements: ["number", "place"], clientId: q.request.client_id, nonce: q.request.nonce, responseUri: q.request.response_uri, ...more });
  };
  world.held = held; world.doc = doc;

  await check("SD-JWT VC is shown, with what the holder chose and no more", async () => {
    const q = await ask(world);
    expect(await answer(q, { sd_jwt: [await present(world, held, q)] }), 200, "status");
    const page = await q.answerPage();
    for (const word of ["in force now", "Shown by its holder", world.number]) if (!page.includes(word)) throw new Error(`the page does not say ${word}`);
    if (page.includes("Designated premises supervisor")) throw new Error("the page shows more than was shown");
  });
  await check("mdoc is shown", async () => {
    const q = await ask(world);
    expect(await answer(q, { mdoc: [await docOf(q)] }), 200, "status");
    const page = await q.answerPage();
    for (const word of ["in force now", "Shown by its holder", world.number]) if (!page.includes(word)) throw new Error(`the page does not say ${word}`);
  });
  await check("a question is answered once, and read no more after that", async () => {
    const q = await ask(world);
    expect(await answer(q, { sd_jwt: [await present(world, held, q)] }), 200, "first");
    expect(await answer(q, { sd_jwt: [await present(world, held, q)] }), 400, "second");
  });

  const now = Math.floor(Date.now() / 1000);
  const cut = (token) => token.slice(0, token.lastIndexOf("~") + 1);
  const wrong = {
    "for another verifier": async (q) => present(world, held, q, { aud: "x509_hash:elsewhere" }),
    "for another question": async (q) => present(world, held, q, { nonce: "another" }),
    "too old": async (q) => present(world, held, q, { iat: now - 3600 }),
    "from the future": async (q) => present(world, held, q, { iat: now + 3600 }),
    "signed by somebody else": async (q) => present(world, held, q, { key: newKey() }),
    "without its holder's proof": async (q) => cut(await present(world, held, q)),
    "with the proof of another token": async (q) => {
      const other = await world.hold(sdjwtConfig).then((h) => present(world, { ...h, key: held.key }, q));
      return cut(await present(world, held, q)) + other.slice(other.lastIndexOf("~") + 1);
    },
    "with a changed byte in what the issuer signed": async (q) => {
      const t = await present(world, held, q);
      const at = t.indexOf(".") + 40;
      return t.slice(0, at) + (t[at] === "A" ? "B" : "A") + t.slice(at + 1);
    },
    "with a disclosure of its own making": async (q) => {
      const t = await present(world, held, q), [jwt, , ...rest] = t.split("~");
      return [jwt, Buffer.from(JSON.stringify(["salt", "number", "PL-1900-00001"])).toString("base64url"), ...rest].join("~");
    },
  };
  for (const [name, make] of Object.entries(wrong)) {
    await check(`SD-JWT VC ${name}: refused, and the question stays open`, async () => {
      const q = await ask(world);
      expect(await answer(q, { sd_jwt: [await make(q)] }), 400, "status");
      const page = await q.answerPage();
      if (!page.includes("The question is still open")) throw new Error("the page does not say that somebody answered wrongly");
      expect(await answer(q, { sd_jwt: [await present(world, held, q)] }), 200, "the holder, afterwards");
    });
  }
  const wrongDoc = {
    "for another verifier": { clientId: "x509_hash:elsewhere" }, "for another question": { nonce: "another" }, "for another address": { responseUri: "https://elsewhere.example" }, "signed by somebody else": { key: newKey() },
  };
  for (const [name, more] of Object.entries(wrongDoc)) {
    await check(`mdoc ${name}: refused`, async () => {
      const q = await ask(world);
      expect(await answer(q, { mdoc: [await docOf(q, more)] }), 400, "status");
    });
  }
  await check("an answer with another state is refused", async () => {
    const q = await ask(world);
    expect(await answer(q, { sd_jwt: [await present(world, held, q)] }, "another"), 400, "status");
  });
  await check("an answer with another credential than was asked for is refused", async () => {
    const q = await ask(world);
    expect(await answer(q, { passport: [await present(world, held, q)] }), 400, "status");
  });
}

export { answer, ask, present };
