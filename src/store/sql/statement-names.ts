/** More texts than this program has; those with lists of many lengths in them are sent whole once it is full. */
const mostNames = 400;

/** Names statements, so that a connection parses and plans each of them once. */
export class StatementNames {
  readonly #names = new Map<string, string>();

  /** The name of a statement, always the same; undefined for one too many. */
  nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= mostNames) return known;
    const name = `kyc_${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }
}
