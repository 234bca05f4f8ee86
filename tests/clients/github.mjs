// GitHub, by the Octokit: an OAuth app's code and device flow, a GitHub App's tokens that expire, check and delete, and the
// token of an installation for what the app's key signed.
import { createAppAuth } from '@octokit/auth-app';
import { checkToken, createDeviceCode, deleteAuthorization, deleteToken, exchangeDeviceCode, exchangeWebFlowCode, getWebFlowAuthorizationUrl, refreshToken, resetToken } from '@octokit/oauth-methods';
import { request as octokit } from '@octokit/request';
import { advance, assert, at, back, client, codeOf, control, failure, say, start } from './house.mjs';

const request = octokit.defaults({ baseUrl: at('github') });
const mine = { clientType: 'oauth-app', clientId: client.id, clientSecret: client.secret, request };
const sees = async (token) => (await request('GET /user', { headers: { authorization: `token ${token}` } })).data;
const refused = async (what, promise) => {
  const error = await failure(promise);
  say(what, `${error.status} ${error.response?.data?.error ?? error.response?.data?.message}`);
};

const { url } = getWebFlowAuthorizationUrl({ clientType: 'oauth-app', clientId: client.id, redirectUrl: back, scopes: ['repo', 'user:email'], state: 's', request });
const { authentication: web } = await exchangeWebFlowCode({ ...mine, code: await codeOf(url), redirectUrl: back });
say('web flow', { scopes: web.scopes, token: start(web.token, 4) });
const user = await sees(web.token);
say('user', { login: user.login, type: user.type, email: user.email });
const checked = await checkToken({ ...mine, token: web.token });
say('checked', { scopes: checked.authentication.scopes, same: checked.data.user.id === user.id && checked.data.token === web.token });
await refused('checked with a wrong secret', checkToken({ ...mine, clientSecret: 'wrong', token: web.token }));
const reset = await resetToken({ ...mine, token: web.token });
assert.notEqual(reset.authentication.token, web.token);
say('reset', { scopes: reset.authentication.scopes, token: start(reset.authentication.token, 4) });
await refused('the token before', sees(web.token));
say('deleted', (await deleteToken({ ...mine, token: reset.authentication.token })).status);
await refused('a deleted token', sees(reset.authentication.token));
await refused('checked after that', checkToken({ ...mine, token: reset.authentication.token }));
await refused('a wrong code', exchangeWebFlowCode({ ...mine, code: 'nonsense' }));
await refused('a wrong secret', exchangeWebFlowCode({ ...mine, clientSecret: 'wrong', code: 'nonsense' }));

await control('oauth/person', { provider: 'github', device_after: 0, identity: 'bob@example.com' });
const { data: device } = await createDeviceCode({ clientType: 'oauth-app', clientId: client.id, scopes: ['gist'], request });
say('device', { ...device, device_code: device.device_code.length, user_code: device.user_code.replace(/[A-Z0-9]/g, 'X') });
const poll = () => exchangeDeviceCode({ clientType: 'oauth-app', clientId: client.id, code: device.device_code, request });
await refused('the first poll', poll());
await refused('a poll at once', poll());
await control('oauth/devices', { provider: 'github', user_code: device.user_code, identity: 'bob@example.com' });
await advance(20);
const { authentication: tv } = await poll();
say('device flow', { scopes: tv.scopes, login: (await sees(tv.token)).login });
say('the grant is deleted', (await deleteAuthorization({ ...mine, token: tv.token })).status);
await refused('its token', sees(tv.token));

// A GitHub App: tokens of eight hours.
await control('oauth/rules', { provider: 'github', lifetime: 28800, offline: 'always' });
const app = { ...mine, clientType: 'github-app' };
const { url: page } = getWebFlowAuthorizationUrl({ clientType: 'github-app', clientId: client.id, redirectUrl: back, request });
const { authentication: first, data } = await exchangeWebFlowCode({ ...app, code: await codeOf(page), redirectUrl: back });
say('GitHub App', { ...data, access_token: start(data.access_token, 4), refresh_token: start(data.refresh_token, 4) });
const { authentication: second } = await refreshToken({ ...app, refreshToken: first.refreshToken });
assert.notEqual(second.refreshToken, first.refreshToken);
say('refreshed', `${start(second.token, 4)} ${start(second.refreshToken, 4)}`);
await refused('a spent refresh token', refreshToken({ ...app, refreshToken: first.refreshToken }));

const { private_key: privateKey } = await control('oauth/service-account');
// A signature of the future is what the clock that was moved on would make of ours.
const auth = createAppAuth({ appId: client.id, privateKey, installationId: 42, request });
const installation = await auth({ type: 'installation' });
say('installation', { token: start(installation.token, 4), type: installation.tokenType, permissions: installation.permissions, selection: installation.repositorySelection });
const { data: repositories } = await request('GET /installation/repositories', { headers: { authorization: `token ${installation.token}` } });
say('repositories', repositories.total_count);
say('revoked', (await request('DELETE /installation/token', { headers: { authorization: `token ${installation.token}` } })).status);
await refused('after that', request('GET /installation/repositories', { headers: { authorization: `token ${installation.token}` } }));
await refused('an app that nobody knows', createAppAuth({ appId: 'nobody', privateKey, installationId: 42, request })({ type: 'installation' }));
