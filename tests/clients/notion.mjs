// Notion, by `@notionhq/client`: token, users.me, refresh, introspect, revoke.
import { Client, LogLevel } from '@notionhq/client';
import { assert, at, back, client, codeOf, failure, house, say, start } from './house.mjs';

const options = { baseUrl: at('notion'), logLevel: LogLevel.ERROR, retry: false };
const notion = new Client(options);
const mine = { client_id: client.id, client_secret: client.secret };
const page = `${at('notion', '/v1/oauth/authorize')}?${new URLSearchParams({ client_id: client.id, redirect_uri: back, response_type: 'code', owner: 'user' })}`;
const first = await notion.oauth.token({ ...mine, grant_type: 'authorization_code', code: await codeOf(page), redirect_uri: back });
say('tokens', Object.keys(first).join(' '));
say('access token', `${start(first.access_token, 4)} ${start(first.refresh_token, 4)} ${first.token_type} ${first.workspace_name} ${first.owner.user.person.email}`);
const me = await new Client({ ...options, auth: first.access_token }).users.me({});
assert.equal(me.id, first.bot_id);
assert.deepEqual(me.bot.owner.user.id, first.owner.user.id);
say('users.me', { object: me.object, type: me.type, name: me.name, workspace: me.bot.workspace_name });
const second = await notion.oauth.token({ ...mine, grant_type: 'refresh_token', refresh_token: first.refresh_token });
assert.notEqual(second.refresh_token, first.refresh_token);
assert.equal(second.bot_id, first.bot_id);
const said = await notion.oauth.introspect({ ...mine, token: second.access_token });
say('introspected', { ...said, iat: typeof said.iat, request_id: typeof said.request_id });
say('revoked', Object.keys(await notion.oauth.revoke({ ...mine, token: second.access_token })).join(' '));
say('introspected after that', (await notion.oauth.introspect({ ...mine, token: second.access_token })).active);
const refused = async (what, promise) => {
  const error = await failure(promise);
  say(what, `${error.name} ${error.status} ${error.code}: ${error.message}`);
};
await refused('users.me after that', new Client({ ...options, auth: second.access_token }).users.me({}));
await refused('a spent refresh token', notion.oauth.token({ ...mine, grant_type: 'refresh_token', refresh_token: first.refresh_token }));
await refused('a wrong secret', notion.oauth.token({ ...mine, client_secret: 'wrong', grant_type: 'refresh_token', refresh_token: 'x' }));
const internal = await new Client({ ...options, auth: house.token }).users.me({});
say('an internal integration', internal.bot.owner);
