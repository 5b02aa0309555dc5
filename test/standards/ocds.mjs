// OCDS 1.1.5: release and record packages against the published JSON Schemas, with ajv.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv-draft-04";
import formats from "ajv-formats";

const at = "https://standard.open-contracting.org/schema/1__1__5/";

export function validators(folder) {
  const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats(ajv);
  ajv.addSchema(read("release-schema.json"), at + "release-schema.json");
  ajv.addSchema({}, at + "versioned-release-validation-schema.json"); // is not among the files we have
  return { releases: ajv.compile(read("release-package-schema.json")), records: ajv.compile(read("record-package-schema.json")) };
}

export const errors = (validator, value) => validator(value) ? [] : validator.errors.map((e) => `${e.instancePath || "/"} ${e.message} ${JSON.stringify(e.params)}`);

export async function contracts(url, folder, check, cannot) {
  if (!existsSync(folder)) return cannot(`OCDS: there is no ${folder}`);
  const by = validators(folder);
  for (const kind of ["releases", "records"]) {
    const answer = await fetch(`${url}/money/ocds/${kind}.json`);
    if (answer.status === 404) { cannot(`OCDS ${kind}: /money/ocds/${kind}.json is not there`); continue; }
    await check(`contracts, OCDS 1.1.5: ${kind}`, async () => {
      const value = await answer.json();
      return { problems: errors(by[kind], value), notes: [`${value[kind]?.length} ${kind}`] };
    });
  }
}
