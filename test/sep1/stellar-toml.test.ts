import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Keypair, Networks } from '@stellar/stellar-sdk';
import { parse } from 'smol-toml';
import { type StellarTomlSettings, stellarToml } from '../../src/sep1/stellar-toml.ts';
import { generatedKeys, readTomlExtras } from '../../src/sep1/toml-extras.ts';

const account = Keypair.random().publicKey();
const settings: StellarTomlSettings = {
  networkPassphrase: Networks.TESTNET,
  signingKey: account,
  homeDomain: 'example.com',
  webAuthEndpoint: 'https://example.com/auth',
  kycServer: 'https://example.com/sep12/',
};

const usdc = {
  code: 'USDC',
  issuer: account,
  status: 'test',
  display_decimals: 2,
  is_asset_anchored: true,
  anchor_asset_type: 'fiat',
  anchor_asset: 'USD',
  desc: 'a dollar',
};

/** A parsed table with the usual prototypes, so that it can be compared. */
function plain(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value));
}

/** The TOML of one currency, `changes` made; undefined takes a field out. */
function currency(changes: Record<string, unknown> = {}): string {
  const fields = Object.entries({ ...usdc, ...changes }).filter(([, value]) => value !== undefined);
  return ['[[CURRENCIES]]', ...fields.map(([key, value]) => `${key} = ${JSON.stringify(value)}`)].join('\n');
}

suite('stellar.toml', () => {
  test('[ruling.31] [sep1.fields] it names the network, the key and the servers that are active', () => {
    assert.deepEqual(plain(parse(stellarToml(settings))), {
      VERSION: '2.7.0',
      NETWORK_PASSPHRASE: Networks.TESTNET,
      SIGNING_KEY: account,
      WEB_AUTH_ENDPOINT: 'https://example.com/auth',
      KYC_SERVER: 'https://example.com/sep12',
      CURRENCIES: [],
      DOCUMENTATION: { ORG_NAME: 'example.com', ORG_URL: 'https://example.com' },
    });
  });

  test('[sep1.servers] every server has its line, and none that is off', () => {
    const all: StellarTomlSettings = {
      ...settings,
      webAuthForContractsEndpoint: 'https://example.com/sep45/auth',
      webAuthContractId: 'CA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAXE',
      transferServer: 'https://example.com/sep6',
      directPaymentServer: 'https://example.com/sep31',
      horizonUrl: 'https://horizon.example.com/',
    };
    const table = parse(stellarToml(all));
    for (const key of generatedKeys) assert.equal(typeof table[key], 'string', key);
  });

  test('[ruling.31] [sep1.urls] no URL of ours ends in a slash', () => {
    const slashes = { ...settings, transferServer: 'https://example.com/sep6//', horizonUrl: 'https://h.example/' };
    for (const value of Object.values(plain(parse(stellarToml(slashes))))) assert.ok(!String(value).endsWith('/'));
  });

  test('[ruling.31] [sep1.documentation] the anchor’s own documentation completes the default', () => {
    const { extras } = readTomlExtras('[DOCUMENTATION]\nORG_NAME = "Example \\"Bank\\" Ñ"\nORG_GITHUB = "example"');
    const { DOCUMENTATION } = plain(parse(stellarToml({ ...settings, extras })));
    assert.deepEqual(DOCUMENTATION, {
      ORG_NAME: 'Example "Bank" Ñ',
      ORG_URL: 'https://example.com',
      ORG_GITHUB: 'example',
    });
  });

  test('[sep1.extras] currencies, principals, validators and accounts are taken over', () => {
    const text = [
      `ACCOUNTS = ["${account}"]`,
      'TRANSFER_SERVER_SEP0024 = "https://example.com/sep24"',
      currency({ max_number: undefined }),
      '[[PRINCIPALS]]\nname = "Jane"',
      `[[VALIDATORS]]\nALIAS = "domain-au"\nHISTORY = "https://example.com/history/"`,
    ].join('\n');
    const { extras, faults } = readTomlExtras(text);
    assert.deepEqual(faults, []);
    const table = plain(parse(stellarToml({ ...settings, extras })));
    assert.deepEqual(table['CURRENCIES'], [usdc]);
    assert.deepEqual(table['ACCOUNTS'], [account]);
    assert.deepEqual(table['PRINCIPALS'], [{ name: 'Jane' }]);
    assert.equal(table['TRANSFER_SERVER_SEP0024'], 'https://example.com/sep24');
  });

  test('[ruling.31] [sep1.size] more than 100 kB is refused at the start', () => {
    const extras = { DOCUMENTATION: { ORG_DESCRIPTION: 'x'.repeat(99_000) } };
    stellarToml({ ...settings, extras });
    const larger = { DOCUMENTATION: { ORG_DESCRIPTION: 'é'.repeat(50_000) } };
    assert.throws(() => stellarToml({ ...settings, extras: larger }), { name: 'TypeError', message: /100 kB/ });
  });
});

suite('the anchor’s own part', () => {
  const faultsOf = (text: string): readonly string[] => readTomlExtras(text).faults;

  test('[sep1.extras] a generated key cannot be set', () => {
    for (const key of generatedKeys)
      assert.deepEqual(faultsOf(`${key} = "x"`), [`${key}: is generated and cannot be set here`]);
  });

  test('[sep1.extras] what is no TOML, or no field of SEP-1, is a fault', () => {
    assert.deepEqual(faultsOf('A = 1\nB = ['), ['line 2: not TOML']);
    assert.deepEqual(faultsOf('KYC_SERVR = "x"'), ['KYC_SERVR: is no field of SEP-1 that can be set here']);
    assert.deepEqual(faultsOf('toString = "x"'), ['toString: is no field of SEP-1 that can be set here']);
  });

  test('[sep1.extras] each fault names its key, and the sound rest is kept', () => {
    const text = [
      'ACCOUNTS = ["GABC"]',
      'PRINCIPALS = "Jane"',
      'VALIDATORS = 7',
      'CURRENCIES = [1]',
      'FEDERATION_SERVER = "http://example.com"',
      'URI_REQUEST_SIGNING_KEY = "GABC"',
      'DOCUMENTATION = { ORG_NAME = "Bank" }',
    ].join('\n');
    const { extras, faults } = readTomlExtras(text);
    assert.deepEqual(plain(extras), { DOCUMENTATION: { ORG_NAME: 'Bank' } });
    assert.deepEqual(
      faults.map((fault) => fault.split(':')[0]),
      ['ACCOUNTS', 'PRINCIPALS', 'VALIDATORS', 'CURRENCIES', 'FEDERATION_SERVER', 'URI_REQUEST_SIGNING_KEY'],
    );
  });

  test('[sep1.documentation] documentation is text, and its URLs are https without a slash', () => {
    assert.deepEqual(faultsOf('DOCUMENTATION = 7'), ['DOCUMENTATION: expected a table']);
    assert.deepEqual(faultsOf('[DOCUMENTATION]\nORG_NAME = 7'), ['DOCUMENTATION.ORG_NAME: expected text']);
    for (const url of ['http://example.com', 'https://example.com/', 'example.com']) {
      assert.match(
        faultsOf(`[DOCUMENTATION]\nORG_URL = "${url}"`)[0] ?? '',
        /^DOCUMENTATION\.ORG_URL: expected an https URL/,
      );
    }
  });

  test('[ruling.31] [sep1.currencies] a complete currency has no fault', () => {
    assert.deepEqual(faultsOf(currency()), []);
    assert.deepEqual(faultsOf(currency({ code: 'native', issuer: undefined })), []);
    const contract = 'CA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAXE';
    assert.deepEqual(faultsOf(currency({ issuer: undefined, contract })), []);
    assert.deepEqual(faultsOf('[[CURRENCIES]]\ntoml = "https://example.com/.well-known/USDC.toml"'), []);
    assert.deepEqual(faultsOf(`${currency()}\nmax_number = 9223372036854775807`), []);
  });

  test('[ruling.31] [sep1.currencies] what a currency lacks or gets wrong is named', () => {
    const wrong: readonly (readonly [Record<string, unknown>, RegExp])[] = [
      [{ code: undefined }, /^CURRENCIES\[0\]\.code: is missing/],
      [{ status: undefined }, /\.status: is missing/],
      [{ desc: undefined }, /\.desc: is missing/],
      [{ is_asset_anchored: undefined }, /\.is_asset_anchored: is missing/],
      [{ anchor_asset_type: undefined }, /\.anchor_asset_type: is missing/],
      [{ issuer: undefined }, /\.issuer: expected either/],
      [{ contract: 'CA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAXE' }, /\.issuer: expected either/],
      [{ code: 'THIRTEENCHARS' }, /\.code: expected 1 to 12/],
      [{ issuer: 'GABC' }, /\.issuer: expected an account/],
      [{ contract: 'CABC', issuer: undefined }, /\.contract: expected a contract/],
      [{ status: 'alive' }, /\.status: expected one of live/],
      [{ anchor_asset_type: 'shell' }, /\.anchor_asset_type: expected one of fiat/],
      [{ is_asset_anchored: 'yes' }, /\.is_asset_anchored: expected true or false/],
      [{ display_decimals: 8 }, /\.display_decimals: expected 0 to 7/],
      [{ display_decimals: 'two' }, /\.display_decimals: expected 0 to 7/],
      [{ name: 'x'.repeat(21) }, /\.name: expected 1 to 20/],
      [{ image: 'http://example.com/a.png' }, /\.image: expected an https URL/],
      [{ fixed_number: 1.5 }, /\.fixed_number: expected a whole number/],
      [{ fixed_number: 1, is_unlimited: true }, /\.fixed_number: expected only one of/],
      [{ desc: 7 }, /\.desc: expected text/],
    ];
    for (const [changes, message] of wrong) {
      const faults = faultsOf(currency(changes));
      assert.equal(faults.length, 1, faults.join());
      assert.match(faults[0] ?? '', message);
    }
    assert.match(faultsOf('[[CURRENCIES]]\ntoml = "https://example.com/x.toml"\ncode = "X"')[0] ?? '', /beside toml/);
  });
});
