// Wallets in a page of another site: the browser asks first, and a form of that site cannot do what only people may.
import { expect, sdjwtConfig } from "./world.mjs";

export async function elsewhere(world, check) {
  const from = { origin: "https://wallet.example", "sec-fetch-site": "cross-site" };
  await check("scripts of another site may call what is for wallets", async () => {
    const asked = await fetch(`${world.url}/credentials/credential`, { method: "OPTIONS", headers: { ...from, "access-control-request-method": "POST", "access-control-request-headers": "authorization" } });
    expect([asked.status, asked.headers.get("access-control-allow-origin"), asked.headers.get("access-control-allow-headers")], [204, "*", "Authorization, Content-Type"], "preflight");
    const nonce = await fetch(`${world.url}/credentials/nonce`, { method: "POST", headers: from });
    expect([nonce.status, nonce.headers.get("access-control-allow-origin"), nonce.headers.get("cache-control")], [200, "*", "no-store"], "nonce");
  });
  await check("a form of another site does not let a wallet in", async () => {
    const answer = await world.holder.ask("/credentials/authorize", { method: "POST", headers: from, body: new URLSearchParams({ request: `scope=${sdjwtConfig}`, licence: world.id, do: "yes" }) });
    expect(answer.status, 403, "status");
  });
  await check("a question can be read by POST, and carries the wallet's nonce", async () => {
    const { ask } = await import("./shown.mjs");
    const q = await ask(world);
    const uri = q.request.response_uri.replace("/answers/", "/questions/");
    const answer = await fetch(uri, { method: "POST", body: new URLSearchParams({ wallet_nonce: "mine" }) });
    const payload = JSON.parse(Buffer.from((await answer.text()).split(".")[1], "base64url"));
    expect([answer.headers.get("content-type"), payload.wallet_nonce, payload.nonce], ["application/oauth-authz-req+jwt", "mine", q.request.nonce], "question");
  });
}
