// Package bankfile knows what banks and their customers send each other: references and account numbers, the text of a
// payment QR code, statements that come in, payment orders that go out, and which statement line pays which bill.
//
//   - creditor references: ISO 11649 (check digits by ISO 7064, MOD 97-10)
//   - account numbers: ISO 13616 (IBAN), ISO 9362 (BIC)
//   - QR code of a transfer: EPC069-12, version 002 of the payload (guidelines v2.1 and v3)
//   - statements: ISO 20022 camt.053.001.02 to .001.13, and CSV in a declared format
//   - payment orders: ISO 20022 pain.001.001.09, with the characters and lengths of the SEPA guidelines (EPC132-08)
//
// It stops at values in memory: it opens no file, keeps nothing, posts nothing and knows no clock. What a line is in our
// books, and what becomes of one that fits nothing, is decided by packages bank and treasury.
//
// A file is read whole or refused: a refusal is a sentence for the person who uploaded it, with the line of the file.
package bankfile
