// A register is brought in from a file: two rows are wrong and listed, the good ones are taken when another person says so.
// An entry that is there twice is found, merged by two, and says where it went.
import { eventually, ok, same } from "../check.mjs";
import { official } from "../desk.mjs";
import { ofItsOwn } from "../demo.mjs";
import { clean } from "../visitor.mjs";

const register = "births";
const main = async (v) => clean(await v.main().innerText());

const file = (rows) => ({ name: "births.csv", mimeType: "text/csv", buffer: Buffer.from("number,given_names,family_name,born,place,mother,registered\n" + rows.join("\n") + "\n") });

const births = [
  "B-2025-90001,Layla,Haddad,2025-03-04,Greenvale Cottage Hospital,Noor Haddad,2025-03-20",
  "B-2025-90002,Laila,Haddad,2025-04-03,Greenvale Cottage Hospital,Noor Haddad,2025-03-22", // the same child, day and month swapped
  "B-2025-90003,Omar,Haddad,2025-03-04,Greenvale Cottage Hospital,Noor Haddad,2025-03-20", // her twin
  "B-2025-90004,Rose,Marsh,2025-13-45,Greenvale Cottage Hospital,Ada Marsh,2025-03-20", // no such day
  "B-2025-90001,Rose,Marsh,2025-05-05,Greenvale Cottage Hospital,Ada Marsh,2025-05-20", // the number again
];

async function brought(world, profile) {
  const ruth = await official(world, profile, "Ruth Calder");
  await ruth.go(`/desk/registers/${register}/import`);
  await ruth.pressButton("Send and look");
  same(ruth.status, 422, "no file");
  await ruth.main().locator('input[type="file"]').setInputFiles(file(births));
  await ruth.pressButton("Send and look");
  const at = ruth.path();
  await eventually("the preview", async () => { await ruth.go(at); return (await main(ruth)).includes(ruth.t("Waits for a decision")); });
  await ruth.shot(`import previewed ${profile.lang}`);
  const rows = await ruth.main().getByRole("table").getByRole("row").count();
  same(rows, 3, "a head and two wrong rows");
  ok(!(await ruth.button("Carry it out").count()), "who sent a file may carry it out");
  const bernard = await official(world, profile, "Bernard Osei");
  await bernard.go(at);
  await bernard.pressButton("Carry it out");
  await eventually("carried out", async () => { await bernard.go(at); return (await main(bernard)).includes(bernard.t("Carried out")); });
  return { ruth, bernard };
}

async function merged(ruth, bernard, lang) {
  await ruth.go(`/desk/registers/${register}/duplicates`);
  await ruth.pressButton("Search now");
  await eventually("the search", async () => { await ruth.go(`/desk/registers/${register}/duplicates`); return ruth.main().locator('a[href^="/desk/duplicates/"]').count(); });
  same(await ruth.main().locator('a[href^="/desk/duplicates/"]').count(), 1, "pairs found");
  await ruth.press(ruth.main().locator('a[href^="/desk/duplicates/"]').first());
  await ruth.shot(`duplicates side by side ${lang}`);
  await ruth.pressButton("Propose to merge");
  ok((await main(ruth)).includes(ruth.t("Choose which entry goes on")), "a merge without a choice");
  await ruth.main().locator('input[name="kept"]').first().check();
  await ruth.pressButton("Propose to merge");
  const at = ruth.path();
  ok(!(await ruth.button("Agree and merge").count()), "who proposes a merge may agree");
  await bernard.go(at);
  await bernard.pressButton("Agree and merge");
  ok((await main(bernard)).includes(bernard.t("Merged")), "it is not merged");
  await bernard.shot(`merged ${lang}`);
  await bernard.pressButton("Take it back");
  ok((await main(bernard)).includes(bernard.t("Taken back")), "it is not taken back");
}

async function all(world, profile) {
  const { ruth, bernard } = await brought(world, profile);
  await merged(ruth, bernard, profile.lang);
}

export default [
  { name: "import: two wrong rows, a duplicate merged, no scripts, English, 1280 px", weight: 6, run: (w) => ofItsOwn(w, (own) => all(own, { js: false, lang: "en", width: 1280 })) },
  { name: "import: two wrong rows, a duplicate merged, scripts, Arabic, 360 px", weight: 6, run: (w) => ofItsOwn(w, (own) => all(own, { js: true, lang: "ar", width: 360 })) },
];
