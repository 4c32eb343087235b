/** An event of a stream of server-sent events. */
export interface ServerEvent {
  readonly id: string | undefined;
  readonly data: string;
}

/** Larger than any record of Horizon's; whoever sends more without an end is not Horizon. */
const maxEventCharacters = 1_000_000;

/**
 * Reads server-sent events as they come; fields that no one here asks for are passed over.
 * @throws RangeError for an event without an end
 * @see HTML Standard § Server-sent events
 */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    text = (text + decoder.decode(chunk, { stream: true })).replace(/\r\n/g, '\n');
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    if (text.length > maxEventCharacters) throw new RangeError('an event is too large');
    for (const block of blocks) {
      const event = readEvent(block);
      if (event !== undefined) yield event;
    }
  }
}

/** One without data is none: a comment, or how long to wait before coming again. */
function readEvent(block: string): ServerEvent | undefined {
  const fields = block.split('\n').map((line) => /^(\w+)(?:: ?(.*))?$/.exec(line)?.slice(1) ?? []);
  const data = fields.filter(([name]) => name === 'data').map(([, value = '']) => value);
  if (data.length === 0) return undefined;
  return { id: fields.findLast(([name]) => name === 'id')?.[1], data: data.join('\n') };
}
