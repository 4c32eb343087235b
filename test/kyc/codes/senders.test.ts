import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { type CodeMessage, CodeNotSent } from '../../../src/kyc/codes/senders/code-sender.ts';
import { LogSender } from '../../../src/kyc/codes/senders/log-sender.ts';
import { sendersFaults } from '../../../src/kyc/codes/senders/senders-faults.ts';
import { SmsSender } from '../../../src/kyc/codes/senders/sms-sender.ts';
import { SmtpSender } from '../../../src/kyc/codes/senders/smtp-sender.ts';
import { jsonLogger, silentLogger } from '../../../src/lib/log.ts';
import { languages } from '../../../src/messages/languages.ts';
import { messageAccount, startMessageService } from '../../support/message-service.ts';
import { verifyingProgram } from './code-world.ts';

const mail: CodeMessage = {
  to: 'ada@example.com',
  code: '012345',
  lang: 'en',
  minutes: 10,
  appName: 'Example Anchor',
  customerId: 'c-1',
  field: 'email_address',
};
const note: CodeMessage = { ...mail, to: '+14155550100', field: 'mobile_number' };
const signal = (): AbortSignal => AbortSignal.timeout(5000);

interface Mail {
  readonly to: readonly string[];
  readonly raw: string;
}

async function startMailServer(options: SMTPServerOptions = {}) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      void text(stream).then((raw) => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw });
        done();
      });
    },
    ...options,
  });
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const stop = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  return { mails, url: `smtp://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
}

async function faultOf(sending: Promise<void>): Promise<readonly [string, boolean]> {
  const error = await sending.then(
    () => assert.fail('was sent'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof CodeNotSent, String(error));
  assert.doesNotMatch(`${error.message} ${error.stack}`, /ada@|4155550100|012345/);
  return [error.fault, error.isFinal];
}

function refusing(code: number): Error {
  return Object.assign(new Error('no <ada@example.com>'), { responseCode: code });
}

test('[codes.smtp] a code arrives by SMTP as plain text to exactly one address, in the language of its reader', async () => {
  await using server = await startMailServer();
  const sender = new SmtpSender({ url: server.url, from: 'Example <kyc@anchor.example>' });
  await sender.send(mail, signal());
  await sender.send({ ...mail, to: '"a,b"@example.com', lang: 'es-MX' }, signal());
  const [english, spanish] = server.mails;
  assert.deepEqual(english?.to, ['ada@example.com']);
  assert.match(english?.raw ?? '', /^From: Example <kyc@anchor\.example>\r?$/m);
  assert.match(english?.raw ?? '', /^Subject: Example Anchor: your confirmation code\r?$/m);
  assert.match(english?.raw ?? '', /^Auto-Submitted: auto-generated\r?$/m);
  assert.match(english?.raw ?? '', /^012345\r?$/m);
  assert.doesNotMatch(
    /^Subject:.*$/m.exec(english?.raw ?? '')?.[0] ?? '',
    /012345/,
    'a subject is shown on locked screens',
  );
  assert.equal(spanish?.to.length, 1);
  assert.match(spanish?.raw ?? '', /Example Anchor/);
});

test('[codes.smtp] a recipient that is refused for good is final; a busy, closed or silent server is not', async () => {
  const refusals: readonly (readonly [SMTPServerOptions, string, boolean])[] = [
    [{ onRcptTo: (_address, _session, done) => done(refusing(550)) }, 'smtp_550', true],
    [{ onRcptTo: (_address, _session, done) => done(refusing(451)) }, 'smtp_451', false],
    [{ onMailFrom: (_address, _session, done) => done(refusing(450)) }, 'smtp_450', false],
    [{ onConnect: (_session, done) => done(refusing(421)) }, 'smtp_421', false],
  ];
  for (const [options, fault, isFinal] of refusals) {
    await using server = await startMailServer(options);
    const sender = new SmtpSender({ url: server.url, from: 'kyc@anchor.example' });
    assert.deepEqual(await faultOf(sender.send(mail, signal())), [fault, isFinal]);
  }
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const url = `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const began = performance.now();
  const [, isFinal] = await faultOf(new SmtpSender({ url, from: 'a@b.example' }).send(mail, AbortSignal.timeout(200)));
  assert.equal(isFinal, false);
  assert.ok(performance.now() - began < 3000, 'the signal ends it');
  silent.close();
  assert.equal(
    (await faultOf(new SmtpSender({ url: 'smtp://127.0.0.1:1', from: 'a@b.example' }).send(mail, signal())))[1],
    false,
  );
});

test('[codes.smtp] credentials of the URL are used; wrong ones are no fault of the address', async () => {
  const options: SMTPServerOptions = {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'kyc' && password === 'p@ss' ? done(null, { user: 'kyc' }) : done(new Error('wrong')),
  };
  await using server = await startMailServer(options);
  const from = 'kyc@anchor.example';
  await new SmtpSender({ url: server.url.replace('//', '//kyc:p%40ss@'), from }).send(mail, signal());
  assert.equal(server.mails.length, 1);
  const wrong = new SmtpSender({ url: server.url.replace('//', '//kyc:no@'), from });
  assert.deepEqual(await faultOf(wrong.send(mail, signal())), ['smtp_535', false]);
});

test('[codes.sms] a code is asked for as Twilio has it, from a number or by a messaging service', async () => {
  await using service = await startMessageService();
  const settings = { ...messageAccount, url: service.url };
  await new SmsSender(settings).send(note, signal());
  await new SmsSender({ ...settings, from: `MG${'0'.repeat(32)}` }).send({ ...note, lang: 'ar' }, signal());
  const [first, second] = service.asked;
  assert.equal(first?.path, `POST /2010-04-01/Accounts/${messageAccount.accountSid}/Messages.json`);
  assert.deepEqual(first?.form, {
    To: '+14155550100',
    From: '+14155550199',
    Body: 'Example Anchor: 012345 is your confirmation code, good for 10 minutes. Do not share it.',
  });
  assert.equal(second?.form['MessagingServiceSid'], `MG${'0'.repeat(32)}`);
  assert.equal(second?.form['From'], undefined);
  assert.match(second?.form['Body'] ?? '', /012345.*رمز التأكيد/);
});

test('[codes.sms] a number that Twilio refuses is final; too many, credentials, a fault or an absence are not', async () => {
  await using service = await startMessageService();
  const sender = new SmsSender({ ...messageAccount, url: service.url });
  const answers: readonly (readonly [status: number, code: number, isFinal: boolean])[] = [
    [400, 21211, true],
    [400, 21610, true],
    [403, 21408, true],
    [429, 20429, false],
    [500, 20500, false],
    [503, 20503, false],
  ];
  for (const [status, code, isFinal] of answers) {
    service.refusals.set(note.to, { status, code });
    assert.deepEqual(await faultOf(sender.send(note, signal())), [`sms_${status}_${code}`, isFinal]);
  }
  const stranger = new SmsSender({ ...messageAccount, authToken: 'other', url: service.url });
  assert.deepEqual(await faultOf(stranger.send(note, signal())), ['sms_401_20003', false]);
  const nowhere = new SmsSender({ ...messageAccount, url: 'http://127.0.0.1:1' });
  assert.deepEqual(await faultOf(nowhere.send(note, signal())), ['sms_unreachable', false]);
});

test('[codes.log] in local mode codes are written to the log without their destination; elsewhere it is refused', async () => {
  const lines: string[] = [];
  const log = jsonLogger('info', (line) => void lines.push(line));
  await new LogSender('sms', { log, localMode: true }).send(note);
  const { customer, field, code } = JSON.parse(lines[0] ?? '{}') as Record<string, unknown>;
  assert.deepEqual([customer, field, code], ['c-1', 'mobile_number', '012345']);
  assert.doesNotMatch(lines.join(''), /4155550100/);
  assert.throws(() => new LogSender('email', { log: silentLogger, localMode: false }), TypeError);
});

test('[codes.senders] a field that is to be verified and cannot be reached is named', () => {
  const program = verifyingProgram(['email_address', 'mobile_number', 'city']);
  const city = "'city' is to be verified, but holds neither a phone number nor an e-mail address";
  const unsent = (key: string, channel: string): string =>
    `'${key}' is to be verified by ${channel}, but nothing is set that sends it`;
  const both = [unsent('email_address', 'email'), unsent('mobile_number', 'sms'), city];
  assert.deepEqual([...sendersFaults(program, [])].sort(), both.sort());
  assert.deepEqual(sendersFaults(program, [{ channel: 'email' }, { channel: 'sms' }]), [city]);
  assert.deepEqual(sendersFaults(verifyingProgram([]), []), []);
});

test('[codes.texts] every language says the code, the sender and the minutes, and an SMS fits into three parts', async () => {
  await using service = await startMessageService();
  await using server = await startMailServer();
  for (const lang of languages) {
    await new SmsSender({ ...messageAccount, url: service.url }).send({ ...note, lang }, signal());
    const body = service.asked.at(-1)?.form['Body'] ?? '';
    for (const part of ['Example Anchor', '012345', '10']) assert.ok(body.includes(part), `${lang}: ${body}`);
    // UCS-2: 67 characters a part of several.
    assert.ok(body.length <= 3 * 67, `${lang}: ${body.length}`);
    await new SmtpSender({ url: server.url, from: 'kyc@anchor.example' }).send({ ...mail, lang }, signal());
  }
  assert.equal(server.mails.length, languages.length);
});
