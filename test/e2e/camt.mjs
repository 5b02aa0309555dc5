// Statements of the council's bank, made here as a bank makes them: camt.053.001.08.
import { Buffer } from "node:buffer";

const escape = (s) => String(s).replace(/[<>&"]/g, (c) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" })[c]);
const cents = (amount) => Math.round(Number(amount) * 100); // "12.50", 12.5; less than nothing left the account
const money = (minor, currency) =>
  `<Amt Ccy="${currency}">${Math.floor(Math.abs(minor) / 100)}.${String(Math.abs(minor) % 100).padStart(2, "0")}</Amt><CdtDbtInd>${minor < 0 ? "DBIT" : "CRDT"}</CdtDbtInd>`;

// camt is a file to upload. A line is { amount, day, name, iban, reference, text, endToEnd, returned, ref }: reference is a
// structured one (RF…), endToEnd the number of a payment of ours (O-2026-000001-1), returned the reason (AC04) when one came
// back, ref the bank's own number of the line.
export function camt(lines, { id = "S-1", iban = "GB33BUKB20201555555555", currency = "GBP", opening = "1000.00", from, until } = {}) {
  const days = lines.map((l) => l.day).sort();
  const first = from ?? days[0], last = until ?? days[days.length - 1];
  const start = cents(opening), end = lines.reduce((sum, l) => sum + cents(l.amount), start);
  const balance = (code, minor, day) =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${money(minor, currency)}<Dt><Dt>${day}</Dt></Dt></Bal>`;
  const entries = lines.map((l, i) => {
    const minor = cents(l.amount);
    const side = (minor < 0) !== Boolean(l.returned) ? "Cdtr" : "Dbtr";
    return `<Ntry>${money(minor, currency)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${l.day}</Dt></BookgDt><ValDt><Dt>${l.day}</Dt></ValDt>` +
      `<AcctSvcrRef>${escape(l.ref ?? `${id}-${i + 1}`)}</AcctSvcrRef><NtryDtls><TxDtls>` +
      (l.endToEnd ? `<Refs><EndToEndId>${escape(l.endToEnd)}</EndToEndId></Refs>` : "") + money(minor, currency) +
      `<RltdPties>${l.name ? `<${side}><Pty><Nm>${escape(l.name)}</Nm></Pty></${side}>` : ""}` +
      `${l.iban ? `<${side}Acct><Id><IBAN>${escape(l.iban)}</IBAN></Id></${side}Acct>` : ""}</RltdPties>` +
      `<RmtInf>${l.text ? `<Ustrd>${escape(l.text)}</Ustrd>` : ""}${l.reference ? `<Strd><CdtrRefInf><Ref>${escape(l.reference.replace(/\s/g, ""))}</Ref></CdtrRefInf></Strd>` : ""}</RmtInf>` +
      (l.returned ? `<RtrInf><Rsn><Cd>${escape(l.returned)}</Cd></Rsn></RtrInf>` : "") + `</TxDtls></NtryDtls></Ntry>`;
  });
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>${escape(id)}</MsgId></GrpHdr><Stmt><Id>${escape(id)}</Id>
<FrToDt><FrDtTm>${first}T00:00:00</FrDtTm><ToDtTm>${last}T23:59:59</ToDtTm></FrToDt><Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>${currency}</Ccy></Acct>
${balance("OPBD", start, first)}
${entries.join("\n")}
${balance("CLBD", end, last)}
</Stmt></BkToCstmrStmt></Document>
`;
  return { name: `${id}.xml`, mimeType: "application/xml", buffer: Buffer.from(text, "utf8") };
}
