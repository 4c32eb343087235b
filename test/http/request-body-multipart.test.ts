import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyReader, bare, form, multipart, put, type WirePart } from './request-body-fixtures.ts';

const octets = 'Content-Type: application/octet-stream';

test('[ruling.30] a multipart body without parts has no fields, as Flutter and PHP send it', async () => {
  for (const body of ['--b--\r\n', '--b--', '\r\n--b--\r\n']) {
    const { values, files } = await new BodyReader().read(put(form, body));
    assert.equal(values.size + files.size, 0);
  }
});

test('[sep12.content.multipart] boundaries may be quoted, and text around the parts is not read', async () => {
  const body = Buffer.concat([
    Buffer.from('hello\r\n'),
    multipart('a b=', bare('memo', '7')),
    Buffer.from('bye\r\n--'),
  ]);
  const { values } = await new BodyReader().read(put('Multipart/Form-Data; Boundary="a b="', body));
  assert.deepEqual([...values], [['memo', '7']]);
});

test('[ruling.17] a file of no bytes is an empty value and is not stored', async () => {
  const reader = new BodyReader();
  const emptied: WirePart = [['Content-Disposition: form-data; name="photo_id_back"; filename=""', octets], ''];
  const { values, files } = await reader.read(put(form, multipart('b', bare('photo_id_front', ''), emptied)));
  assert.deepEqual(Object.fromEntries(values), { photo_id_front: '', photo_id_back: '' });
  assert.equal(files.size + reader.stored.length, 0);
});

test('[ruling.19] text under a binary name is a file, judged later by its bytes', async () => {
  const { values, files } = await new BodyReader().read(put(form, multipart('b', bare('photo_a', '[object File]'))));
  assert.equal(values.size, 0);
  assert.equal(files.get('photo_a')?.bytes.toString(), '[object File]');
});

test('[sep12.content.multipart] a file under a name that holds text is read past', async () => {
  const reader = new BodyReader();
  const body = multipart(
    'b',
    [['Content-Disposition: form-data; name="cv"; filename="cv.pdf"', 'Content-Type: application/pdf'], '\xff'],
    [['Content-Disposition: form-data; name="blob"', `${octets}; x=y`], '\xff'],
    [['Content-Disposition: form-data; name="none"; filename=""', octets], ''],
    bare('memo', '7'),
  );
  const { values, files } = await reader.read(put(form, body));
  assert.deepEqual([...values], [['memo', '7']]);
  assert.equal(files.size + reader.stored.length, 0);
});

test('[sep12.content.multipart] names of any kind are plain keys', async () => {
  const names = ['__proto__', 'constructor', 'hasOwnProperty', 'größe', 'a b', 'a;b', 'a=b'];
  const { values } = await new BodyReader().read(put(form, multipart('b', ...names.map((name) => bare(name, name)))));
  assert.deepEqual([...values.keys()], names);
  assert.deepEqual([...values.values()], names);
});

test('[sep12.content.multipart] text that is not UTF-8 is refused, and a lone NUL or U+FFFD is kept', async () => {
  const bad = put(form, multipart('b', bare('first_name', Buffer.from([0x5a, 0xff]))));
  await new BodyReader().refuses(bad, 'invalid_field', /^'first_name' is invalid: expected UTF-8 text$/);
  const { values } = await new BodyReader().read(put(form, multipart('b', bare('first_name', '\0\ufffd'))));
  assert.equal(values.get('first_name'), '\0\ufffd');
});

test('[sep12.content.multipart] a name given twice is refused, text or file, and what was stored is discarded', async () => {
  for (const name of ['memo', 'photo_id_front']) {
    const reader = new BodyReader();
    const body = multipart('b', bare('photo_z', 'z'), bare(name, '1'), bare(name, '2'));
    const error = await reader.refuses(put(form, body), 'invalid_request');
    assert.equal(error.message, `'${name}' is given more than once`);
    assert.equal(reader.stored[0]?.field, 'photo_z');
  }
});

test('[sep12.content.multipart] a part without a usable name is refused', async () => {
  const nameless: readonly (readonly string[])[] = [
    ['Content-Disposition: form-data'],
    ['Content-Disposition: form-data; name=""'],
    ['Content-Disposition: form-data; filename="x"'],
    ['Content-Disposition: attachment; name="memo"'],
    ['Content-Disposition: form-data; name="\xff"'],
    ['Content-Disposition:'],
    ['Content-Type: text/plain'],
    ['no colon'],
    [],
  ];
  for (const headers of nameless) {
    const wire = Buffer.from(multipart('b', bare('photo_a', 'a'), [headers, 'x']).toString(), 'latin1');
    await new BodyReader().refuses(put(form, wire), 'invalid_request', /malformed$|has no name$/);
  }
});

test('[sep12.content.multipart] a body that is not what its boundary says is refused', async () => {
  const whole = multipart('b', bare('memo', '7'));
  const malformed = /^multipart body is malformed$/;
  await new BodyReader().refuses(put('multipart/form-data', whole), 'invalid_request', malformed);
  await new BodyReader().refuses(put('multipart/form-data; boundary=', whole), 'invalid_request', malformed);
  await new BodyReader().refuses(put('multipart/form-data; boundary=c', whole), 'invalid_request', malformed);
  await new BodyReader().refuses(put(`multipart/form-data; boundary=${'b'.repeat(300)}`, whole), 'invalid_request');
  await new BodyReader().refuses(put(form, '{"memo":"7"}'), 'invalid_request', malformed);
  await new BodyReader().refuses(put(form, '--b\r\nContent-Disp\r\n--b--'), 'invalid_request', malformed);
});

test('[sep12.content.multipart] blanks after a delimiter, folded headers and a part that ends with its headers are read', async () => {
  const body = [
    '--b \t\r\nContent-Disposition: form-data;\r\n name="memo"\r\n\r\n7',
    '--b\r\nContent-Disposition: form-data; name="first_name"\r\n',
    '--b\r\nContent-Disposition: form-data; name="last_name"\r\n\r\n--you\r\n--',
    '--b--',
  ].join('\r\n');
  for (const size of [1, 3, 1000]) {
    const chunks = Array.from({ length: Math.ceil(body.length / size) }, (_, n) =>
      body.slice(n * size, (n + 1) * size),
    );
    const { values } = await new BodyReader().read(put(form, ...chunks));
    assert.deepEqual(Object.fromEntries(values), { memo: '7', first_name: '', last_name: '--you\r\n--' }, `${size}`);
  }
});

test('[sep12.content.multipart] a delimiter among the headers is no header, and ends nothing', async () => {
  const name = 'Content-Disposition: form-data; name="memo"';
  for (const body of [
    `--b\r\n${name}\r\n--b\r\n${name}\r\n\r\n7\r\n--b--`,
    `--b\r\n${name}\r\n--b--\r\n\r\n7\r\n--b--`,
  ])
    await new BodyReader().refuses(put(form, body), 'invalid_request', /^multipart body is malformed$/);
});
