// An identity scheme: npm's oidc-provider as a process of its own, whose pages sign in whoever is typed, at the class that was
// asked for. PORT, BACK (where people are sent back) and SITE come from the environment.
import Provider from "oidc-provider";

const { PORT, BACK, SITE } = process.env;
const people = { rana: { name: "Rana of the scheme", email: process.env.EMAIL } };

const provider = new Provider(`http://localhost:${PORT}`, {
  clients: [{
    client_id: "stoa", client_secret: "a secret of at least some length", redirect_uris: [BACK], require_auth_time: true,
    backchannel_logout_uri: `${BACK}/over`, backchannel_logout_session_required: true, post_logout_redirect_uris: [`${SITE}/`],
  }],
  acrValues: ["urn:example:substantial", "urn:example:high"],
  claims: { openid: ["sub"], profile: ["name"], acr: null, auth_time: null, sid: null },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
  fetch: (url, { dispatcher, ...options }) => fetch(url, options), // its dispatcher refuses to call this machine
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  interactions: { url: (_, i) => `/interaction/${i.uid}` },
  cookies: { keys: ["for a test"] },
  pkce: { required: () => true },
  ttl: { AuthorizationCode: 60, Session: 3600, Interaction: 600, Grant: 3600, IdToken: 600, AccessToken: 600 },
});

// One address answers both questions: who is it (?login=), and may they be told.
provider.use(async (ctx, next) => {
  const at = /^\/interaction\/([^/]+)$/.exec(ctx.path);
  if (!at) return next();
  const { prompt, params, session } = await provider.interactionDetails(ctx.req, ctx.res);
  if (prompt.name === "login") {
    if (!ctx.query.login) { ctx.body = `sign in as whom? asked for: ${params.acr_values ?? ""}`; return; }
    const acr = ctx.query.acr ?? (params.acr_values ?? "").split(" ")[0];
    ctx.respond = false;
    return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: ctx.query.login, ...(acr && { acr }) } }, { mergeWithLastSubmission: false });
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope("openid profile");
  grant.addOIDCClaims(["acr", "auth_time", "sid", "name"]);
  ctx.respond = false;
  return provider.interactionFinished(ctx.req, ctx.res, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
});

provider.on("server_error", (_, e) => console.error(e));
provider.on("backchannel.error", (_, e) => console.error("back-channel", e.message));
provider.listen(Number(PORT), "127.0.0.1", () => console.log("ready"));
