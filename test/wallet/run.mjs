// Wallets of others over a running `stoa demo`: `node run.mjs`. The libraries are npm's (@openid4vc, @sd-jwt, @owf/mdoc); no
// code of ours takes part in what they accept.
import "./patience.mjs";
import { Demo } from "../e2e/demo.mjs";
import { World } from "./world.mjs";
import { issued } from "./issued.mjs";
import { refusals } from "./refusals.mjs";
import { revoked } from "./revoked.mjs";
import { shown } from "./shown.mjs";
import { answered } from "./answered.mjs";
import { elsewhere } from "./browser.mjs";

let passed = 0, failed = 0;

// check runs one check and tells how it went.
async function check(name, run) {
  try {
    await run();
    passed++;
    console.log(`ok   ${name}`);
  } catch (e) {
    failed++;
    console.log(`FAIL ${name}\n      ${(process.env.DEBUG ? e.stack : e.message).split("\n").slice(0, 8).join("\n      ")}`);
    if (process.env.DEBUG) console.dir(e, { depth: 4 });
  }
}

const demo = await Demo.start("--cases", "120");
try {
  const world = await World.find(demo.url);
  console.log(`${world.number} of ${world.email}, offered by ${demo.url}`);
  for (const part of [issued, refusals, shown, answered, elsewhere, revoked]) await part(world, check).catch((e) => check(`${part.name} could begin`, () => { throw e; }));
  await check("the program wrote no fault into its log", () => { if (demo.faults().length) throw new Error(demo.faults().join("\n")); });
} finally {
  await demo.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
