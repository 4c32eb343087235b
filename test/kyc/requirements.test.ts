import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assess } from '../../src/kyc/assess.ts';
import { compileProgram } from '../../src/kyc/compile-program.ts';
import { emptyDossier } from '../../src/kyc/dossier.ts';
import { withValues } from '../../src/kyc/facts.ts';
import { localize } from '../../src/kyc/localized-text.ts';
import type { FieldDefinition } from '../../src/kyc/program.ts';
import { Requirements } from '../../src/kyc/requirements.ts';
import { resolveByNames } from '../../src/kyc/resolve-type.ts';
import { resolveLanguage } from '../../src/messages/languages.ts';
import { canonicalName, sep9Fields } from '../../src/sep9/catalogue.ts';
import { customerReply } from '../../src/sep12/customer-reply.ts';

const names = [...sep9Fields.keys()].filter((name) => name !== 'card.cvc');

test('[ruling.11] for any program and any fields held, the answer is one the SEP allows', () => {
  const fields = fc.dictionary(fc.constantFrom(...names), fc.record({ optional: fc.boolean() }), {
    noNullPrototype: true,
  });
  const decision = fc.constantFrom('automatic' as const, 'review' as const);
  fc.assert(
    fc.property(fields, decision, fc.func(fc.boolean()), fc.boolean(), (asked, mode, isHeld, registered) => {
      const program = compileProgram({
        types: { t: { decision: mode, fields: asked satisfies Record<string, FieldDefinition> } },
      });
      const held = new Set(Object.keys(asked).filter((name) => isHeld(name)));
      const requirements = new Requirements(program);
      const resolved = resolveByNames(program.defaultType, []);
      const dossier = withValues(emptyDossier, 1, { set: [...held].map(canonicalName), withdraw: [] });
      const assessment = assess({ program, asked: resolved, dossier, last: undefined, now: 0 });
      const answer = registered
        ? requirements.answer('c', { asked: resolved, dossier, assessment }, 'en')
        : requirements.answerStranger(resolved, 'en');
      const reply = customerReply(answer);
      const missing = Object.entries(asked).filter(
        ([name, field]) => !field.optional && !(registered && held.has(name)),
      );
      const complete = mode === 'automatic' ? 'ACCEPTED' : 'PROCESSING';
      assert.equal(reply.status, !registered || missing.length > 0 ? 'NEEDS_INFO' : complete);
      const required = Object.entries(reply.fields ?? {}).filter(([, field]) => field.optional !== true);
      assert.deepEqual(required.map(([name]) => name).sort(), missing.map(([name]) => name).sort());
      assert.deepEqual(Object.keys(reply.provided_fields ?? {}).sort(), registered ? [...held].sort() : []);
    }),
  );
});

test('[ruling.12] a language falls back to its base, then to English, then to whatever there is', () => {
  const known = new Set(['en', 'es', 'pt-br']);
  const asked = {
    es: 'es',
    'es-MX': 'es',
    'PT-BR': 'pt-br',
    'pt-PT': 'en',
    xx: 'en',
    '': 'en',
    '-': 'en',
    ['x'.repeat(10_000)]: 'en',
  };
  for (const [tag, expected] of Object.entries(asked))
    assert.equal(resolveLanguage(tag, known), expected, tag.slice(0, 10));
  assert.equal(localize({ es: 'hola', en: 'hello' }, 'es-mx'), 'hola');
  assert.equal(localize({ es: 'hola', en: 'hello' }, 'fr'), 'hello');
  assert.equal(localize({ es: 'hola' }, 'fr'), 'hola');
  assert.equal(localize('hello', 'fr'), 'hello');
});
