import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** What a line is: said to the anchor, answered by it, sent by it, or told by the narrator. */
const marks = { asks: '→', answers: '←', calls: '⇐', tells: ' ' } as const;
const styles: Readonly<Record<keyof typeof marks, Style>> = {
  asks: 'cyan',
  answers: 'green',
  calls: 'magenta',
  tells: 'dim',
};
const widest = 118;

/** Writes down what happens, for a person to read. */
export class Transcript {
  readonly #write: (text: string) => void;
  readonly #isColoured: boolean;
  #scenes = 0;

  constructor(write: (text: string) => void, isColoured: boolean) {
    this.#write = write;
    this.#isColoured = isColoured;
  }

  title(text: string): void {
    this.#write(`${this.#paint('bold', text)}\n`);
  }

  scene(text: string): void {
    this.#write(`\n${this.#paint('bold', `${String(++this.#scenes).padStart(2)}  ${text}`)}\n`);
  }

  tells(text: string): void {
    this.#line('tells', text);
  }

  asks(method: string, path: string, body: object = {}): void {
    this.#line('asks', `${method.padEnd(4)} ${path}${pairs(body)}`);
  }

  answers(status: number, body: object = {}): void {
    this.#line('answers', `${status}${pairs(body)}`);
  }

  calls(path: string, body: object): void {
    this.#line('calls', `POST ${path}${pairs(body)}`);
  }

  #line(kind: keyof typeof marks, text: string): void {
    const short = shorten(text);
    const cut = short.length > widest ? `${short.slice(0, widest - 1)}…` : short;
    this.#write(`    ${this.#paint(styles[kind], marks[kind])} ${kind === 'tells' ? this.#paint('dim', cut) : cut}\n`);
  }

  #paint(style: Style, text: string): string {
    return this.#isColoured ? styleText(style, text, { validateStream: false }) : stripVTControlCharacters(text);
  }
}

function pairs(body: object): string {
  const shown = Object.entries(body).map(([name, value]) => `${name}: ${shownValue(value)}`);
  return shown.length === 0 ? '' : `   ${shown.join(', ')}`;
}

function shownValue(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
}

/** Ids, accounts and tokens are told apart by their beginning. */
function shorten(text: string): string {
  return text
    .replaceAll(/\b([0-9a-f]{8})-[0-9a-f-]{27}\b/g, '$1…')
    .replaceAll(/\b([0-9a-f]{8})[0-9a-f]{56}\b/g, '$1…')
    .replaceAll(/\b([GM][A-Z2-7]{5})[A-Z2-7]{50,}\b/g, '$1…')
    .replaceAll(/\beyJ[\w.-]+/g, 'eyJ…');
}
