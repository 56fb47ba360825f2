import { describe, expect, it } from 'vitest';
import { type NewsPiece, readNews } from '../../src/notes/note-news.ts';
import { noteAt } from './fixture.ts';

function bodyOf(...pieces: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
}

async function allOf(body: ReadableStream<Uint8Array>): Promise<NewsPiece[]> {
  const pieces: NewsPiece[] = [];
  for await (const piece of readNews(body, '')) pieces.push(piece);
  return pieces;
}

const piecesOf = (...pieces: string[]) => allOf(bodyOf(...pieces));

async function newsOf(...pieces: string[]) {
  return (await piecesOf(...pieces)).flatMap(({ news }) => news);
}

const said = (type: string, data: unknown, id = '1') => `event: ${type}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

describe('readNews', () => {
  it.each(['created', 'updated', 'attachment'])('takes a note from %s', async (type) => {
    expect(await newsOf(said(type, { note: noteAt(1) }))).toEqual([{ kind: 'put', note: noteAt(1) }]);
  });

  it('takes an id from deleted', async () => {
    expect(await newsOf(said('deleted', { id: 'note-1' }))).toEqual([{ kind: 'delete', id: 'note-1' }]);
  });

  it('reads the list anew after a reset', async () => {
    expect(await newsOf(said('reset', {}))).toEqual([{ kind: 'reset' }]);
  });

  it.each([
    ['created', {}],
    ['created', { note: { id: 7 } }],
    ['updated', null],
    ['deleted', { note: noteAt(1) }],
    ['deleted', { id: 7 }],
  ])('takes %s with %j for something that was missed', async (type, data) => {
    expect(await newsOf(said(type, data))).toEqual([{ kind: 'reset' }]);
  });

  it('takes data that is no JSON for something that was missed', async () => {
    expect(await newsOf('event: created\ndata: {"note":\n\n')).toEqual([{ kind: 'reset' }]);
  });

  it.each(['message', 'revoked', 'constructor', '__proto__'])('takes %s for none of its own', async (type) => {
    expect(await newsOf(said(type, { note: noteAt(1) }))).toEqual([]);
  });

  it('gives a comment as a sign of life', async () => {
    expect(await piecesOf(': alive\n\n')).toEqual([{ news: [], lastEventId: '' }]);
  });

  it('says where to go on, even after a place without an event', async () => {
    const pieces = await piecesOf('id: 3\n\n', said('deleted', { id: 'x' }, '4'));
    expect(pieces.map(({ lastEventId }) => lastEventId)).toEqual(['3', '4']);
  });

  it('rejects when the connection breaks', async () => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new TypeError('network error')),
    });
    await expect(allOf(body)).rejects.toThrow('network error');
  });

  it('frees the connection when its reader stops', async () => {
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode(': alive\n\n')),
      cancel: () => {
        isCancelled = true;
      },
    });
    for await (const piece of readNews(body, '')) {
      expect(piece.news).toEqual([]);
      break;
    }
    expect(isCancelled).toBe(true);
  });
});
