import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import * as neu from '/work/main/src/sep10/challenge-xdr.ts';
import * as alt from '/work/main/src/sep10/__old-xdr.ts';
import { KycError } from '/work/main/src/errors.ts';
import { craftChallenge, firstOperation, domainOperation, clientDomainOperation, server, wallet, client } from '/work/main/test/sep10/fixture.ts';
import { Memo, Operation, Asset, xdr } from '@stellar/stellar-sdk';
const run = (f: () => unknown) => { try { return f(); } catch (e) { if (!(e instanceof KycError)) throw e; return 'refused'; } };
const dest = client.publicKey();
const bases = [
  craftChallenge(), craftChallenge({ memo: Memo.id('7') }),
  craftChallenge({ operations: [firstOperation(), domainOperation(), clientDomainOperation()], signers: [server, wallet, client] }),
  craftChallenge({ operations: [Operation.payment({ destination: dest, asset: Asset.native(), amount: '1' }), Operation.setOptions({ homeDomain: 'x', signer: { ed25519PublicKey: dest, weight: 1 } })] }),
  craftChallenge({ operations: [Operation.invokeContractFunction({ contract: 'CA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAXE', function: 'f', args: [xdr.ScVal.scvU64(1n), xdr.ScVal.scvVec([xdr.ScVal.scvVoid()]), xdr.ScVal.scvSymbol('a'), xdr.ScVal.scvString('b')] })] }),
];
let same = 0, taken = 0;
const end = Date.now() + 45_000;
while (Date.now() < end) {
  const b = Buffer.from(bases[randomInt(bases.length)]!, 'base64');
  let m = Buffer.from(b);
  for (let n = randomInt(4); n > 0; n--) {
    const k = randomInt(4), at = randomInt(m.length);
    if (k === 0) m[at] = randomInt(256);
    else if (k === 1) m.writeUInt32BE(randomInt(30), Math.min(at & ~3, m.length - 4));
    else if (k === 2) m = m.subarray(0, Math.max(4, at));
    else m = Buffer.concat([m.subarray(0, at & ~3), randomBytes(4 * randomInt(1, 4)), m.subarray(at & ~3)]);
  }
  const t = m.toString('base64');
  const x = run(() => neu.decodeEnvelope(t)), y = run(() => alt.decodeEnvelope(t));
  assert.deepEqual(x, y, t);
  same++; if (x !== 'refused') taken++;
}
console.log({ same, taken });
