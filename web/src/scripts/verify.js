// Verifies a proof in the visitor's own browser: the file never leaves it. Without scripts, or where this
// fails, the same form sends the file to the site, which answers with the same words.
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
    panel.append(list);
  } else {
    panel.append(make("p", words.failures[r.why] ?? words.unreadable, "govuk-body"));
    if (r.what) panel.append(make("p", r.what, "govuk-body-s govuk-hint"));
  }
  panel.append(make("p", words.here, "govuk-body-s"));
  at.replaceChildren(panel);
  title.focus();
}

for (const at of document.querySelectorAll("[data-verifier]")) {
  const form = at.closest("form");
  const words = JSON.parse(at.dataset.words);
  form.addEventListener("submit", async (event) => {
    const file = form.querySelector("input[type=file]")?.files[0];
    if (!file || file.size > 1 << 20) return; // the site says what is wrong
    event.preventDefault();
    try {
      const verify = await load(at.dataset.verifier);
      tell(at, words, JSON.parse(verify(new Uint8Array(await file.arrayBuffer()), at.dataset.keys, at.dataset.witnesses)));
    } catch {
      form.submit(); // to the site
    }
  });
}
