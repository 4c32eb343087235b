/** Somebody of the demo: what they send, and what is then decided about them. */
export interface DemoPerson {
  readonly first: string;
  readonly last: string;
  readonly type: 'basic' | 'full' | 'mail';
  /** Sent beside the names, in place of what everybody of the type sends. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Left out of what everybody sends. */
  readonly without?: readonly string[];
  /** What a reviewer does once the checks are over. */
  readonly act?: Readonly<Record<string, unknown>>;
}

const names: readonly (readonly [first: string, last: string])[] = [
  ['Amara', 'Okafor'],
  ['Beatriz', 'Souza'],
  ['Chen', 'Wei'],
  ['Dewi', 'Lestari'],
  ['Elena', 'García'],
  ['Farid', 'Haddad'],
  ['Grace', 'Mwangi'],
  ['Hugo', 'Lefèvre'],
  ['Ines', 'Duarte'],
  ['Juma', 'Said'],
];
const more: readonly (readonly [first: string, last: string])[] = [
  ['Khadija', 'El Amrani'],
  ['Luis', 'Paredes'],
  ['Minh', 'Nguyễn'],
  ['Nadia', 'Rahman'],
];

/** Thirty people, in every state there is; ten of them wait for a person. */
export const demoPeople: readonly DemoPerson[] = [
  ...names.map(([first, last]): DemoPerson => ({ first, last, type: 'full' })),
  ...more.map(([first, last]): DemoPerson => ({ first, last, type: 'basic' })),
  { first: 'Olga', last: 'Petrova', type: 'full', act: { act: 'accept' } },
  { first: 'Pablo', last: 'Ruiz', type: 'full', act: { act: 'accept', note: 'Called back; the address is right.' } },
  { first: 'Quynh', last: 'Tran', type: 'full', act: { act: 'accept' } },
  { first: 'Rosa', last: 'Mendes', type: 'full', act: askAgain('photo_id_front', 'document-unreadable') },
  { first: 'Samir', last: 'Aziz', type: 'full', act: askAgain('address', 'address-not-proven') },
  { first: 'Tariq', last: 'Naser', type: 'full', act: { act: 'reject', reason: 'suspected-fraud' } },
  { first: 'Uma', last: 'Iyer', type: 'full', act: { act: 'reject', reason: 'unsupported-country' } },
  { first: 'Vera', last: 'Suspect', type: 'full' },
  { first: 'Will', last: 'Suspect', type: 'basic' },
  { first: 'Xenia', last: 'Waiting', type: 'basic' },
  { first: 'Yusuf', last: 'Waiting', type: 'full' },
  { first: 'Zoe', last: 'Martin', type: 'basic', without: ['birth_date'] },
  { first: 'Ana', last: 'Lopez', type: 'full', without: ['photo_id_front', 'id_number'] },
  { first: 'Bo', last: 'Larsen', type: 'full', fields: { id_expiration_date: '2020-01-31' } },
  { first: 'Cleo', last: 'Marin', type: 'mail' },
  { first: 'Dan', last: 'Ito', type: 'full', act: { act: 'escalate', note: 'The document looks edited.' } },
];

function askAgain(field: string, reason: string): Readonly<Record<string, unknown>> {
  return { act: 'ask-again', fields: [field], reason };
}
