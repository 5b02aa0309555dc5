// Tables against their Table Schema, with the Frictionless libraries, and Data Packages against their profiles.
import { Package, Profile } from "datapackage";
import { Schema, Table } from "tableschema";
import { Readable } from "node:stream";

// rowsAgainst gives what is wrong with a CSV by its Table Schema.
export async function rowsAgainst(csv, descriptor) {
  const schema = await Schema.load(descriptor);
  const problems = schema.errors.map((e) => `schema: ${e.message}`);
  // forceCast gives an error in the place of a row that breaks the schema, and goes on.
  const table = await Table.load(Readable.from([csv]), { schema });
  let rows = 0;
  for (const row of await table.read({ forceCast: true, keyed: false })) {
    rows++;
    if (row instanceof Error) problems.push(`row ${row.rowNumber}: ${(row.errors?.length ? row.errors : [row]).map((e) => e.message).join("; ")}`);
  }
  return { rows, problems };
}

// datasets are those of the catalogue, with the addresses of their newest files.
export async function datasets(url) {
  const { result } = await (await fetch(`${url}/api/3/action/current_package_list_with_resources?limit=1000`)).json();
  return result ?? [];
}

// settled waits until the demo has published what it has to publish.
export async function settled(url) {
  for (let before = -1, until = Date.now() + 60_000; Date.now() < until;) {
    const now = (await datasets(url)).length;
    if (now > 0 && now === before) return;
    before = now;
    await new Promise((r) => setTimeout(r, 1000));
  }
}

export async function tables(url, check) {
  await check("datasets: every CSV keeps its Table Schema, and has the bytes and the sum that the catalogue says", async () => {
    const all = (await datasets(url)).map((d) => [d, d.resources.find((r) => r.format === "CSV")]).filter(([, r]) => r);
    const problems = all.length ? [] : ["no dataset is published"];
    let rows = 0;
    for (const [d, r] of all) {
      const csv = Buffer.from(await (await fetch(r.url)).arrayBuffer());
      const schema = await (await fetch(r.url.replace(/[^/]*$/, "schema.json"))).json();
      const found = await rowsAgainst(csv, schema);
      rows += found.rows;
      problems.push(...found.problems.map((p) => `${d.name}: ${p}`));
      const sum = Buffer.from(await crypto.subtle.digest("SHA-256", csv)).toString("hex");
      if (r.hash !== sum || r.size !== csv.length) problems.push(`${d.name}: ${csv.length} bytes ${sum}, the catalogue says ${r.size} ${r.hash}`);
    }
    return { problems, notes: [`${all.length} datasets, ${rows} rows`] };
  });
}

export async function packages(url, check, cannot) {
  const money = await fetch(`${url}/money`);
  const years = money.ok ? [...new Set([...(await money.text()).matchAll(/\/money\/(?:budget|fiscal)\/(\d{4}[^"/?]*)/g)].map((m) => m[1]))] : [];
  const found = [];
  for (const y of years) {
    const at = `${url}/money/fiscal/${y}/datapackage.json`;
    if ((await fetch(at)).ok) found.push(at);
  }
  if (!found.length) return cannot("Fiscal Data Packages: /money leads to none");
  for (const at of found) {
    await check(`budget, ${new URL(at).pathname}`, async () => {
      const descriptor = await (await fetch(at)).json();
      const problems = [];
      for (const name of new Set(["tabular-data-package", descriptor.profile ?? "data-package"])) {
        const { valid, errors } = (await Profile.load(name)).validate(descriptor);
        if (!valid) problems.push(...errors.map((e) => `${name}: ${e.message}`));
      }
      let rows = 0;
      for (const r of descriptor.resources) {
        const csv = Buffer.from(await (await fetch(new URL(r.path, at))).arrayBuffer());
        const got = await rowsAgainst(csv, r.schema);
        rows += got.rows;
        problems.push(...got.problems.map((p) => `${r.name}: ${p}`));
      }
      return { problems, notes: [`${descriptor.resources.length} tables, ${rows} rows`] };
    });
  }
}
