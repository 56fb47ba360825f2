/** Reads an event stream block by block; what a block means is its reader's to say. */

/** Hands every block to `take` as it arrives, and tells when the stream is over, however it ended. */
export function readBlocks({ body }: Response, take: (block: string) => void): { readonly isOver: () => boolean } {
  let isOver = false;
  const read = async (): Promise<void> => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of body ?? []) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      blocks.forEach(take);
    }
  };
  void read()
    .catch(() => {})
    .finally(() => (isOver = true));
  return { isOver: () => isOver };
}
