// Complete issuance of both forms, from our offer, by both flows.
import { createHash, randomBytes } from "node:crypto";
import { callbacks, Holder, IssuerSigned, issuance, mdocs, newKey, sdjwt } from "./wallet.mjs";
import { clientAuthenticationNone, Oauth2Client } from "@openid4vc/oauth2";
import { expect, mdocConfig, sdjwtConfig } from "./world.mjs";

export async function issued(world, check) {
  const { url, number } = world;
  await check("the offer, the issuer's and the server's metadata are as the library has them", async () => {
    const s = await world.session();
    expect(s.credentialOffer.credential_configuration_ids, [sdjwtConfig, mdocConfig], "offered");
    expect(s.issuerMetadata.originalDraftVersion, "V1", "version of the metadata");
    for (const id of [sdjwtConfig, mdocConfig]) if (!s.issuerMetadata.knownCredentialConfigurations[id]) throw new Error(`${id} is not known to the library`);
  });

  await check("SD-JWT VC, pre-authorised: fetched, verified by @sd-jwt with the published keys, status and type read", async () => {
    const { key, credential } = await world.hold(sdjwtConfig);
    const { payload, typeMetadata } = await sdjwt(url, key).verify(credential);
    expect(payload.number, number, "number");
    expect(payload.cnf.jwk.x, key.jwk.x, "holder's key");
    const type = typeMetadata ?? (await sdjwt(url, key).getVct(credential));
    if (!JSON.stringify(type).includes("Premises licence")) throw new Error(`type metadata: ${JSON.stringify(type)}`);
  });

  await check("mdoc, pre-authorised: fetched, verified by @owf/mdoc with the published root", async () => {
    const { key, credential } = await world.hold(mdocConfig);
    const root = new Uint8Array(await (await fetch(`${url}/credentials/root.cer`)).arrayBuffer());
    await Holder.verifyIssuerSigned({ issuerSigned: credential, trustedCertificates: [root] }, mdocs);
    const signed = IssuerSigned.fromEncodedForOid4Vci(credential);
    const docType = signed.issuerAuth.mobileSecurityObject.docType;
    expect(signed.getPrettyClaims(docType).number, number, "number");
    const device = signed.issuerAuth.mobileSecurityObject.deviceKeyInfo.deviceKey.jwk;
    expect([device.x, device.y], [key.jwk.x, key.jwk.y], "holder's key");
  });

  await check("several at once: each of its own key and place in the status list; the wallet tells that it has them", async () => {
    const s = await world.session();
    const got = await world.fetch(s, sdjwtConfig, [newKey(), newKey(), newKey()]);
    const opened = await Promise.all(got.credentials.map((c, i) => sdjwt(url, got.keys[i]).verify(c)));
    expect(opened.map((o) => o.payload.cnf.jwk.x), got.keys.map((k) => k.jwk.x), "keys");
    expect(new Set(opened.map((o) => o.payload.status.status_list.idx)).size, 3, "places");
    await s.client.sendNotification({ issuerMetadata: s.issuerMetadata, accessToken: s.accessToken, notification: { notificationId: got.notification, event: "credential_accepted" } });
  });

  for (const pushed of [true, false]) {
    await check(`authorisation code with PKCE${pushed ? ", pushed" : ""}: the holder lets the wallet in, and it fetches both forms`, async () => {
      const clientId = "wallet.example", redirectUri = "https://wallet.example/back", state = randomBytes(8).toString("hex");
      const client = issuance({ clientAuthentication: clientAuthenticationNone({ clientId }) });
      const issuerMetadata = await client.resolveIssuerMetadata(url);
      const codeVerifier = randomBytes(32).toString("base64url");
      let request;
      const credentialOffer = { credential_issuer: url, credential_configuration_ids: [sdjwtConfig, mdocConfig], grants: { authorization_code: {} } };
      if (pushed) {
        const begun = await new Oauth2Client({ callbacks }).createAuthorizationRequestUrl({ authorizationServerMetadata: issuerMetadata.authorizationServers[0],
          clientId, redirectUri, scope: `${sdjwtConfig} ${mdocConfig}`, pkceCodeVerifier: codeVerifier, state });
        request = new URL(begun.authorizationRequestUrl);
        if (!request.searchParams.get("request_uri")) throw new Error(`it was not pushed: ${request}`);
      } else {
        request = new URL(issuerMetadata.authorizationServers[0].authorization_endpoint);
        request.search = new URLSearchParams({ response_type: "code", client_id: clientId, redirect_uri: redirectUri, state, scope: `${sdjwtConfig} ${mdocConfig}`,
          code_challenge: createHash("sha256").update(codeVerifier).digest("base64url"), code_challenge_method: "S256" });
      }
      const { holder } = world;
      await holder.page(request.pathname + request.search);
      await holder.send("/credentials/authorize", { licence: world.id, do: "yes" });
      if (!holder.to?.startsWith(redirectUri)) throw new Error(`the holder is sent to ${holder.to}, status ${holder.status}`);
      const back = client.parseAndVerifyAuthorizationResponseRedirectUrl({ url: holder.to, authorizationServerMetadata: issuerMetadata.authorizationServers[0] });
      expect(back.state, state, "state");
      const { accessTokenResponse } = await client.retrieveAuthorizationCodeAccessTokenFromOffer({ credentialOffer, issuerMetadata, authorizationCode: back.code, pkceCodeVerifier: codeVerifier, redirectUri });
      const s = { client, issuerMetadata, accessToken: accessTokenResponse.access_token };
      const got = await world.fetch(s, sdjwtConfig, [newKey()], { clientId });
      expect((await sdjwt(url, got.keys[0]).verify(got.credentials[0])).payload.number, number, "number");
      await world.fetch(s, mdocConfig, [newKey()], { clientId });
    });
  }
}

