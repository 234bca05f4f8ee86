// HubSpot, by `@hubspot/api-client`: the code, the refresh, what a token is, the API with it, and its end.
import { Client } from '@hubspot/api-client';
import { assert, at, back, client, codeOf, failure, house, say, start } from './house.mjs';

const hubspot = new Client({ basePath: at('hubspot') });
const page = hubspot.oauth.getAuthorizationUrl(client.id, back, 'oauth crm.objects.contacts.read').replace('https://app.hubspot.com', at('hubspot'));
const { tokensApi, accessTokensApi, refreshTokensApi } = hubspot.oauth;
const first = await tokensApi.create('authorization_code', await codeOf(page), back, client.id, client.secret);
say('tokens', { ...first, accessToken: start(first.accessToken, 1), refreshToken: start(first.refreshToken, 4) });
const info = await accessTokensApi.get(first.accessToken);
assert.equal(info.token, first.accessToken);
say('access token', { ...info, token: undefined, userId: typeof info.userId, expiresIn: info.expiresIn > 1700 });
const second = await tokensApi.create('refresh_token', undefined, undefined, client.id, client.secret, first.refreshToken);
assert.equal(second.refreshToken, first.refreshToken);
const about = await refreshTokensApi.get(first.refreshToken);
say('refresh token', { ...about, token: undefined, userId: typeof about.userId });
hubspot.setAccessToken(second.accessToken);
const contacts = await hubspot.crm.contacts.basicApi.getPage(2);
say('contacts', contacts.results.length);
const refused = async (what, promise) => {
  const error = await failure(promise);
  const body = typeof error.body === 'string' ? JSON.parse(error.body) : error.body;
  say(what, `${error.code} ${JSON.stringify({ ...body, correlationId: typeof body.correlationId })}`);
};
await refused('objects out of its scopes', hubspot.crm.deals.basicApi.getPage(2));
await refreshTokensApi.archive(first.refreshToken);
await refused('refreshed after its end', tokensApi.create('refresh_token', undefined, undefined, client.id, client.secret, first.refreshToken));
await refused('the access token', accessTokensApi.get(second.accessToken));
await refused('a wrong code', tokensApi.create('authorization_code', 'nonsense', back, client.id, client.secret));
await refused('a wrong secret', tokensApi.create('authorization_code', 'nonsense', back, client.id, 'wrong'));
hubspot.setAccessToken(house.token);
say('a private app', (await hubspot.crm.contacts.basicApi.getPage(1)).results.length);
