// A form that is on its way is not sent again: slow lines invite a second
// press. The server refuses the second one too, by the form's key.
const sent = new WeakSet();

export function once(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("method") !== "post" || event.defaultPrevented) return;
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    sent.add(form);
    // Stopped, or answered with a file: the page is still here, let it go again.
    setTimeout(() => sent.delete(form), 8000);
  });
  // The page may come back from the browser's cache with its form unsent.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of root.forms) sent.delete(form);
  });
}
