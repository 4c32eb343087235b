import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CodeOptions, resolveCodeSettings } from '../../../src/kyc/codes/code-settings.ts';
import { silentLogger } from '../../../src/lib/log.ts';

const sms = { smsAccountSid: 'AC1', smsAuthToken: 'token', smsFrom: '+14155550199' };
const mail = { smtpUrl: 'smtp://user:p%40ss@mail.example:587', mailFrom: 'Example <kyc@anchor.example>' };

function resolve(options: CodeOptions, localMode = false) {
  const faults: string[] = [];
  const settings = resolveCodeSettings(options, { localMode, log: silentLogger }, (option, expected) => {
    faults.push(option);
    assert.doesNotMatch(expected, /p%40ss|AC1|@anchor/);
    return undefined;
  });
  return {
    ...settings,
    faults,
    names: settings.senders.map((sender) => `${sender.constructor.name} ${sender.channel}`),
  };
}

test('[codes.settings] what is set is sent for real; what is not goes to the log in local mode and nowhere else', () => {
  assert.deepEqual(resolve({}).names, []);
  assert.deepEqual(resolve({}, true).names, ['LogSender email', 'LogSender sms']);
  assert.deepEqual(resolve({ ...mail, ...sms }).names, ['SmtpSender email', 'SmsSender sms']);
  assert.deepEqual(resolve(mail, true).names, ['SmtpSender email', 'LogSender sms']);
  assert.deepEqual(resolve({ ...mail, ...sms }).faults, []);
});

test('[codes.settings] limits and countries are defaulted, read from text, and refused when they are none', () => {
  assert.deepEqual(resolve({}).limits, { perValueDaily: 10, perAccountDaily: 20, smsHourly: undefined });
  const { limits, smsCountries } = resolve({
    codesPerValue: '3',
    codesPerAccount: 4,
    smsPerHour: '100',
    smsCountries: 'mx, BR',
  });
  assert.deepEqual(limits, { perValueDaily: 3, perAccountDaily: 4, smsHourly: 100 });
  assert.deepEqual(smsCountries, new Set(['MX', 'BR']));
  for (const smsCountries of ['', 'MEX', 'MX,', ['XX']])
    assert.deepEqual(resolve({ smsCountries }).faults, ['smsCountries']);
  for (const codesPerValue of [0, -1, 1.5, '1e3', '', 'many', Number.NaN])
    assert.deepEqual(resolve({ codesPerValue }).faults, ['codesPerValue'], String(codesPerValue));
});

test('[codes.settings] half a sender is named, not left out', () => {
  const wrong: readonly (readonly [CodeOptions, ...string[]])[] = [
    [{ smtpUrl: mail.smtpUrl }, 'mailFrom'],
    [{ mailFrom: mail.mailFrom }, 'smtpUrl'],
    [{ ...mail, smtpUrl: 'https://mail.example' }, 'smtpUrl'],
    [{ ...mail, mailFrom: 'Example' }, 'mailFrom'],
    [{ ...mail, mailFrom: 'a@b.example\r\nBcc: c@d.example' }, 'mailFrom'],
    [{ smsAccountSid: 'AC1' }, 'smsAuthToken', 'smsFrom'],
    [{ smsUrl: 'https://sms.example' }, 'smsAccountSid', 'smsAuthToken', 'smsFrom'],
    [{ ...sms, smsUrl: 'http://sms.example' }, 'smsUrl'],
    [{ ...sms, smsUrl: 'https://user@sms.example' }, 'smsUrl'],
  ];
  for (const [options, ...faults] of wrong) assert.deepEqual(resolve(options).faults, faults, JSON.stringify(faults));
  assert.deepEqual(resolve({ ...sms, smsUrl: 'http://127.0.0.1:1' }, true).faults, []);
});
