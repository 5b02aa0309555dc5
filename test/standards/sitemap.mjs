// The sitemap as a search engine reads it: every address in it must be there.
export async function sitemap(url, check) {
  await check("sitemap: every page of it is there, in each language", async () => {
    const problems = [];
    const read = async (at) => {
      const text = await (await fetch(at)).text();
      return [...text.matchAll(/<loc>([^<]*)<\/loc>/g)].map((m) => m[1].replaceAll("&amp;", "&"));
    };
    let list = await read(`${url}/sitemap.xml`);
    if (list.every((l) => /\/sitemap\/\d+\.xml$/.test(l))) list = (await Promise.all(list.map(read))).flat();
    const left = [...list];
    await Promise.all(Array.from({ length: 4 }, async () => {
      while (left.length) {
        const at = left.shift();
        const answer = await fetch(at.replace(/^https?:\/\/[^/]+/, url));
        const text = await answer.text();
        if (answer.status !== 200) problems.push(`${answer.status} ${at}`);
        else if (/<meta name="robots"[^>]*noindex/.test(text)) problems.push(`not to be found by its own word: ${at}`);
        else if (!text.includes(`lang="${new URL(at).searchParams.get("lang")}"`)) problems.push(`in another language: ${at}`);
      }
    }));
    if (list.length < 50) problems.push(`only ${list.length} addresses`);
    return { problems, notes: [`${list.length} addresses`] };
  });
}
