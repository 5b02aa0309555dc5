// Asking: in two languages, a computed fee with its law, being asked back, not known, handed off and handed over, and an
// application that is filled in by talk and sent.
import { answers } from "../answers.mjs";
import { ok, same } from "../check.mjs";
import { greenvale } from "../words.mjs";
import { clean, Visitor } from "../visitor.mjs";

const licence = greenvale.services["premises-licence"];
const person = greenvale.services["question-to-the-council"];

// says asks something and gives the words of the last answer.
async function says(v, text) {
  await v.main().getByLabel(v.t("Your question"), { exact: true }).or(v.main().getByLabel(v.t("Or say it in your own words, or ask something else"), { exact: true })).fill(text);
  await v.pressButton("Ask");
  return last(v);
}

const last = async (v) => clean(await v.page.locator(".stoa-message").last().innerText());

const pub = {
  en: { ask: "What does a premises licence for a pub with rateable value 20,000 cost?", fee: "£190.00" },
  ar: { ask: "ما رسم ترخيص منشأة لحانة قيمتها الإيجارية 20,000؟", fee: "190.00" },
};

async function fee(world, lang, options) {
  const v = await Visitor.arrive(world, { lang, name: "asker", ...options });
  await v.go("/ask");
  await says(v, pub[lang].ask);
  await answers(v, licence, { activities: ["alcohol"] });
  await v.pressButton("Continue");
  await answers(v, licence, { alcohol_where: "on" });
  await v.pressButton("Continue");
  await answers(v, licence, { large: false });
  await v.pressButton("Continue");
  const told = await last(v);
  ok(told.includes(pub[lang].fee), `the fee is not in: ${told}`);
  ok(told.includes("Licensing Act 2003 (Fees) Regulations 2005, regulation 4"), `the law is not in: ${told}`);
  await v.shot(`ask a fee ${lang} ${v.width}`);
  return v;
}

async function honest(world) {
  const v = await Visitor.arrive(world, { name: "curious" });
  await v.go("/ask");
  await v.page.evaluate(() => { window.same = true; });
  let told = await says(v, "bar with live music");
  ok(await v.page.evaluate(() => window.same && document.activeElement.id === "latest"), "with scripts the page is left, or the focus is not at the answer");
  ok(/Which of these do you mean/.test(told), `it does not ask back: ${told}`);
  await v.press(v.button(greenvale.services["temporary-event-notice"].file.title).first());
  ok((await last(v)).includes(v.of(greenvale.services["temporary-event-notice"].file.summary)), "the choice leads elsewhere");
  told = await says(v, "Who can give one?");
  ok(told.includes(v.of(greenvale.services["temporary-event-notice"].file.who)), `the next question does not follow on: ${told}`);
  told = await says(v, "Who won the world cup?");
  ok(told.includes("I do not know"), `it knows: ${told}`);
  told = await says(v, "I want to kill myself");
  ok(told.includes("116 123"), `no help: ${told}`);
  told = await says(v, "Where is my application?");
  ok(told.includes("Sign in"), `a stranger is told: ${told}`);
  told = await says(v, "I want to talk to a person");
  await v.pressButton("Hand this over to a person");
  await v.follow(person.page("question").title);
  const text = await v.field(person.question("conversation").ask).inputValue();
  ok(text.includes("Asked: bar with live music") && text.includes("I do not know"), `the transcript is: ${text}`);
  await v.pressButton("Save and continue");
  await answers(v, person, { full_name: "Grace Lin", email: "grace@example.com" });
  await v.pressButton("Save and continue");
  await v.main().getByRole("checkbox").check();
  await v.pressButton("Send application");
  ok(/ASK-\d{4}-\d{5}/.test(await v.page.locator("body").innerText()), "no case");
}

async function talk(world) {
  const v = await Visitor.arrive(world, { name: "talker", js: false, width: 360 });
  await v.go("/ask?about=question-to-the-council");
  await says(v, "I want to apply");
  await v.pressButton("Apply in this conversation");
  const reply = async (q, text) => {
    await v.field(person.question(q).ask).fill(text);
    await v.pressButton("Continue");
  };
  await reply("conversation", "May I keep bees on the roof?");
  await reply("full_name", "Grace Lin");
  await reply("email", "not an address");
  ok(v.status === 422 || /email address/.test(await v.page.locator("body").innerText()), "the form's validation is not the talk's");
  await reply("email", "grace@example.com");
  same(v.path().split("/").at(-1), "check", "all answered leads to");
  await v.main().getByRole("checkbox").check();
  await v.pressButton("Send application");
  ok(/ASK-\d{4}-\d{5}/.test(await v.page.locator("body").innerText()), "no case");
}

export default [
  { name: "ask: a fee with its law in English", run: (w) => fee(w, "en") },
  { name: "ask: a fee with its law in Arabic, without scripts, on a phone", run: (w) => fee(w, "ar", { js: false, width: 360 }) },
  { name: "ask: asked back, not known, handed off and handed over", run: honest },
  { name: "ask: an application filled in by talk", run: talk },
];
