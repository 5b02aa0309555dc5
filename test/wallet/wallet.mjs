// A wallet: keys of its own, and what the libraries of others ask of whoever uses them. All that is of the protocols is theirs.
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify, X509Certificate } from "node:crypto";
import { calculateJwkThumbprint, clientAuthenticationAnonymous, setGlobalConfig } from "@openid4vc/oauth2";
import { Openid4vciClient } from "@openid4vc/openid4vci";
import { Openid4vpClient } from "@openid4vc/openid4vp";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { CoseKey, DeviceRequest, DocRequest, Holder, IssuerSigned, ItemsRequest, SessionTranscript } from "@owf/mdoc";

setGlobalConfig({ allowInsecureUrls: true }); // the demo is on this machine

export class Key {
  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.private = privateKey;
    const { kty, crv, x, y } = publicKey.export({ format: "jwk" });
    this.jwk = { kty, crv, x, y };
    this.privateJwk = { ...privateKey.export({ format: "jwk" }), alg: "ES256" };
  }
  sign(text) { return sign("sha256", Buffer.from(text), { key: this.private, dsaEncoding: "ieee-p1363" }).toString("base64url"); }
  jwt(header, payload) {
    const text = [header, payload].map((o) => Buffer.from(JSON.stringify(o)).toString("base64url")).join(".");
    return `${text}.${this.sign(text)}`;
  }
}

function signedBy(jwk, text, signature) {
  const key = createPublicKey({ key: jwk, format: "jwk" });
  return verify("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
}

const keys = new Map(); // of all wallets, by thumbprint of their public key
const print = (jwk) => JSON.stringify([jwk.kty, jwk.crv, jwk.x, jwk.y]);

export function newKey() {
  const key = new Key();
  keys.set(print(key.jwk), key);
  return key;
}

const hash = (data, alg = "sha-256") => createHash(alg.replaceAll("-", "").toLowerCase()).update(data).digest();

export const callbacks = {
  hash: (data, alg) => hash(data, alg),
  generateRandom: (n) => randomBytes(n),
  signJwt: (signer, { header, payload }) => {
    const key = keys.get(print(signer.publicJwk));
    return { jwt: key.jwt(header, payload), signerJwk: key.jwk };
  },
  verifyJwt: (signer, { compact }) => {
    const jwk = signer.method === "x5c" ? new X509Certificate(Buffer.from(signer.x5c[0], "base64")).publicKey.export({ format: "jwk" }) : signer.publicJwk;
    const at = compact.lastIndexOf(".");
    return { verified: signedBy(jwk, compact.slice(0, at), compact.slice(at + 1)), signerJwk: jwk };
  },
  decryptJwe: () => { throw new Error("nothing is encrypted here"); },
  encryptJwe: () => { throw new Error("nothing is encrypted here"); },
  clientAuthentication: clientAuthenticationAnonymous(),
  getX509CertificateMetadata: (der) => {
    const names = new X509Certificate(Buffer.from(der, "base64")).subjectAltName?.split(", ") ?? [];
    const of = (kind) => names.filter((n) => n.startsWith(kind)).map((n) => n.slice(kind.length));
    return { sanDnsNames: of("DNS:"), sanUriNames: of("URI:") };
  },
};

export const issuance = (more = {}) => new Openid4vciClient({ callbacks: { ...callbacks, ...more } });
export const presentation = new Openid4vpClient({ callbacks });

// proof is a proof of possession as the library makes it.
export async function proofOf(client, { issuerMetadata, config, key, nonce, issuedAt, clientId }) {
  const { jwt } = await client.createCredentialRequestJwtProof({
    issuerMetadata, credentialConfigurationId: config, nonce, issuedAt, clientId, signer: { method: "jwk", alg: "ES256", publicJwk: key.jwk },
  });
  return jwt;
}

// sdjwt opens SD-JWT VCs by the keys that the issuer publishes, and asks for their status.
export function sdjwt(url, key) {
  const find = async (header) => {
    const doc = await (await fetch(`${url}/.well-known/jwt-vc-issuer`)).json();
    const jwk = doc.jwks.keys.find((k) => k.kid === header.kid);
    if (!jwk) throw new Error(`the issuer publishes no key ${header.kid}`);
    return jwk;
  };
  const check = async (text, signature) => signedBy(await find(header(text)), text, signature);
  return new SDJwtVcInstance({
    hasher: (data, alg) => hash(data, alg), hashAlg: "sha-256", saltGenerator: () => randomBytes(16).toString("base64url"),
    verifier: check, statusVerifier: check,
    kbSigner: (text) => key.sign(text), kbSignAlg: "ES256",
    kbVerifier: (text, signature, payload) => signedBy(payload.cnf.jwk, text, signature),
    vctFetcher: async (uri) => (await fetch(uri)).json(), loadTypeMetadataFormat: true,
  });
}

const header = (text) => JSON.parse(Buffer.from(text.split(".")[0], "base64url"));

// mdocs is what the library of mdocs asks for.
export const mdocs = {
  crypto: {
    random: (n) => randomBytes(n),
    digest: ({ digestAlgorithm, bytes }) => new Uint8Array(hash(bytes, digestAlgorithm)),
    calculateEphemeralMacKey: () => { throw new Error("no MACs here"); },
  },
  cose: {
    sign1: {
      sign: ({ toBeSigned, key }) => {
        const own = keys.get(print(key.jwk));
        return new Uint8Array(sign("sha256", toBeSigned, { key: own.private, dsaEncoding: "ieee-p1363" }));
      },
      verify: ({ key, sign1 }) => verify("sha256", sign1.toBeSigned, { key: createPublicKey({ key: key.jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" }, sign1.signature),
    },
    mac0: { sign: () => { throw new Error("no MACs here"); }, verify: () => false },
  },
  x509: {
    getIssuerNameField: ({ certificate, field }) => new X509Certificate(certificate).issuer.split("\n").filter((l) => l.startsWith(field + "=")).map((l) => l.slice(field.length + 1)),
    getPublicKey: ({ certificate }) => CoseKey.fromJwk(new X509Certificate(certificate).publicKey.export({ format: "jwk" })),
    verifyCertificateChain: ({ trustedCertificates, x5chain, now }) => {
      const leaf = new X509Certificate(x5chain[0]), root = new X509Certificate(trustedCertificates[0]);
      if (!leaf.verify(root.publicKey) || !leaf.checkIssued(root) || new Date(leaf.validTo) < (now ?? new Date())) throw new Error("the certificate is not the root's");
    },
    getCertificateData: ({ certificate }) => {
      const c = new X509Certificate(certificate);
      return { issuerName: c.issuer, subjectName: c.subject, serialNumber: c.serialNumber, thumbprint: c.fingerprint, notBefore: new Date(c.validFrom), notAfter: new Date(c.validTo), pem: c.toString() };
    },
  },
};

// showMdoc answers a question with an mdoc: its DeviceResponse.
export async function showMdoc(encoded, key, { docType, elements, clientId, nonce, responseUri }) {
  const signed = IssuerSigned.fromEncodedForOid4Vci(encoded);
  const sessionTranscript = await SessionTranscript.forOid4Vp({ clientId, nonce, responseUri }, mdocs);
  const deviceRequest = DeviceRequest.create({ docRequests: [DocRequest.create({ itemsRequest: ItemsRequest.create({
    docType, namespaces: { [docType]: Object.fromEntries(elements.map((e) => [e, false])) } }) })] });
  const response = await Holder.createDeviceResponseForDeviceRequest({ deviceRequest, sessionTranscript, issuerSigned: [signed],
    signature: { signingKey: CoseKey.fromJwk(key.privateJwk) } }, mdocs);
  return response.encodedForOid4Vp;
}

export { Holder, IssuerSigned };
