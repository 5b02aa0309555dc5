// What was asked and not known: residents ask and say that it did not help; an editor sees words that they share and nothing
// else, goes to where something is missing, writes it into the files, and the task is gone and the question answered.
import { cpSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, ok } from "../check.mjs";
import { official } from "../desk.mjs";
import { ofItsOwn } from "../demo.mjs";
import { greenvale } from "../words.mjs";
import { clean, Visitor } from "../visitor.mjs";

const service = greenvale.services["temporary-event-notice"];
const enough = 5; // conversations

// What nobody published, as different people ask it; each says something of their own too.
const asks = {
  en: { word: "ceilidh", own: "zebediah", all: ["May we hold a ceilidh?", "ceilidh at Zebediah's", "Is a ceilidh allowed, asks Zebediah?", "ceilidh rules", "Ceilidh?"] },
  ar: { word: "دبكة", own: "زبديا", all: ["هل نقيم دبكة؟", "دبكة عند زبديا", "أمسموحة دبكة يا زبديا؟", "أنظمة دبكة", "دبكة؟"] },
};

// ask asks in a conversation of its own, and says that the answer did not help.
async function ask(world, profile, text) {
  const v = await Visitor.arrive(world, { ...profile, name: "asker" });
  await v.go("/ask");
  await v.main().getByLabel(v.t("Your question"), { exact: true }).fill(text);
  await v.pressButton("Ask");
  const told = clean(await v.page.locator(".stoa-message").last().innerText());
  const known = !told.includes(v.t("I do not know").slice(0, 12));
  return { v, told, known };
}

// rows are the lines of a table with a caption.
const rows = async (o, caption) => (await o.main().getByRole("table", { name: o.t(caption) }).getByRole("row").allInnerTexts()).map(clean);

async function gaps(world, profile) {
  const said = asks[profile.lang];
  const folder = join(mkdtempSync(join(tmpdir(), "stoa-e2e-")), "greenvale");
  cpSync(greenvale.folder, folder, { recursive: true });
  const file = join(folder, "services/temporary-event-notice.yaml");
  const edit = (change) => {
    writeFileSync(file, change(readFileSync(file, "utf8")));
    const later = new Date(Date.now() + 2000);
    utimesSync(file, later, later);
  };
  try {
    let worked = "";
    edit((t) => t.replace(/^asked:\n(?:[ \t].*\n)+/m, (all) => { worked = all; return ""; })); // nobody wrote what people ask
    ok(worked, "the service has no worked questions to take away");
    await ofItsOwn(world, async (w) => {
      const o = await official(w, profile, "Priya Nair");
      const page = async () => { await o.go("/desk/assistant"); return clean(await o.main().innerText()); };
      ok((await page()).includes(o.t("Nothing has been asked yet.")), "something was asked before anybody came");
      for (const [i, text] of said.all.entries()) {
        const { v, known, told } = await ask(w, profile, text);
        ok(!known, `${text}: ${told}`);
        await v.pressButton("No");
        await v.sees("Thank you for saying whether this helped.");
        if (i === 0) await v.shot(`gaps asked ${profile.lang}`);
        if (i === enough - 2) ok(!(await page()).includes(said.word), "a word is shown that four conversations share");
      }
      let told = await page();
      await o.shot(`gaps desk ${profile.lang} ${profile.width}`);
      ok((await rows(o, "Words of questions that were not answered")).some((r) => r.includes(said.word) && r.includes(String(enough))), `the word they share is not in: ${told}`);
      ok(!told.toLowerCase().includes(said.own), "what few said is shown");
      for (const text of said.all) ok(!told.includes(text), `a question is shown whole: ${text}`);
      ok(new RegExp(`${o.t("Did not help")} ${enough}\\b`).test(told), `the thumbs are not in: ${told}`);
      await o.main().getByText(o.t("What no answer has quoted"), { exact: true }).click();
      const unused = o.main().getByRole("group").filter({ hasText: o.t("What no answer has quoted") }).getByRole("link");
      ok(await unused.count() > 10, "no page is without an answer");
      await o.shot(`gaps unused ${profile.lang} ${profile.width}`);
      const tasks = await rows(o, "To do for editors");
      ok(tasks.some((r) => r.includes(o.t("Questions without an answer"))), `no task says that guidance is missing: ${tasks}`);
      await o.main().getByRole("table", { name: o.t("To do for editors") }).getByRole("row").filter({ hasText: o.of(service.file.title) }).first().waitFor();
      await o.press(o.main().getByRole("table", { name: o.t("To do for editors") }).getByRole("link", { name: o.of(service.file.title) }).first());
      await o.sees(service.file.title, "what a task leads to");
      await page();
      await o.main().getByText(o.t("What no answer has quoted"), { exact: true }).click();
      await o.press(unused.first());
      ok(o.status === 200, `a source that no answer has quoted leads to ${o.path()}: ${o.status}`);
      edit((t) => t.replace(/^keywords:\n  en: \[/m, "keywords:\n  en: [ceilidh, ").replace(/^  ar: \[إشعار فعالية, /m, "  ar: [إشعار فعالية, دبكة, ") + worked);
      await eventually("the tasks that were done are gone", async () => {
        told = await page();
        const left = (await o.main().getByRole("table", { name: o.t("To do for editors") }).getByRole("row").allInnerTexts()).map(clean);
        return !left.some((r) => r.includes(o.t("Questions without an answer")) || r.includes(o.of(service.file.title)) && r.includes("asked:"));
      }, 30);
      ok(told.includes(o.t("No word is shared by enough conversations.")), `a word is left: ${told}`);
      const { v, known, told: answer } = await ask(w, profile, said.all[0]);
      ok(known && answer.includes(o.of(service.file.title)), `after the file was written, it says: ${answer}`);
      await v.shot(`gaps answered ${profile.lang}`);
    }, "--jurisdiction", folder);
  } finally {
    rmSync(join(folder, ".."), { recursive: true, force: true });
  }
}

export default [
  { name: "gaps: scripts, English, 1280 px", weight: 5, run: (w) => gaps(w, { js: true, lang: "en", width: 1280 }) },
  { name: "gaps: no scripts, Arabic, 360 px", weight: 5, run: (w) => gaps(w, { js: false, lang: "ar", width: 360 }) },
];
