// Salesforce, by `jsforce`: the code with PKCE as it does it, the identity, the session renewed by itself, revocation, and the
// flow of a client that acts as itself.
import jsforce from 'jsforce';
import { assert, at, back, client, codeOf, control, failure, say, start } from './house.mjs';

const loginUrl = at('salesforce');
const oauth2 = new jsforce.OAuth2({ loginUrl, clientId: client.id, clientSecret: client.secret, redirectUri: back, useVerifier: true });
const code = await codeOf(oauth2.getAuthorizationUrl({ scope: 'api id refresh_token', state: 's' }));
const connection = new jsforce.Connection({ oauth2, loginUrl });
const user = await connection.authorize(code);
say('authorized', `${start(user.id, 3)} ${start(user.organizationId, 3)} at ${connection.instanceUrl}`);
say('tokens', `${start(connection.accessToken, 3)} ${start(connection.refreshToken, 7)}`);
const who = await connection.identity();
assert.equal(who.user_id, user.id);
assert.equal(who.organization_id, user.organizationId);
say('identity', { username: who.username, email: who.email, active: who.active, rest: who.urls?.rest });

await control('oauth/expire', { provider: 'salesforce' });
let renewed = 0;
connection.on('refresh', () => { renewed += 1; });
const limits = await connection.request('/services/data/v65.0/limits');
say('renewed by itself', `${renewed} time, ${limits.DailyApiRequests.Max} calls a day`);
const refreshed = await new jsforce.OAuth2({ loginUrl, clientId: client.id, clientSecret: client.secret }).refreshToken(connection.refreshToken);
say('refreshed', Object.keys(refreshed).sort().join(' '));
const refused = async (what, promise) => {
  const error = await failure(promise);
  say(what, `${error.name}: ${error.message}`);
};
await refused('a wrong code', new jsforce.OAuth2({ loginUrl, clientId: client.id, clientSecret: client.secret, redirectUri: back }).requestToken('nonsense'));
await refused('a wrong secret', new jsforce.OAuth2({ loginUrl, clientId: client.id, clientSecret: 'wrong', redirectUri: back }).requestToken('nonsense'));
await connection.oauth2.revokeToken(connection.refreshToken);
await refused('refreshed after revocation', new jsforce.OAuth2({ loginUrl, clientId: client.id, clientSecret: client.secret }).refreshToken(connection.refreshToken));
await refused('revoked twice', connection.oauth2.revokeToken(connection.refreshToken));
const itself = await new jsforce.OAuth2({ loginUrl, clientId: client.id, clientSecret: client.secret }).requestToken({ grant_type: 'client_credentials' });
say('as itself', `${start(itself.access_token, 3)} ${itself.refresh_token ?? 'no refresh token'} ${itself.instance_url}`);
