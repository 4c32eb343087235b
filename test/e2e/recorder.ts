import assert from 'node:assert/strict';
import type { Haystack } from './canary-search.ts';
import { type Answer, type Call, send } from './requests.ts';
import type { StartedProcess } from './started-process.ts';

/** What is sent in requests that are refused: every one a text nobody else would write. */
const wrong = (where: string): string => `Wrongly Planted ${where} 6203 ĝ`;

/** Sends requests and keeps all that comes back. */
export class Recorder {
  readonly haystacks: Haystack[] = [];
  readonly planted: Record<string, string> = {};
  readonly #server: StartedProcess;
  readonly #token: string;

  constructor(server: StartedProcess, token: string) {
    this.#server = server;
    this.#token = token;
  }

  async send(status: number, method: string, path: string, call: Call = {}): Promise<Answer> {
    const answer = await send(method, `${this.#server.url}${path}`, { token: this.#token, ...call });
    const name = `the answer to ${method} ${path.slice(0, 25)} number ${this.haystacks.length}`;
    this.haystacks.push({ name, bytes: Buffer.from(`${JSON.stringify(answer.headers)}\n${answer.text}`) });
    assert.equal(answer.status, status, `${name}: ${answer.text}`);
    return answer;
  }

  /** A text that is remembered as planted. */
  plant(where: string): string {
    this.planted[where] = wrong(where);
    return wrong(where);
  }

  /** Like {@link plant}, but for places that take only letters, digits and a few signs. */
  plantWord(where: string): string {
    this.planted[where] = `WronglyPlanted.${where.replace(/\W/g, '-')}.6203`;
    return this.planted[where];
  }
}
