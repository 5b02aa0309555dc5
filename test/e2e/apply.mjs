// The way of an applicant: find a service, see whether it is for me, fill in, send, follow.
import { eventually, ok, same } from "./check.mjs";
import { answers, next, refused } from "./answers.mjs";
import { clean } from "./visitor.mjs";

// findService goes from the home page by the search, as most people do.
export async function findService(v, service, words) {
  await v.go("/");
  const box = v.page.getByRole("search").first();
  await box.getByRole("searchbox").fill(words[v.lang]);
  await v.press(box.getByRole("button", { name: v.t("Search") }));
  await v.follow(service.file.title);
  same(v.path(), `/services/${service.id}`, "the search leads to");
  await v.sees(service.file.summary);
}

// checkFirst asks whether the service is for me: nothing answered, answers that it is not, then those that it is.
export async function checkFirst(v, service, { empty, no, fit }) {
  await v.pressButton("Start now");
  await refused(v, service, { wrong: empty, button: "Continue" });
  await answers(v, service, no);
  await next(v, "Continue");
  await v.sees("You cannot use this service");
  await v.follow("Change your answers");
  await answers(v, service, fit);
  await next(v, "Continue");
  await v.pressButton("Continue"); // from the list of tasks to the first page
}

// openDraft begins an application without the detours of checkFirst.
export async function openDraft(v, service, fit) {
  await v.go(`/services/${service.id}/check`);
  await answers(v, service, fit);
  await next(v, "Continue");
  await v.pressButton("Continue");
}

// fillIn answers the pages one after another. A page is {page, empty: errors of an empty form, wrong:
// {answers, errors}, steps: answers at once or a function}; after each step the page is sent.
export async function fillIn(v, service, pages) {
  for (const p of pages) {
    const title = v.of(service.page(p.page).title);
    ok(v.path().endsWith("/" + p.page), `at ${v.path()}, not at the page “${title}”`);
    if (p.empty) await refused(v, service, { wrong: p.empty });
    if (p.wrong) {
      await answers(v, service, p.wrong.answers);
      await refused(v, service, { wrong: p.wrong.errors, typed: p.wrong.kept ?? {} });
    }
    for (const step of p.steps) {
      if (typeof step === "function") await step(v);
      else await answers(v, service, step);
      await next(v);
    }
  }
}

// item adds one to a group, answers it and comes back.
export async function addItem(v, service, group, step) {
  const q = service.question(group);
  const what = v.of(q.each);
  await v.press(v.button("Add: {what}", { what }).or(v.button("Add another: {what}", { what })));
  ok(v.path().split("/").length === 5, `no page for a new “${what}”: ${v.path()}`);
  if (typeof step === "function") await step(v);
  else await answers(v, service, step);
  await next(v);
}

export async function changeItem(v, name, service, list) {
  await v.press(v.main().getByRole("button", { name: new RegExp(`^${v.t("Change")}\\s.*${name}`) }));
  await answers(v, service, list);
  await next(v);
}

export async function removeItem(v, name) {
  await v.press(v.main().getByRole("button", { name: new RegExp(`^${v.t("Remove")}\\s.*${name}`) }));
  ok(!(await v.main().getByRole("button", { name: new RegExp(`^${v.t("Remove")}\\s.*${name}`) }).count()), `${name} is still there`);
}

// stepUp shows more surely who one is, in the middle of a journey: a code by mail is not offered, nothing typed is lost.
async function stepUp(v, person) {
  const at = v.path();
  const before = await typed(v);
  ok(!(await v.button("Send application").count()), "the application can be sent by somebody of whom too little is known");
  await v.pressButton("Sign in and come back");
  await v.sees("Show more surely who you are");
  ok(!(await v.button("Send the code").count()), "a code by mail is offered, which is not enough");
  await v.follow("In this demonstration you can sign in as one of its people by a click");
  await v.press(v.page.getByRole("button", { name: new RegExp("^" + v.t("Sign in") + "\\s+" + person + "$") }));
  same(v.path(), at, "after signing in at");
  same(await typed(v), before, "the answers after signing in");
  v.signedIn = true;
}

const typed = async (v) => (await v.main().locator("dl").allInnerTexts()).map(clean).join("\n");

// send checks the answers, sends without and with the declaration, and returns the number. person is who signs in on the way,
// where the service asks for that.
export async function send(v, service, expected, person) {
  ok(v.path().endsWith("/check"), `at ${v.path()}, not at the check of all answers`);
  await v.sees("Check your answers before you send them");
  for (const text of expected) await v.sees({ en: text, ar: text });
  if (service.file.assurance && !v.signedIn) await stepUp(v, person);
  if (service.file.declaration) {
    await v.pressButton("Send application");
    ok((await v.page.title()).startsWith(v.t("Error") + ": "), "an application was sent without the declaration");
    await v.main().getByRole("checkbox").check();
  }
  await v.pressButton("Send application");
  ok(v.path().endsWith("/done"), `at ${v.path()} after sending`);
  if (service.file.payment) await payFee(v);
  if (!v.signedIn || !service.file.payment) await v.sees("Application sent"); // whoever has signed in is in the case itself
  const number = /[A-Z]{2,4}-\d{4}-\d+/.exec(clean(await v.main().innerText()))?.[0];
  ok(number, "the confirmation has no number");
  return number;
}

// payFee pays what an application costs, right after it was sent: the first card does not work, the second does.
export async function payFee(v) {
  await v.sees("Pay the fee");
  await v.main().getByRole("button", { name: v.rx("Pay {amount} by card") }).click();
  await v.look();
  await v.press(v.main().getByRole("button", { name: v.t("Cancel and go back") }));
  await v.sees("You did not pay. Nothing was taken.");
  await v.main().getByRole("button", { name: v.rx("Pay {amount} by card") }).click();
  await v.look();
  await payWith(v, "A card that is declined");
  await v.sees("The card was declined. Choose another card, or try again");
  await payWith(v, "A card that works");
  await v.sees("Payment received");
  await v.press(v.main().getByRole("link", { name: v.named(v.signedIn ? "Your application" : "See what happens next") }));
}

// payWith chooses a card on the practice provider's page.
export async function payWith(v, card) {
  await v.main().getByRole("radio", { name: v.t(card), exact: true }).check();
  await v.main().getByRole("button", { name: v.rx("Pay {amount}") }).first().click();
  await v.look();
}

// change goes back from the summary to one answer and returns to it.
export async function change(v, service, label, list) {
  await v.press(v.main().getByRole("link", { name: new RegExp(`^${v.t("Change")}\\s+${v.of(label)}`) }).first());
  await answers(v, service, list);
  await next(v);
  ok(v.path().endsWith("/check"), `after a change at ${v.path()}`);
}

// mail opens the newest message to an address in the demo's mailbox and returns its text. Messages leave
// a moment after what they tell of.
export async function mail(v, to, subject) {
  const title = subject === undefined ? undefined : new RegExp("^[\\u2068\\s]*" + v.of(typeof subject === "string" ? v.t(subject) : subject));
  const line = v.main().getByRole("listitem").filter({ hasText: to }).filter({ has: v.page.getByRole("link", { name: title }) }).first();
  await eventually(`a mail ${title ?? ""} to ${to}`, async () => { await v.go("/demo/mailbox"); return line.count(); });
  await v.press(line.getByRole("link"));
  return clean(await v.main().innerText());
}

// signInByCode signs a resident in with the code from the mailbox, which is read in another window.
export async function signInByCode(v, email, to = "/account") {
  await v.go(to === "/account" ? "/sign-in" : to); // a page that is not for everybody leads there too
  await v.field("Email address").fill(email);
  await v.pressButton("Send the code");
  const text = await elsewhere(v, () => mail(v, email, "Your sign-in code"));
  const code = /\b\d{6}\b/.exec(text)?.[0];
  ok(code, `no code in the mail: ${text.slice(0, 200)}`);
  await v.field("Code").fill(code === "000000" ? "000001" : "000000");
  await v.pressButton("Sign in");
  ok((await v.page.title()).startsWith(v.t("Error") + ": "), "a wrong code was taken");
  await v.field("Code").fill(code);
  await v.main().getByRole("button", { name: v.t("Sign in") }).click();
  await v.look();
  same(v.path(), to, "after signing in at");
  return code;
}

// elsewhere does something in a second window of the same browser.
export async function elsewhere(v, task) {
  const first = v.page;
  v.page = await v.context.newPage();
  try {
    return await task();
  } finally {
    await v.page.close();
    v.page = first;
  }
}
