// The way of those who work for the public: find a case, take it, act on it, answer when asked.
import { ok, same } from "./check.mjs";
import { summary } from "./answers.mjs";
import { clean, Visitor } from "./visitor.mjs";

// official is a member of staff at the desk, by their name in the demo.
export async function official(world, profile, name) {
  const o = await Visitor.arrive(world, { ...profile, name });
  await o.signIn(name);
  same(o.path(), "/desk", `${name} signs in and is at`);
  return o;
}

// findCase goes by the search of the desk.
export async function findCase(o, number) {
  await o.go("/desk");
  const box = o.main().getByRole("search");
  await box.getByRole("searchbox").fill(number);
  await o.press(box.getByRole("button", { name: o.t("Search") }));
  if (!(await o.heading()).includes(number)) { // a list, and not the case itself
    const found = o.main().getByRole("table").getByRole("link", { name: number });
    ok(await found.count(), `the desk does not find ${number}`);
    await o.press(found.first());
  }
  ok((await o.heading()).includes(number), `a search for ${number} leads to ${await o.heading()}`);
}

export async function take(o) {
  await o.pressButton("Take this case");
  ok(await o.main().getByText(o.t("You"), { exact: true }).count(), "a case that was taken is not “You”");
}

// act takes an action of the service's file. First it sends the form empty where something is required,
// then looks at the preview, then confirms.
export async function act(o, service, id, { text, reasons = [], reason, conditions = [], own, needs = false, proposes = false } = {}) {
  const action = service.action(id);
  await o.press(o.main().getByRole("button", { name: o.named(action.title) }));
  const confirm = proposes ? "Propose for approval" : "Confirm";
  if (needs) {
    await o.pressButton(confirm);
    same(o.status, 422, `${id} without what it needs`);
    ok((await summary(o)).length > 0, `${id} refused without a summary`);
  }
  if (text) await o.field("What do you need from the applicant?").fill(text);
  for (const list of [[reasons, action.standard], [conditions, action.conditions]]) {
    for (const c of list[0]) await o.main().getByRole("checkbox", { name: o.of(list[1].find((x) => x.id === c).text) }).check();
  }
  if (reason) await o.field("Reasons in your own words").fill(reason);
  if (own) await o.field("Further conditions").fill(own);
  await o.press(o.button("Preview the letter").or(o.button("Preview")).first());
  await o.sees("Preview");
  await o.pressButton(confirm);
  await o.sees(proposes ? "Proposed. Another supervisor must approve it before it takes effect." : "Done. What happened is in the timeline.");
}

// approve is the second person's yes.
export async function approve(o, number) {
  await findCase(o, number);
  await o.pressButton("Look at the proposal");
  await o.sees("Approve a decision");
  await o.pressButton("Approve");
  await o.sees("Approved. The decision has taken effect.");
}

// reply answers a consultation: no_objection, objection or comment.
export async function reply(o, number, kind, text = "") {
  const words = { no_objection: "No objection", objection: "Objection", comment: "Comment, without objection" };
  await o.go("/desk/consultations");
  await o.press(o.main().getByRole("link", { name: number }).first());
  await o.pressButton("Send the reply");
  same(o.status, 422, "a reply that says nothing");
  await o.main().getByRole("radio", { name: o.t(words[kind]), exact: true }).check();
  if (text) await o.field("Reasons or comment").fill(text);
  await o.pressButton("Send the reply");
  same(o.path(), "/desk/consultations", "after a reply");
}

// write sends a message to the applicant.
export async function write(o, text) {
  await o.field("Write to the applicant").fill(text);
  await o.pressButton("Send");
  ok(clean(await o.main().innerText()).includes(text), "the message is not in the case");
}

// actOnLicence takes an action on what was issued.
export async function actOnLicence(o, service, number, id, reason) {
  await o.go("/desk/licences");
  await o.main().getByRole("searchbox").or(o.field("Number, name or words")).or(o.field("Number or words")).first().fill(number);
  await o.press(o.button("Search").or(o.button("Apply filters")).first());
  await o.press(o.main().getByRole("table").getByRole("link", { name: new RegExp(number) }).first());
  await o.press(o.main().getByRole("button", { name: o.named(service.action(id).title) }));
  if (reason) await o.field("Reasons").fill(reason);
  await o.pressButton("Confirm");
}
