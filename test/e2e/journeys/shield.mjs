// Many forms have come from one network: the next asks for a proof. A browser with scripts finds it by itself; without scripts
// one waits for one's turn. What was typed is kept. The demo has its own clock, which no journey moves here: it really waits.
import { eventually, ok, same } from "../check.mjs";
import { ofItsOwn } from "../demo.mjs";
import { Visitor } from "../visitor.mjs";

async function askedForAProof(world, profile) {
  const v = await Visitor.arrive(world, profile);
  const send = async (email) => {
    await v.go("/sign-in");
    await v.field("Email address").fill(email);
    await v.button("Send the code").first().click();
  };
  for (const n of [1, 2]) { // those that are free
    await send(`many${n}@example.net`);
    await eventually("the page for the code", async () => /^\/sign-in\/./.test(v.path()));
  }
  await send("rosa@example.net");
  if (!profile.js) {
    await v.look();
    same(v.status, 429, "the third form");
    await v.sees("One moment, before this is sent");
    await v.pressButton("Send it now");
    await v.sees("That was a little early. Nothing is lost: press the button again when the time has passed.");
    await new Promise((done) => setTimeout(done, 16_000));
    await v.pressButton("Send it now");
  }
  await eventually("the page for the code, after the proof", async () => /^\/sign-in\/./.test(v.path()));
  await v.look();
  ok(await v.reads("rosa@example.net") || await v.field("Code").count(), "the address that was typed is lost");
  await v.go("/demo/mailbox");
  await eventually("the code in the mailbox", async () => { await v.go("/demo/mailbox"); return v.reads("rosa@example.net"); });
}

const few = (w, profile) => {
  process.env.STOA_FORMS = "2";
  const begun = ofItsOwn(w, (mine) => askedForAProof(mine, profile)); // the program starts at once, with this in its surroundings
  delete process.env.STOA_FORMS;
  return begun;
};

export default [
  { name: "shield: a proof by the browser, scripts, English, 360 px", weight: 4, run: (w) => few(w, { js: true, lang: "en", width: 360 }) },
  { name: "shield: a turn in the line, no scripts, Arabic, 1280 px", weight: 5, run: (w) => few(w, { js: false, lang: "ar", width: 1280 }) },
];
