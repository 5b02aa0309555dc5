// A question of a form is answered by showing a licence: what comes back is tied to this draft, and to what is in force.
import { presentation, sdjwt, showMdoc } from "./wallet.mjs";
import { Person } from "./person.mjs";
import { expect } from "./world.mjs";

const start = "/apply/food-business-registration/start", question = "business_name";

// begin is an application at the page of the question.
async function begin(world) {
  const p = new Person(world.url);
  await p.page("/services/food-business-registration/check");
  const key = /name="form-key" value="([^"]+)"/.exec(p.text)?.[1];
  await p.page(start, { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin" }, body: new URLSearchParams({ "form-key": key }) });
  p.draft = p.at;
  return p;
}

// asks presses the button beside the question and gives what the wallet is asked.
async function asks(p) {
  await p.page(`${p.draft}/place`);
  await p.send(`${p.draft}/place`, { do: `wallet:${question}` });
  p.shows = p.at;
  const link = /href="(openid4vp:[^"]+)"/.exec(p.text)?.[1];
  if (!link) throw new Error(`the form asks nothing: ${p.status} ${p.at}`);
  const { params } = presentation.parseOpenid4vpAuthorizationRequest({ authorizationRequest: link });
  const { authorizationRequestPayload } = await presentation.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: params });
  return authorizationRequestPayload;
}

async function answer(request, vp_token) {
  const { authorizationResponsePayload } = await presentation.createOpenid4vpAuthorizationResponse({ authorizationRequestPayload: request, authorizationResponsePayload: { vp_token } });
  const { response } = await presentation.submitOpenid4vpAuthorizationResponse({ authorizationRequestPayload: request, authorizationResponsePayload });
  return response.status;
}

function token(world, request, claims) {
  const payload = { iat: Math.floor(Date.now() / 1000), aud: request.client_id, nonce: request.nonce };
  return sdjwt(world.url, world.held.key).present(world.held.credential, claims, { kb: { payload } });
}

export async function answered(world, check) {
  await check("a form's question is answered by an SD-JWT VC", async () => {
    const p = await begin(world), request = await asks(p);
    expect(await answer(request, { sd_jwt: [await token(world, request, { number: true, trading_name: true })] }), 200, "status");
    await p.page(p.shows);
    await p.send(p.shows);
    expect(p.at, `${p.draft}/place`, "after using it");
    if (!p.text.includes(world.number) || !p.text.includes("Type it instead")) throw new Error("the form does not say what was shown");
    await p.page(`${p.draft}/check`);
    if (!p.text.includes("Shown from a wallet")) throw new Error("the summary does not say where the answer came from");
  });
  await check("a form's question is answered by an mdoc", async () => {
    const p = await begin(world), request = await asks(p);
    const docType = request.dcql_query.credentials.find((c) => c.format === "mso_mdoc").meta.doctype_value;
    const shown = await showMdoc(world.doc.credential, world.doc.key, { docType, elements: ["number", "trading_name"], clientId: request.client_id, nonce: request.nonce, responseUri: request.response_uri });
    expect(await answer(request, { mdoc: [shown] }), 200, "status");
    await p.page(p.shows);
    await p.send(p.shows);
    if (!p.text.includes(world.number)) throw new Error("the form does not say what was shown");
  });
  await check("a wallet that does not show what is asked answers nothing", async () => {
    const p = await begin(world), request = await asks(p);
    expect(await answer(request, { sd_jwt: [await token(world, request, { number: true })] }), 200, "status");
    await p.page(p.shows);
    await p.send(p.shows);
    if (!p.text.includes("Your wallet did not show what is asked")) throw new Error("the page does not say what is missing");
  });
  await check("what was shown for one draft answers no other", async () => {
    const p = await begin(world), other = await begin(world), request = await asks(p);
    expect(await answer(request, { sd_jwt: [await token(world, request, { number: true, trading_name: true })] }), 200, "status");
    await asks(other);
    await other.page(p.shows.replace(p.draft, other.draft));
    expect(other.status, 404, "another draft's page");
    const stranger = new Person(world.url);
    await stranger.page(p.shows);
    expect(stranger.status, 404, "a stranger's page");
  });
}
