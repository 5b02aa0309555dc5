// Asks this device for a passkey, or for a new one. Without this script, or where there can be none, the form stays hidden
// and the other ways of signing in are there.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// The options come as WebAuthn writes them in JSON; older browsers do not read that by themselves.
function options(o) {
  const list = (all) => all?.map((c) => ({ ...c, id: bytes(c.id) }));
  const out = { ...o, challenge: bytes(o.challenge) };
  if (o.user) out.user = { ...o.user, id: bytes(o.user.id) };
  if (o.excludeCredentials) out.excludeCredentials = list(o.excludeCredentials);
  if (o.allowCredentials) out.allowCredentials = list(o.allowCredentials);
  return out;
}

function answer(c) {
  const response = { clientDataJSON: text(c.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (c.response[part]) response[part] = text(c.response[part]);
  }
  if (c.response.getTransports) response.transports = c.response.getTransports();
  return JSON.stringify({ id: c.id, rawId: text(c.rawId), type: c.type, response, clientExtensionResults: c.getClientExtensionResults() });
}

async function go(form) {
  const asked = await fetch(form.dataset.ask, { method: "POST", headers: { Accept: "application/json" } });
  if (!asked.ok || !(asked.headers.get("Content-Type") ?? "").includes("json")) throw new Error("not asked");
  const { ceremony, options: given } = await asked.json();
  const publicKey = options(given);
  const credential = form.dataset.passkey === "create" ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
  form.elements.namedItem("ceremony").value = ceremony;
  form.elements.namedItem("answer").value = answer(credential);
  form.submit();
}

if (globalThis.PublicKeyCredential && navigator.credentials && globalThis.isSecureContext) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const problem = form.querySelector("[data-passkey-problem]");
    let busy = false;
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      problem.hidden = true;
      go(form).catch(() => { problem.hidden = false; problem.focus(); }).finally(() => { busy = false; });
    });
  }
}
