// The sandbox's answers held against the vendors' own descriptions of them: the types that GitHub, Stripe, Notion, Slack and
// jsforce publish. Each answer is written as a value of its type, and the TypeScript compiler says what is missing, of
// another kind, or unknown to the vendor.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT, importPKCS8 } from 'jose';
import { at, back, client, codeOf, control, say } from './house.mjs';

const basic = { authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}` };
const bearer = (token) => ({ authorization: `Bearer ${token}` });

// One call, with a form unless JSON is asked for.
async function call(url, { method = 'GET', headers = {}, form, json } = {}) {
  const body = form ? new URLSearchParams(form) : json && JSON.stringify(json);
  const kind = json ? { 'content-type': 'application/json' } : {};
  const answer = await fetch(url, { method, headers: { accept: 'application/json', ...kind, ...headers }, body });
  return answer.status === 204 ? null : answer.json();
}
const post = (url, form, headers) => call(url, { method: 'POST', form, headers });
const codeAt = (vendor, path, more) => codeOf(`${at(vendor, path)}?${new URLSearchParams({ client_id: client.id, redirect_uri: back, response_type: 'code', state: 's', ...more })}`);
const secret = { client_id: client.id, client_secret: client.secret };

const answers = [];
const add = (name, type, value) => answers.push({ name, type, value });

{ // GitHub: @octokit/openapi-types, made from github/rest-api-description.
  const signIn = async (scope) => (await post(at('github', '/login/oauth/access_token'), { ...secret, code: await codeAt('github', '/login/oauth/authorize', { scope }), redirect_uri: back })).access_token;
  const [little, much] = [await signIn('repo'), await signIn('user')];
  add('github_public_user', "GitHub['public-user']", await call(at('github', '/user'), { headers: bearer(little) }));
  add('github_private_user', "GitHub['private-user']", await call(at('github', '/user'), { headers: bearer(much) }));
  add('github_emails', "GitHub['email'][]", await call(at('github', '/user/emails'), { headers: bearer(much) }));
  const owner = { headers: basic, json: { access_token: little } };
  add('github_checked', "GitHub['authorization']", await call(at('github', `/applications/${client.id}/token`), { method: 'POST', ...owner }));
  add('github_reset', "GitHub['authorization']", await call(at('github', `/applications/${client.id}/token`), { method: 'PATCH', ...owner }));
  add('github_refused', "GitHub['basic-error']", await call(at('github', '/user'), { headers: bearer('nonsense') }));
  const key = await importPKCS8((await control('oauth/service-account')).private_key, 'RS256');
  const jwt = await new SignJWT({}).setProtectedHeader({ alg: 'RS256' }).setIssuer(client.id).setIssuedAt().setExpirationTime('9m').sign(key);
  add('github_installation', "GitHub['installation-token']", await call(at('github', '/app/installations/42/access_tokens'), { method: 'POST', headers: bearer(jwt) }));
}
{ // Stripe: the types of `stripe`, made from stripe/openapi.
  const tokens = await post(at('stripe', '/oauth/token'), { client_secret: client.secret, grant_type: 'authorization_code', code: await codeAt('stripe', '/oauth/authorize', { scope: 'read_write' }) });
  add('stripe_tokens', 'Stripe.OAuthToken', tokens);
  add('stripe_account', 'Stripe.Account', await call(at('stripe', '/v1/account'), { headers: bearer(tokens.access_token) }));
  add('stripe_balance', 'Stripe.Balance', await call(at('stripe', '/v1/balance'), { headers: bearer(tokens.access_token) }));
  add('stripe_deauthorized', 'Stripe.OAuthDeauthorization', await post(at('stripe', '/oauth/deauthorize'), { client_id: client.id, stripe_user_id: tokens.stripe_user_id }, bearer(client.secret)));
}
{ // Notion: the types of `@notionhq/client`, which are generated.
  const token = (json) => call(at('notion', '/v1/oauth/token'), { method: 'POST', headers: basic, json });
  const first = await token({ grant_type: 'authorization_code', code: await codeAt('notion', '/v1/oauth/authorize', { owner: 'user' }), redirect_uri: back });
  add('notion_tokens', 'OauthTokenResponse', first);
  add('notion_refreshed', 'OauthTokenResponse', await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token }));
  const { access_token } = answers.at(-1).value;
  add('notion_me', 'GetSelfResponse & { request_id?: string }', await call(at('notion', '/v1/users/me'), { headers: { ...bearer(access_token), 'notion-version': '2026-03-11' } }));
  const about = { method: 'POST', headers: basic, json: { token: access_token } };
  add('notion_introspected', 'OauthIntrospectResponse', await call(at('notion', '/v1/oauth/introspect'), about));
  add('notion_revoked', 'OauthRevokeResponse', await call(at('notion', '/v1/oauth/revoke'), about));
}
{ // Slack: the types of `@slack/web-api`; its answers may have more. That `enterprise` is null outside of one is not in them.
  const web = 'https://app.test/slack';
  await control('oauth/clients', { provider: 'slack', id: 'web', secret: 's', redirects: [web] });
  const page = `${at('slack', '/oauth/v2/authorize')}?${new URLSearchParams({ client_id: 'web', scope: 'chat:write', user_scope: 'users:read', redirect_uri: web })}`;
  const { enterprise, ...tokens } = await post(at('slack', '/api/oauth.v2.access'), { client_id: 'web', client_secret: 's', code: await codeOf(page), redirect_uri: web });
  add('slack_tokens', 'Known<OauthV2AccessResponse>', tokens);
  add('slack_test', 'Known<AuthTestResponse>', await call(at('slack', '/api/auth.test'), { headers: bearer(tokens.access_token) }));
  const { revoked, ...said } = await call(at('slack', '/api/auth.revoke'), { headers: bearer(tokens.access_token) });
  add('slack_revoked', 'Known<AuthRevokeResponse>', said);
  add('slack_refused', 'Known<AuthTestResponse>', await call(at('slack', '/api/auth.test'), { headers: bearer('nonsense') }));
}
{ // Salesforce: the types of `jsforce`, whose identity is the part of it that it reads.
  const tokens = await post(at('salesforce', '/services/oauth2/token'), { ...secret, grant_type: 'authorization_code', code: await codeAt('salesforce', '/services/oauth2/authorize', { scope: 'api refresh_token' }), redirect_uri: back });
  add('salesforce_tokens', 'TokenResponse', tokens);
  add('salesforce_identity', 'IdentityInfo & Record<string, unknown>', await call(tokens.id, { headers: bearer(tokens.access_token) }));
}

const lines = [
  "import type { components } from '@octokit/openapi-types';",
  "import type Stripe from 'stripe';",
  "import type { GetSelfResponse, OauthIntrospectResponse, OauthRevokeResponse, OauthTokenResponse } from '@notionhq/client';",
  "import type { AuthRevokeResponse, AuthTestResponse, OauthV2AccessResponse } from '@slack/web-api';",
  "import type { IdentityInfo, OAuth2 } from 'jsforce';",
  "type TokenResponse = Awaited<ReturnType<OAuth2['requestToken']>>;",
  "type GitHub = components['schemas'];",
  '// Without "and whatever else".',
  'type Known<T> = { [K in keyof T as string extends K ? never : number extends K ? never : K]: T[K] };',
  ...answers.map(({ name, type, value }) => `const ${name}: ${type} = ${JSON.stringify(value)};`),
  '// What a wrong answer would be told.',
  '// @ts-expect-error',
  `const without: GitHub['installation-token'] = { expires_at: 'x' };`,
  '// @ts-expect-error',
  `const unknown: Stripe.OAuthToken = { access_token: 'x', colour: 'blue' };`,
];
const folder = mkdtempSync('types-');
try {
  writeFileSync(join(folder, 'answers.ts'), `${lines.join('\n')}\n`);
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext', '--types', ''];
  const { stdout, stderr, status } = spawnSync('node_modules/.bin/tsc', [...options, join(folder, 'answers.ts')], { encoding: 'utf8' });
  for (const { name, type } of answers) say(name, type);
  say('the compiler', `${status} ${(stdout + stderr).replace(/types-[^/]*\//g, '')}`.trim());
} finally {
  rmSync(folder, { recursive: true });
}
