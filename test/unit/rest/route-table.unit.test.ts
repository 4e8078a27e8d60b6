import { describe, expect, it } from 'vitest';
import { routeList } from '../../../src/contract/index.js';
import { RouteTable } from '../../../src/rest/route-table.js';

const table = new RouteTable<(typeof routeList)[number]>();
table.add(routeList);
const findRoute = table.find.bind(table);

describe('the route of a request', () => {
  it('is found by method and path, with the fields that the path carries', () => {
    expect(findRoute('PATCH', '/chats/a/messages/b')).toMatchObject({
      route: { command: 'message:edit' },
      fields: { chatId: 'a', messageId: 'b' },
    });
    expect(findRoute('GET', '/users/online')).toMatchObject({
      route: { command: 'users:online' },
      fields: {},
    });
  });

  it('may end with a slash', () => {
    expect(findRoute('POST', '/sync/')?.route.command).toBe('chat:sync');
  });

  it('gets its fields decoded, and as they stand where they are no encoding', () => {
    expect(findRoute('GET', '/chats/a%2Fb%20c')?.fields).toEqual({ chatId: 'a/b c' });
    expect(findRoute('GET', '/chats/%zz')?.fields).toEqual({ chatId: '%zz' });
  });

  it.each([
    ['PUT', '/sync'],
    ['get', '/users/online'],
    ['GET', '/'],
    ['GET', '/api/chat/chats/a'],
    ['GET', 'chats/a'],
    ['GET', '/chats/a/b'],
    ['GET', '/chats//messages'],
  ])('is none for %s %s', (method, path) => {
    expect(findRoute(method, path)).toBeNull();
  });
});
