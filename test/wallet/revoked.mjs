// An officer suspends and revokes the licence: wallets and verifiers see it from then on.
import { getListFromStatusListJWT } from "@sd-jwt/jwt-status-list";
import { sdjwt } from "./wallet.mjs";
import { Person } from "./person.mjs";
import { answer, ask, present } from "./shown.mjs";
import { expect, refusal, sdjwtConfig, supervisor } from "./world.mjs";

export async function revoked(world, check) {
  const { held, url } = world;
  const open = await world.session();
  const desk = await new Person(url).demo(supervisor);
  const act = async (action) => {
    const path = `/desk/licences/${world.id}/do/${action}`;
    await desk.page(path);
    await desk.send(path, { reason: "The annual fee is unpaid." });
    if (desk.status !== 200) throw new Error(`${action} at the desk answered ${desk.status}`);
  };
  const { payload } = await sdjwt(url, held.key).decode(held.credential).then((d) => d.jwt);
  const statusOf = async ({ uri, idx }) => getListFromStatusListJWT(await (await fetch(uri)).text()).getStatus(idx);
  const place = payload.status.status_list;

  const says = async (words) => {
    const q = await ask(world);
    expect(await answer(q, { sd_jwt: [await present(world, held, q)] }), 200, "status");
    const page = await q.answerPage();
    if (!page.includes(words)) throw new Error(`the verifier's page does not say ${words}`);
    const stranger = new Person(url);
    await stranger.page("/verify");
    await stranger.send("/verify", { text: held.credential });
    if (!stranger.text.includes(words)) throw new Error(`the page that checks what is pasted does not say ${words}`);
  };

  await check("before: status 0 in the list, and @sd-jwt accepts it", async () => {
    expect(await statusOf(place), 0, "status");
    await sdjwt(url, held.key).verify(held.credential);
  });
  await check("suspended at the desk: status 2, @sd-jwt refuses it, verifiers read it in words", async () => {
    await act("suspend");
    expect(await statusOf(place), 2, "status");
    const no = await sdjwt(url, held.key).verify(held.credential).then(() => "", (e) => e.message);
    if (!/status/i.test(no)) throw new Error(`@sd-jwt says ${no || "nothing"}`);
    await says("but suspended");
  });
  await check("suspended: what a token was given for is not issued any more: credential_request_denied", async () =>
    expect(await refusal(world.fetch(open, sdjwtConfig)), "credential_request_denied", "refused with"));
  await check("reinstated: status 0 again", async () => {
    await act("reinstate");
    expect(await statusOf(place), 0, "status");
    await says("in force now");
  });
  await check("revoked: status 1 for both forms, for good", async () => {
    await act("revoke");
    expect(await statusOf(place), 1, "status");
    await says("not valid any more");
  });
  await check("the list as CBOR says the same, and is small", async () => {
    const answer = await fetch(place.uri, { headers: { accept: "application/statuslist+cwt" } });
    expect(answer.headers.get("content-type"), "application/statuslist+cwt", "type");
    const size = (await answer.arrayBuffer()).byteLength;
    if (size > 20_000) throw new Error(`${size} bytes`);
  });
}
