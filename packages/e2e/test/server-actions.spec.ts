import { expect, newPerson, test } from '../src/fixtures.ts';
import { ask } from '../src/relay/ask.ts';
import type { Field } from '../src/relay/fields.ts';
import { Visitor } from '../src/visitor.ts';

/** The hidden field by which the form that says this tells the server what to run. */
function actionOf(html: string, button: string): string {
  const form = html.match(/<form[\s\S]*?<\/form>/g)?.find((markup) => markup.includes(button)) ?? '';
  const [, name = ''] = /name="(\$ACTION_ID_[0-9a-f]+)"/.exec(form) ?? [];
  return name;
}

/** One field, as a form without a script sends it. */
function formOf(name: string): { readonly type: string; readonly body: Buffer } {
  const boundary = 'a-boundary-of-this-test';
  const part = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n\r\n--${boundary}--\r\n`;
  return { type: `multipart/form-data; boundary=${boundary}`, body: Buffer.from(part) };
}

test('a server action runs for forms of our own pages alone', async ({ stack }) => {
  const [here, elsewhere] = [new Visitor(), new Visitor()];
  const { email } = newPerson();
  await here.register(stack.webUrl, email);
  await elsewhere.logIn(stack.webUrl, email);
  const isServed = async (visitor: Visitor): Promise<boolean> =>
    (await visitor.clone().open(`${stack.webUrl}/private`)).path === '/private';

  const { body: page } = await here.open(`${stack.webUrl}/private/sessions`);
  const action = actionOf(page, 'End all other sessions');
  expect(action).toMatch(/^\$ACTION_ID_[0-9a-f]{40,}$/);
  const { type, body } = formOf(action);
  const script: readonly Field[] = [['next-action', action.replace('$ACTION_ID_', '')]];

  /** Sends the form or calls the action, with the person's own cookie, as if a browser had attached it. */
  const post = async (origin: string, more: readonly Field[] = []): Promise<number> => {
    const about: readonly Field[] = [
      ['origin', origin],
      ['cookie', here.cookieHeader],
      ['accept', more === script ? 'text/x-component' : 'text/html'],
      ['content-type', more === script ? 'text/plain;charset=UTF-8' : type],
    ];
    const sent = more === script ? Buffer.from('[]') : body;
    const question = { method: 'POST', target: '/private/sessions', fields: [...about, ...more], body: sent };
    const answer = await ask(stack.webUrl, { ...question, length: sent.byteLength });
    answer.body.resume();
    return answer.status;
  };

  const { protocol, hostname, port } = new URL(stack.webUrl);
  const foreign = [
    'https://evil.example',
    'null',
    `${protocol}//${hostname}.evil.example:${port}`,
    `${protocol}//${hostname}`,
  ];
  for (const origin of foreign) {
    for (const more of [[], script]) {
      expect(await post(origin, more), `${origin} ${more.length}`).toBe(403);
      expect(await isServed(elsewhere), `${origin} ${more.length}`).toBe(true);
    }
  }

  expect(await post(stack.webUrl)).toBe(303);
  expect(await isServed(here)).toBe(true);
  await expect.poll(() => isServed(elsewhere)).toBe(false);
});
