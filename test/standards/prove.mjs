// Every check proves that it can fail: on what was published just now, with one thing broken.
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { ckan } from "./ckan.mjs";
import { errors, validators } from "./ocds.mjs";
import { differ, shapes, turtle, validate } from "./rdf.mjs";
import { rowsAgainst } from "./tables.mjs";

// without is a Turtle graph less the statements that hold of no more than one predicate.
function without(store, predicate) {
  const gone = store.getQuads(null, predicate, null)[0];
  if (!gone) throw new Error(`the graph says nothing with ${predicate}: nothing to break`);
  store.removeQuad(gone);
  return `${gone.subject.value} ${gone.predicate.value}`;
}

export async function proveThemselves(url, standards, check) {
  const shapesOf = { services: ["cpsv-ap/cpsv-ap-SHACL.ttl"], data: ["dcat-ap/dcat-ap-SHACL.ttl", "dcat-ap/ranges.ttl"] };
  const broken = { services: "http://data.europa.eu/m8g/hasCompetentAuthority", data: "http://www.w3.org/ns/dcat#accessURL" };
  for (const [name, files] of Object.entries(shapesOf)) {
    const paths = files.map((f) => join(standards, f));
    const text = await (await fetch(`${url}/${name}/catalog.ttl`)).text();
    if (name === "data" && !text.includes("dcat:accessURL")) continue; // nothing is published: said elsewhere
    await check(`${name}: one statement less is found`, async () => {
      const whole = turtle(text), less = turtle(text);
      const what = without(less, broken[name]);
      const problems = differ(whole, less, "whole", "less").length ? [] : ["the two forms were found alike"];
      if (paths.every(existsSync) && !(await validate(less, shapes(...paths))).some((f) => f.severity === "Violation")) problems.push(`SHACL found nothing without ${what}`);
      return { problems };
    });
  }
  await check("tables: a cell of the wrong type and a missing one are found", async () => {
    const schema = { fields: [{ name: "n", type: "integer" }, { name: "t", type: "string", constraints: { required: true } }] };
    const good = await rowsAgainst("n,t\r\n1,a\r\n", schema), bad = await rowsAgainst("n,t\r\nx,a\r\n2,\r\n", schema);
    return good.problems.length === 0 && good.rows === 1 && bad.problems.length === 2 ? [] : [JSON.stringify([good, bad])];
  });
  await check("Action API: a dataset that is not listed is found", async () => {
    // In between stands somebody who leaves the first name out of package_list.
    const between = createServer(async (ask, answer) => {
      const body = [];
      for await (const part of ask) body.push(part);
      const got = await fetch(url + ask.url, { method: ask.method, headers: { "content-type": "application/json" }, body: ask.method === "POST" ? Buffer.concat(body) : undefined });
      const said = await got.json();
      if (ask.url.endsWith("package_list")) said.result.shift();
      answer.writeHead(got.status).end(JSON.stringify(said));
    }).listen(0, "127.0.0.1");
    await new Promise((yes) => between.once("listening", yes));
    let found;
    await ckan(`http://127.0.0.1:${between.address().port}`, async (_, find) => { found = (await find()).problems; }, () => { found = ["could not run"]; });
    between.close();
    between.closeAllConnections();
    return found.length === 1 && /different datasets/.test(found[0]) ? [] : [`found ${JSON.stringify(found)}`];
  });
  if (existsSync(join(standards, "ocds"))) {
    await check("contracts: a release without its OCID is found", async () => {
      const release = { ocid: "ocds-x-1", id: "1", date: "2026-01-01T00:00:00Z", tag: ["contract"], initiationType: "tender", language: "en" };
      const of = (r) => ({ uri: "https://a.example/", version: "1.1", publishedDate: "2026-01-01T00:00:00Z", publisher: { name: "A" }, releases: [r] });
      const { ocid, ...less } = release;
      const v = validators(join(standards, "ocds"));
      return [...errors(v.releases, of(release)), ...(errors(v.releases, of(less)).length ? [] : ["nothing was found"])];
    });
  }
}
