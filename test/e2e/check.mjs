// Saying what should hold, in one sentence each.
export class Wrong extends Error {}

export function ok(holds, what) {
  if (!holds) throw new Wrong(what);
}

export function same(got, want, what) {
  const [a, b] = [JSON.stringify(got), JSON.stringify(want)];
  if (a !== b) throw new Wrong(`${what}: ${a}, not ${b}`);
}

// eventually asks again until an answer is true or the time is over.
export async function eventually(what, ask, seconds = 15) {
  for (const until = Date.now() + seconds * 1000; ;) {
    const got = await ask();
    if (got) return got;
    if (Date.now() > until) throw new Wrong(`not within ${seconds} s: ${what}`);
    await new Promise((r) => setTimeout(r, 250));
  }
}
