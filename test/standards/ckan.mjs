// The Action API as the command-line client ckanapi calls it (dump datasets --all, dump organizations --all, dump groups
// --all, search datasets): JSON posted to /api/action/, without a version, and the answers read as it reads them. The
// client itself comes from a registry that is not at hand here.
const rowsPerQuery = 1000;

async function call(url, action, data) {
  const answer = await fetch(`${url}/api/action/${action}`, { method: "POST", headers: { "content-type": "application/json", "user-agent": "ckanapi/4.8" }, body: JSON.stringify(data) });
  const parsed = JSON.parse(await answer.text());
  if (!parsed.success) throw new Error(`${action} ${JSON.stringify(data)}: ${answer.status} ${JSON.stringify(parsed.error)}`);
  return parsed.result;
}

export async function ckan(url, check, cannot) {
  const alive = await fetch(`${url}/api/action/site_read`);
  if (!alive.ok) return cannot("Action API: /api/action/site_read is not there");
  await check("Action API: a client dumps all datasets, organisations and groups, and finds the same by searching", async () => {
    const problems = [], notes = [];
    for (const [thing, list, show] of [["datasets", "package_list", "package_show"], ["organizations", "organization_list", "organization_show"], ["groups", "group_list", "group_show"]]) {
      const names = await call(url, list, {});
      const lines = [];
      for (const name of names) {
        const record = await call(url, show, { id: name, include_datasets: false });
        if (record.name !== name) problems.push(`${show} ${name} gave ${record.name}`);
        lines.push(JSON.stringify(record));
      }
      notes.push(`${lines.length} ${thing}`);
    }
    const found = [];
    for (let start = 0; ;) {
      const { results, count } = await call(url, "package_search", { start, rows: rowsPerQuery });
      found.push(...results);
      start += results.length;
      if (!results.length) { if (found.length !== count) problems.push(`${found.length} found, count says ${count}`); break; }
    }
    const names = await call(url, "package_list", {});
    if (found.map((d) => d.name).sort().join() !== [...names].sort().join()) problems.push("searching and listing give different datasets");
    const missing = await call(url, "package_show", { id: "no-such-dataset" }).then(() => "found", (e) => e.message);
    if (!/404.*Not Found Error/.test(missing)) problems.push(`no such dataset: ${missing}`);
    return { problems, notes };
  });
}
