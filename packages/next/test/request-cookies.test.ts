import { describe, expect, it } from 'vitest';
import { headerByNow } from '../src/request-cookies.ts';

const own = (value: string, name = 'session') => ({ name, value });
const other = { name: 'theme', value: 'dark' };

describe('the cookie header by now', () => {
  it.each([
    ['nothing was sent', null, []],
    ['only strangers were sent', 'theme=dark', [other]],
    ['the session was sent', 'theme=dark; session=old', [other, own('old')]],
    ['a twin was sent too', 'session=planted; session=old', [own('old')]],
    ['the session was sent in chunks', 'session.0=a; session.1=b', [own('a', 'session.0'), own('b', 'session.1')]],
    ['a stranger’s value reads otherwise', 'x=%22y%22; session=old', [{ name: 'x', value: '"y"' }, own('old')]],
  ])('is the browser’s own when %s', (_what, sent, readable) => {
    expect(headerByNow(sent, readable, ['session', 'session.0', 'session.1'])).toBe(sent);
  });

  it.each([
    ['renewed it', 'theme=dark; session=old', [other, own('new')], 'session=new'],
    ['set it', null, [own('new')], 'session=new'],
    ['cleared it', 'session=old; theme=dark', [own(''), other], null],
    ['removed it', 'session=old', [], null],
    ['made one of chunks', 'session.0=a; session.1=b', [own('new'), own('', 'session.0')], 'session=new'],
    ['made chunks of one', 'session=old', [own('a', 'session.0'), own('b', 'session.1')], 'session.0=a; session.1=b'],
  ])('is what an action of the request made of it: %s', (_what, sent, readable, expected) => {
    expect(headerByNow(sent, readable, ['session', 'session.0', 'session.1'])).toBe(expected);
  });

  it('takes no stranger for the session', () => {
    const readable = [{ name: 'sessionx', value: 'evil' }, { name: 'session-', value: 'evil' }, own('old')];
    expect(headerByNow('sessionx=a; session=old', readable, ['session', 'session.0', 'session.1'])).toBe(
      'sessionx=a; session=old',
    );
  });
});
