// Paper in the hand: a licence is printed, and its code proves it: to another program that reads codes, to ours on a machine
// with nothing but the log's key, to a stranger who uploads a photo, and to one who holds it before the camera. A changed
// character passes nowhere, and what is not from us is called so.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "../browser.mjs";
import { eventually, ok, same } from "../check.mjs";
import { program } from "../demo.mjs";
import { codes, film, pages } from "../printed.mjs";
import { Visitor } from "../visitor.mjs";

// printed is somebody's licence on paper, with the proof in its code.
async function printed(world, lang) {
  const v = await Visitor.arrive(world, { js: true, lang, width: 1280, name: "holder" });
  for (const person of ["Ada Marsh", "Grace Lin", "Noor Haddad", "Sam Whitfield"]) {
    await v.signIn(person);
    await v.go("/account");
    const paths = new Set(await v.main().locator('a[href^="/account/licences/"]').evaluateAll((all) => all.map((a) => a.getAttribute("href"))));
    for (const path of paths) {
      await v.go(path);
      if (!(await v.main().locator('a[href$="/proof"]').count())) continue;
      const [file] = await Promise.all([v.page.waitForEvent("download"), v.main().locator('a[href$="/pdf"]').click()]);
      const pdf = readFileSync(await file.path());
      for (const page of pages(pdf)) {
        const proof = codes(page).find((c) => c.text.startsWith("STOA1:"));
        if (proof) return { pdf, page, proof };
      }
      throw new Error("another program finds no code with a proof on the paper");
    }
  }
  throw new Error("nobody holds a licence that is in the public log");
}

// atHome verifies in a folder with the key and nothing else.
async function atHome(world, { page, proof }) {
  const dir = mkdtempSync(join(tmpdir(), "stoa-paper-"));
  try {
    writeFileSync(join(dir, "keys.txt"), await (await fetch(world.url + "/log/keys.txt")).text());
    writeFileSync(join(dir, "page.png"), page.png);
    const run = (what) => spawnSync(program, ["verify", what, "--key", "keys.txt"], { cwd: dir, env: {}, encoding: "utf8", timeout: 30_000 });
    for (const what of [proof.text, "page.png"]) {
      const good = run(what);
      same(good.status, 0, `stoa verify of ${what.slice(0, 20)} says ${good.stderr}; its status`);
      ok(good.stdout.includes("What was suspended, revoked or changed since, it cannot say."), `stoa verify says ${good.stdout}`);
    }
    for (let i = 7; i < proof.text.length; i += 97) {
      const bad = run(proof.text.slice(0, i) + (proof.text[i] === "7" ? "8" : "7") + proof.text.slice(i + 1));
      same(bad.status, 1, `stoa verify with character ${i} changed: its status`);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const stands = ["Genuine, and in force today", "Genuine, but not in force yet"];

async function byPhoto(world, { js, lang, width }, paper) {
  const v = await Visitor.arrive(world, { js, lang, width, name: "stranger" });
  const send = async (name, buffer, mimeType) => {
    await v.go("/verify");
    await v.main().locator("#check-file").setInputFiles({ name, mimeType, buffer });
    if (js) await v.main().locator("#check").click();
    else await v.press(v.main().locator("#check"));
  };
  await send("photo.png", paper.page.png, "image/png");
  // A browser that reads the code by itself says that the proof holds; the site looks into the register as well.
  await eventually("the photo is judged", async () => {
    for (const says of ["The proof holds", ...stands]) if (await v.reads(v.t(says))) return true;
    return false;
  });
  await v.sees("Compare this with what you were shown, word by word. Only what stands here is proved, and it says how things stood then.");
  await send("licence.pdf", paper.pdf, "application/pdf");
  await eventually("the PDF is judged", () => v.reads(v.t("Compare this with what you were shown, word by word. Only what stands here is proved, and it says how things stood then.")));

  const paste = async (text) => {
    await v.go("/verify");
    await v.main().locator("#check-text").fill(text);
    if (js) await v.main().locator("#check").click();
    else await v.press(v.main().locator("#check"));
  };
  const at = Math.floor(paper.proof.text.length / 2);
  await paste(paper.proof.text.slice(0, at) + (paper.proof.text[at] === "7" ? "8" : "7") + paper.proof.text.slice(at + 1));
  await eventually("a changed character is refused", () => v.reads(v.t("The proof does not hold")));
  await paste("https://greenvale.example.com/verify/1");
  await eventually("a stranger's address", () => v.reads(v.t("This is not from us")));
}

// byCamera holds the paper before the camera of a browser.
async function byCamera(world, { lang, width }, paper) {
  const dir = mkdtempSync(join(tmpdir(), "stoa-film-"));
  const file = join(dir, "paper.y4m");
  writeFileSync(file, film(paper.page, paper.proof));
  const browser = await open(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${file}`]);
  try {
    const v = await Visitor.arrive({ ...world, browser }, { js: true, lang, width, name: "passer-by" });
    const posts = [];
    v.page.on("request", (r) => { if (r.method() === "POST") posts.push(r.url()); });
    await v.go("/verify");
    await v.main().getByRole("button", { name: v.t("Scan with the camera") }).click();
    await eventually("the camera reads the paper", () => v.reads(v.t("The proof holds")));
    await v.sees("Checked in your own browser. Nothing has left your device.");
    ok((await v.main().innerText()).includes(v.t("Whether it was suspended, revoked or changed since, only the register can say.")), "the page does not say what it cannot know");
    same(posts.length, 0, "what the camera saw left the browser");
    await v.main().locator('a[href^="/verify/"]').last().click();
    await eventually("the register says how it stands", async () => v.path() !== "/verify");
    await v.leave();
  } finally {
    await browser.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function walk(world, profile) {
  const paper = await printed(world, profile.lang);
  world.note(`a code of ${paper.proof.text.length} characters, ${((paper.proof.side / 240) * 2.54).toFixed(1)} cm to a side`);
  await atHome(world, paper);
  await byPhoto(world, profile, paper);
  if (profile.js) await byCamera(world, profile, paper);
}

export default [
  { name: "paper: a printed licence proves itself to anybody, no scripts, English, 360 px", run: (w) => walk(w, { js: false, lang: "en", width: 360 }) },
  { name: "paper: a printed licence proves itself to anybody, scripts and camera, Arabic, 360 px", run: (w) => walk(w, { js: true, lang: "ar", width: 360 }) },
];
