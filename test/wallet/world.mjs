// The holder of a licence, and the wallet that is given it.
import { issuance, newKey, proofOf } from "./wallet.mjs";
import { Person } from "./person.mjs";

export const service = "premises-licence";
export const sdjwtConfig = `${service}_sd_jwt`, mdocConfig = `${service}_mdoc`;
export const supervisor = "margaret.ellis@greenvale.example";

export class World {
  // find looks for somebody who holds a premises licence that can be added to a wallet.
  static async find(url) {
    const w = new World();
    w.url = url;
    const anybody = new Person(url);
    await anybody.page("/demo");
    const emails = new Set([...anybody.text.matchAll(/name="email" value="([^"]+)"/g)].map((m) => m[1]));
    for (const email of emails) {
      const p = await new Person(url).demo(email);
      await p.page("/account");
      for (const [, path] of p.text.matchAll(/href="(\/account\/licences\/[^"\/]+)"/g)) {
        await p.page(path);
        const number = /PL-\d{4}-\d{5}/.exec(p.text)?.[0];
        if (number && p.text.includes(`${path}/wallet`)) return Object.assign(w, { holder: p, email, path, number, id: path.split("/").pop() });
      }
    }
    throw new Error("nobody in the demo holds a premises licence that is in force");
  }

  // offer is a fresh offer from the holder's page: the link and the digits.
  async offer() {
    await this.holder.page(this.path);
    await this.holder.send(`${this.path}/wallet`);
    const link = /href="(openid-credential-offer:[^"]+)"/.exec(this.holder.text)?.[1];
    const digits = /stoa-wallet__digits"><bdi>(\d{6})/.exec(this.holder.text)?.[1];
    if (!link || !digits) throw new Error(`the page offers nothing: ${this.holder.status} ${this.holder.at}`);
    return { link, digits };
  }

  // begin is an issuance up to the token.
  async begin(offer) {
    const o = offer ?? (await this.offer());
    const client = issuance();
    const credentialOffer = await client.resolveCredentialOffer(o.link);
    const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
    const token = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer, issuerMetadata, txCode: o.digits });
    return { client, credentialOffer, issuerMetadata, accessToken: token.accessTokenResponse.access_token };
  }

  // session is one issuance that many checks share: a licence has ten offers an hour.
  session() { return (this.begun ??= this.begin()); }

  nonce(s) { return s.client.requestNonce({ issuerMetadata: s.issuerMetadata }).then((n) => n.c_nonce); }

  // fetch gets credentials for keys, with what is different about their proofs.
  async fetch(s, config, keys = [newKey()], more = {}) {
    const nonce = more.nonce ?? (await this.nonce(s));
    const jwt = more.proofs ?? (await Promise.all(keys.map((key) => proofOf(s.client, { ...s, config, key, nonce, ...more }))));
    const got = await s.client.retrieveCredentials({ issuerMetadata: s.issuerMetadata, accessToken: more.accessToken ?? s.accessToken,
      credentialConfigurationId: config, proofs: { jwt } });
    return { keys, credentials: got.credentialResponse.credentials.map((c) => c.credential), notification: got.credentialResponse.notification_id };
  }

  // hold fetches one credential in a form.
  async hold(config) {
    const s = await this.session();
    const got = await this.fetch(s, config);
    return { key: got.keys[0], credential: got.credentials[0] };
  }
}

export function expect(got, want, what) {
  const [g, w] = [got, want].map((v) => JSON.stringify(v));
  if (g !== w) throw new Error(`${what}: ${g}, not ${w}`);
}

// refusal is the protocol's code with which something is refused.
export async function refusal(promise) {
  let got;
  try { got = await promise; } catch (e) {
    const body = e.errorResponse ?? e.response?.credentialErrorResponseResult?.data ?? e.response?.notificationErrorResponseResult?.data;
    if (body?.error) return body.error;
    throw e;
  }
  throw new Error(`it was not refused: ${JSON.stringify(got).slice(0, 200)}`);
}
