// The plain OpenID provider as `oauth4webapi` sees it, which checks every answer against the RFCs: metadata (8414), `iss`
// (9207), state, PKCE (7636), the identity token and its signature, rotation and re-use (9700), client credentials, device
// codes with slow_down (8628), introspection (7662), revocation (7009), and what refusals look like (6749, 6750).
import * as oauth from 'oauth4webapi';
import { advance, assert, at, back, client, control, failure, open, say } from './house.mjs';

const insecure = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(at('oidc'));
const me = { client_id: client.id };
const basic = oauth.ClientSecretBasic(client.secret);
const post = oauth.ClientSecretPost(client.secret);

const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...insecure }));
const again = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }));
assert.deepEqual(server, again);
say('metadata', Object.keys(server).sort().join(' '));

// From the authorization page to the tokens, by a way for the client to say who it is.
async function signIn(auth, who = me, scope = 'openid profile email') {
  const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()];
  const page = new URL(server.authorization_endpoint);
  page.search = new URLSearchParams({
    client_id: who.client_id, redirect_uri: back, response_type: 'code', scope, state, nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  const parameters = oauth.validateAuthResponse(server, who, await open(page), state);
  const request = () => oauth.authorizationCodeGrantRequest(server, who, auth, parameters, back, verifier, insecure);
  const response = await request();
  const openid = scope.includes('openid');
  const tokens = await oauth.processAuthorizationCodeResponse(server, who, response, openid ? { expectedNonce: nonce, requireIdToken: true } : {});
  if (openid) await oauth.validateApplicationLevelSignature(server, response, insecure);
  return { tokens, request, headers: response.headers };
}

for (const [name, auth, who] of [['basic', basic, me], ['post', post, me], ['none', oauth.None(), { client_id: 'sandbox-public' }]]) {
  const { tokens, headers } = await signIn(auth, who);
  say(`signed in by ${name}`, { ...tokens, access_token: undefined, refresh_token: undefined, id_token: undefined });
  say('the answer may be kept', headers.get('cache-control'));
}

const { tokens } = await signIn(basic);
const claims = oauth.getValidatedIdTokenClaims(tokens);
say('identity token', { ...claims, iat: undefined, exp: claims.exp - claims.iat, nonce: undefined, at_hash: undefined, auth_time: undefined });
const who = await oauth.processUserInfoResponse(server, me, claims.sub, await oauth.userInfoRequest(server, me, tokens.access_token, insecure));
say('userinfo', who);

// A refusal by the rules of RFC 6749 section 5.2: status, code, and whether a challenge came with it.
const refused = async (what, process, request) => {
  const error = await failure(request.then(process));
  const challenges = error instanceof oauth.WWWAuthenticateChallengeError;
  const code = challenges ? `${error.cause[0].scheme} ${JSON.stringify(error.cause[0].parameters)}` : error.error ?? error.code ?? error.message;
  say(what, `${error.status} ${code}`);
};

const refresh = (token, auth = basic) => oauth.refreshTokenGrantRequest(server, me, auth, token, insecure);
const refreshed = (response) => oauth.processRefreshTokenResponse(server, me, response);
const second = await refreshed(await refresh(tokens.refresh_token));
assert.notEqual(second.refresh_token, tokens.refresh_token);
say('refreshed', { scope: second.scope, type: second.token_type, seconds: second.expires_in, identity: typeof second.id_token });
const narrow = await refreshed(await oauth.refreshTokenGrantRequest(server, me, basic, second.refresh_token, { additionalParameters: { scope: 'openid email' }, ...insecure }));
say('refreshed for less', narrow.scope);
const wide = await refreshed(await refresh(narrow.refresh_token));
say('refreshed for all again', wide.scope);
await refused('refreshed for more', refreshed, oauth.refreshTokenGrantRequest(server, me, basic, wide.refresh_token, { additionalParameters: { scope: 'openid things:write' }, ...insecure }));
await refused('a spent refresh token', refreshed, refresh(tokens.refresh_token));
await refused('its living child', refreshed, refresh(wide.refresh_token));
await refused('the access token of the family', (response) => oauth.processUserInfoResponse(server, me, claims.sub, response), oauth.userInfoRequest(server, me, wide.access_token, insecure));

const twice = await signIn(basic);
await refused('a code twice', (response) => oauth.processAuthorizationCodeResponse(server, me, response), twice.request());
await refused('the tokens of that code', refreshed, refresh(twice.tokens.refresh_token));
await refused('a wrong secret by basic', refreshed, refresh('nothing', oauth.ClientSecretBasic('wrong')));
await refused('a wrong secret in the body', refreshed, refresh('nothing', oauth.ClientSecretPost('wrong')));

// RFC 6749 section 2.3.1: id and secret are form-encoded before they become Basic.
await control('oauth/clients', { provider: 'oidc', id: 'of/acme: 100%+ü', secret: 'a secret: of/acme+basic% ü' });
const odd = { client_id: 'of/acme: 100%+ü' };
const { tokens: oddTokens } = await signIn(oauth.ClientSecretBasic('a secret: of/acme+basic% ü'), odd, 'email');
say('an odd client by basic', oddTokens.scope);
assert.equal((await signIn(oauth.ClientSecretPost('a secret: of/acme+basic% ü'), odd, 'email')).tokens.scope, 'email');

const credentials = await oauth.clientCredentialsGrantRequest(server, me, basic, { scope: 'things:read' }, insecure);
const own = await oauth.processClientCredentialsResponse(server, me, credentials);
say('client credentials', { ...own, access_token: undefined });

// Nobody decides about the device until we say so.
await control('oauth/person', { provider: 'oidc', device_after: 0 });
const device = await oauth.processDeviceAuthorizationResponse(server, me, await oauth.deviceAuthorizationRequest(server, me, basic, { scope: 'openid' }, insecure));
say('device', { ...device, device_code: undefined, user_code: device.user_code.replace(/[A-Z]/g, 'X'), verification_uri_complete: device.verification_uri_complete.replace(device.user_code, 'CODE') });
const poll = () => oauth.deviceCodeGrantRequest(server, me, basic, device.device_code, insecure);
const polled = (response) => oauth.processDeviceCodeResponse(server, me, response);
await refused('the first poll', polled, poll());
await refused('a poll at once', polled, poll());
await advance(device.interval + 5);
await control('oauth/devices', { provider: 'oidc', user_code: device.user_code, identity: 'bob@example.com' });
const decided = await polled(await poll());
say('decided', { scope: decided.scope, identity: typeof decided.id_token });
await refused('a poll after that', polled, poll());

const ask = async (token) => oauth.processIntrospectionResponse(server, me, await oauth.introspectionRequest(server, me, basic, token, insecure));
const said = await ask(decided.access_token);
say('introspected', { ...said, exp: said.exp - said.iat, iat: undefined, sub: typeof said.sub });
say('a refresh token', (await ask(decided.refresh_token)).active);
say('nonsense', await ask('nonsense'));
await oauth.processRevocationResponse(await oauth.revocationRequest(server, me, basic, decided.refresh_token, insecure));
say('revoked', await ask(decided.access_token));
await oauth.processRevocationResponse(await oauth.revocationRequest(server, me, basic, 'nonsense', insecure));
await refused('revoked by a stranger', oauth.processRevocationResponse, oauth.revocationRequest(server, { client_id: 'nobody' }, oauth.ClientSecretPost('x'), 'nonsense', insecure));

await control('oauth/person', { provider: 'oidc', decision: 'deny' });
const state = oauth.generateRandomState();
const page = new URL(server.authorization_endpoint);
page.search = new URLSearchParams({
  client_id: client.id, redirect_uri: back, response_type: 'code', scope: 'openid', state,
  code_challenge: await oauth.calculatePKCECodeChallenge(oauth.generateRandomCodeVerifier()), code_challenge_method: 'S256',
});
const denied = await failure((async () => oauth.validateAuthResponse(server, me, await open(page), state))());
say('denied', denied.error);
