// Verifies a proof in the visitor's own browser, from a file, a photo, the camera or a text: it never leaves it. Without
// scripts, or where this fails, the same form sends it to the site, which answers with the same words.
import "wasm_exec";

let verifier;

function load(url) {
  verifier ??= (async () => {
    const go = new globalThis.Go();
    const { instance } = await WebAssembly.instantiateStreaming(fetch(url), go.importObject);
    go.run(instance);
    return globalThis.stoaVerify;
  })();
  return verifier;
}

const make = (tag, text, className) => {
  const e = document.createElement(tag);
  if (text !== undefined) e.textContent = text;
  if (className) e.className = className;
  return e;
};

function row(list, name, value) {
  const r = make("div", undefined, "govuk-summary-list__row");
  const v = make("dd", undefined, "govuk-summary-list__value");
  v.append(make("bdi", value));
  r.append(make("dt", name, "govuk-summary-list__key"), v);
  list.append(r);
}

function tell(at, words, r) {
  const panel = make("div", undefined, "govuk-inset-text");
  const title = make("h2", r.holds ? words.holds : words.fails, "govuk-heading-m");
  title.tabIndex = -1;
  panel.append(title);
  if (r.holds) {
    const list = make("dl", undefined, "govuk-summary-list");
    const name = (n) => words.fields[n] ?? n.replace(/^(field|service|tax|parameter)\./, "");
    row(list, words.what, words.kinds[r.kind] ?? r.kind);
    row(list, words.by, r.organisation);
    row(list, words.at, r.at);
    for (const d of [...(r.details ?? []), ...(r.shown ?? [])]) if (d.value) row(list, name(d.name), d.value);
    row(list, words.place, `${r.index} / ${r.size}`);
    row(list, words.witnesses, (r.witnesses ?? []).join(", ") || words.nobody);
    panel.append(...standing(words, r), make("p", words.compare, "govuk-body"), list);
  } else {
    panel.append(make("p", words.failures[r.why] ?? words.unreadable, "govuk-body"));
    if (r.what) panel.append(make("p", r.what, "govuk-body-s govuk-hint"));
  }
  panel.append(make("p", words.here, "govuk-body-s"));
  at.querySelector("[data-told]").replaceChildren(panel);
  title.focus();
}

// standing is what can be said, without asking anybody, of how a licence stands today.
function standing(words, r) {
  if (!r.kind.startsWith("licence.")) return [];
  const said = [];
  const until = r.details?.find((d) => d.name === "until")?.value;
  if (until && until < new Date().toISOString().slice(0, 10)) said.push(make("p", words.over, "govuk-body govuk-!-font-weight-bold"));
  const since = make("p", words.since + " ", "govuk-body");
  const look = make("a", words.today, "govuk-link");
  look.href = "/verify/" + encodeURIComponent(r.id.split(".")[0]);
  since.append(look);
  return [...said, since];
}

const head = [..."c2sp.org/tlog-proof@v1"].map((c) => c.charCodeAt(0));
const starts = (bytes, text) => [...text].every((c, i) => bytes[i] === c.charCodeAt(0));
const onPaper = "STOA1:";

// proofIn gives the bytes of a proof, or nothing where the site has to look.
async function proofIn(at, file, text) {
  if (!file) return text.startsWith(onPaper) ? new TextEncoder().encode(text) : null;
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (head.every((b, i) => bytes[i] === b)) return bytes;
  if (starts(bytes, "%PDF-")) return new TextDecoder("latin1").decode(bytes).includes("stream\nc2sp.org/tlog-proof@v1\n") ? bytes : null;
  if (!at.dataset.scan || !/^image\//.test(file.type)) return null;
  const { codes } = await import(at.dataset.scan);
  const found = (await codes(await createImageBitmap(file), { patient: true })).find((c) => c.startsWith(onPaper));
  return found ? new TextEncoder().encode(found) : null;
}

async function judge(at, words, bytes) {
  const verify = await load(at.dataset.verifier);
  tell(at, words, JSON.parse(verify(bytes, at.dataset.keys, at.dataset.witnesses)));
}

// camera offers to scan: what it sees is judged here, and only what is no proof is sent to the site.
function camera(at, form, words) {
  if (!at.dataset.scan || !navigator.mediaDevices?.getUserMedia) return;
  const button = make("button", words.scan, "govuk-button govuk-button--secondary");
  button.type = "button";
  const view = make("div");
  at.prepend(button, view);
  let stream;
  const stop = () => {
    for (const t of stream?.getTracks() ?? []) t.stop();
    stream = undefined;
    view.replaceChildren();
    button.textContent = words.scan;
  };
  button.addEventListener("click", async () => {
    if (stream) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } } });
    } catch {
      view.replaceChildren(make("p", words.camera, "govuk-body"));
      return;
    }
    button.textContent = words.stop;
    const video = make("video", undefined, "stoa-scan");
    video.muted = true;
    video.playsInline = true;
    video.srcObject = stream;
    view.replaceChildren(make("p", words.aim, "govuk-body"), video);
    await video.play().catch(() => {});
    const { codes } = await import(at.dataset.scan);
    while (stream) {
      const [text] = await codes(video);
      if (text && stream) {
        stop();
        form.querySelector("input[type=file]").value = "";
        form.querySelector("textarea").value = text;
        form.requestSubmit();
        return;
      }
      await new Promise((done) => setTimeout(done, 60));
    }
  });
}

for (const at of document.querySelectorAll("[data-verifier]")) {
  const form = at.closest("form");
  const words = JSON.parse(at.dataset.words);
  const told = make("div");
  told.dataset.told = "";
  at.append(told);
  camera(at, form, words);
  form.addEventListener("submit", async (event) => {
    const file = form.querySelector("input[type=file]").files[0];
    const text = form.querySelector("textarea").value.trim();
    if (!file && !text) return; // the site says what is wrong
    event.preventDefault();
    try {
      const bytes = await proofIn(at, file, text);
      if (bytes) return await judge(at, words, bytes);
    } catch {} // the site answers with the same words
    form.submit();
  });
}
