// Slack, by `@slack/web-api`: an app with a web server and one on this machine, `auth.test`, rotation, `auth.revoke`.
import { LogLevel, WebClient } from '@slack/web-api';
import { assert, at, back, challenge, client, codeOf, control, failure, say, start, verifier } from './house.mjs';

const slackApiUrl = `${at('slack', '/api')}/`;
const slack = (token) => new WebClient(token, { slackApiUrl, retryConfig: { retries: 0 }, logLevel: LogLevel.ERROR });
const nobody = slack();
const shape = (token) => ({ ...token, access_token: start(token.access_token, 12), refresh_token: token.refresh_token && start(token.refresh_token, 7) });

// With a web server: bot and person, the secret by the client.
const web = 'https://app.test/slack';
await control('oauth/clients', { provider: 'slack', id: '111.222', secret: 'of-the-app', redirects: [web] });
const install = `${at('slack', '/oauth/v2/authorize')}?${new URLSearchParams({ client_id: '111.222', scope: 'chat:write,channels:read', user_scope: 'users:read', redirect_uri: web, state: 's' })}`;
const both = await nobody.oauth.v2.access({ client_id: '111.222', client_secret: 'of-the-app', code: await codeOf(install), redirect_uri: web });
assert.ok(both.ok);
const { authed_user: authed, response_metadata: _, ...bot } = both;
say('installed', { ...shape(bot), bot_user_id: bot.bot_user_id[0], app_id: bot.app_id[0], team: { ...bot.team, id: bot.team.id[0] } });
say('the person', { ...shape(authed), id: authed.id[0] });
const asBot = await slack(both.access_token).auth.test();
assert.equal(asBot.user_id, both.bot_user_id);
say('auth.test as the app', { team: asBot.team, user: asBot.user, url: asBot.url, bot: asBot.bot_id?.[0], same: asBot.team_id === both.team.id });
const asPerson = await slack(authed.access_token).auth.test();
assert.equal(asPerson.user_id, authed.id);
say('auth.test as the person', { user: asPerson.user, bot: asPerson.bot_id ?? null, scopes: asPerson.response_metadata.scopes });

// On this machine: PKCE, no secret, the person's scopes alone.
const text = verifier();
const page = `${at('slack', '/oauth/v2/authorize')}?${new URLSearchParams({ client_id: 'sandbox-public', user_scope: 'search:read', redirect_uri: back, code_challenge: challenge(text), code_challenge_method: 'S256' })}`;
const own = await nobody.oauth.v2.access({ client_id: 'sandbox-public', code: await codeOf(page), redirect_uri: back, code_verifier: text });
say('on this machine', { ...shape(own.authed_user), id: own.authed_user.id[0], bot: own.access_token ?? null });
const next = await nobody.oauth.v2.access({ client_id: 'sandbox-public', grant_type: 'refresh_token', refresh_token: own.authed_user.refresh_token });
say('refreshed', { access_token: start(next.access_token, 12), refresh_token: start(next.refresh_token, 7), token_type: next.token_type, scope: next.scope, expires_in: next.expires_in });

const rehearsal = await slack(next.access_token).auth.revoke({ test: true });
say('a rehearsal', { ok: rehearsal.ok, revoked: rehearsal.revoked });
const revoked = await slack(next.access_token).auth.revoke();
say('revoked', { ok: revoked.ok, revoked: revoked.revoked });
const refused = async (what, promise) => {
  const error = await failure(promise);
  say(what, `${error.code}: ${error.data?.error}`);
};
await refused('auth.test after that', slack(next.access_token).auth.test());
await refused('auth.test with nonsense', slack('xoxb-nonsense').auth.test());
await refused('auth.test with nothing', nobody.auth.test());
await refused('a spent refresh token', nobody.oauth.v2.access({ client_id: client.id, client_secret: client.secret, grant_type: 'refresh_token', refresh_token: own.authed_user.refresh_token }));
await refused('a wrong code', nobody.oauth.v2.access({ client_id: client.id, client_secret: client.secret, code: 'nonsense' }));
await refused('a wrong secret', nobody.oauth.v2.access({ client_id: client.id, client_secret: 'wrong', code: 'nonsense' }));
await refused('a stranger', nobody.oauth.v2.access({ client_id: 'nobody', client_secret: 'wrong', code: 'nonsense' }));
