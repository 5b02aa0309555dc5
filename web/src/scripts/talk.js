// Talks with the assistant without leaving the page: the answer takes the place of the conversation as soon as it is there, and
// again when a short form of it is. Whenever something is not as expected, the form is sent as it would be without this script.
const place = document.getElementById("talk");
let talking;

async function say(form, button) {
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.append(button.name, button.value);
  talking?.abort();
  talking = new AbortController();
  const answer = await fetch(form.action, { method: "POST", body, signal: talking.signal, headers: { Accept: "application/x-ndjson" } });
  if (!(answer.headers.get("Content-Type") ?? "").startsWith("application/x-ndjson")) {
    if (!answer.redirected) throw new Error("no conversation");
    location.assign(answer.url + "#latest"); // in the language that was spoken
    return;
  }
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let shown = 0;
  for (;;) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: !done });
    for (let end; (end = text.indexOf("\n")) >= 0; text = text.slice(end + 1)) show(JSON.parse(text.slice(0, end)).html, shown++);
    if (done) return;
  }
}

function show(html, again) {
  const held = again && document.activeElement?.name === "q" ? document.activeElement.value : undefined;
  place.removeAttribute("aria-busy");
  place.innerHTML = html; // from our own server, where every word is escaped
  document.dispatchEvent(new CustomEvent("fresh", { detail: place }));
  const latest = document.getElementById("latest");
  if (held !== undefined) { // somebody is typing already
    const box = place.querySelector("[name=q]");
    box.value = held;
    box.focus();
  } else if (latest && !again) {
    latest.tabIndex = -1;
    latest.focus(); // and a screen reader goes on from here
    latest.scrollIntoView();
  }
}

if (place && globalThis.ReadableStream && globalThis.AbortController) {
  place.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.getAttribute("action") !== "/ask" || /^(rate|forget|apply|form|person)/.test(button?.value)) return;
    event.preventDefault();
    if (place.hasAttribute("aria-busy")) return; // a second press
    place.setAttribute("aria-busy", "true");
    say(form, button).catch((error) => {
      if (error.name === "AbortError") return;
      if (button?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
      form.submit();
    }).finally(() => place.removeAttribute("aria-busy"));
  });
}
