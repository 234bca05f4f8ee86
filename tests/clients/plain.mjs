// The vendors as a client by the book sees them: code, PKCE where it is taken, refresh, and revocation where it is that of
// RFC 7009. What a vendor does against the RFCs is said here, and nowhere else let pass.
import * as oauth from 'oauth4webapi';
import { assert, at, back, client, codeOf, say } from './house.mjs';

const insecure = { [oauth.allowInsecureRequests]: true };
const me = { client_id: client.id };
const basic = oauth.ClientSecretBasic(client.secret);
const post = oauth.ClientSecretPost(client.secret);

const vendors = [
  { id: 'airtable', starts: 'oaa', page: '/oauth2/v1/authorize', token: '/oauth2/v1/token', auth: basic, scope: 'data.records:read user.email:read' },
  { id: 'github', starts: 'gho_', page: '/login/oauth/authorize', token: '/login/oauth/access_token', auth: post, scope: 'repo' },
  { id: 'google', starts: 'ya29.', page: '/o/oauth2/v2/auth', token: '/token', auth: post, scope: 'openid email', more: { access_type: 'offline' } },
  { id: 'hubspot', starts: 'C', page: '/oauth/authorize', token: '/oauth/v3/token', auth: post, scope: 'oauth crm.objects.contacts.read', revoke: '/oauth/v3/token/revoke' },
  { id: 'salesforce', starts: '00D', page: '/services/oauth2/authorize', token: '/services/oauth2/token', auth: basic, scope: 'api refresh_token', revoke: '/services/oauth2/revoke' },
  { id: 'stripe', starts: 'sk_test_', page: '/oauth/authorize', token: '/oauth/token', auth: post, scope: 'read_write' },
];

for (const vendor of vendors) {
  const server = {
    issuer: at(vendor.id), authorization_endpoint: at(vendor.id, vendor.page), token_endpoint: at(vendor.id, vendor.token),
    revocation_endpoint: vendor.revoke && at(vendor.id, vendor.revoke),
  };
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const page = new URL(server.authorization_endpoint);
  page.search = new URLSearchParams({
    client_id: client.id, redirect_uri: back, response_type: 'code', scope: vendor.scope, state, ...vendor.more,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  const code = new URLSearchParams({ code: await codeOf(page), state });
  const parameters = oauth.validateAuthResponse(server, me, code, state);
  const response = await oauth.authorizationCodeGrantRequest(server, me, vendor.auth, parameters, back, verifier, insecure);
  const tokens = await oauth.processAuthorizationCodeResponse(server, me, response);
  say(vendor.id, Object.keys(tokens).join(' '));
  assert.ok(tokens.access_token.startsWith(vendor.starts));
  say('  access token', `${vendor.starts}… ${tokens.token_type} ${tokens.expires_in ?? 'for ever'} ${tokens.scope ?? 'no scope'}`);
  if (!tokens.refresh_token) continue;
  const again = await oauth.refreshTokenGrantRequest(server, me, vendor.auth, tokens.refresh_token, insecure);
  const next = await oauth.processRefreshTokenResponse(server, me, again);
  say('  refreshed', `${next.refresh_token === undefined ? 'no' : next.refresh_token === tokens.refresh_token ? 'the same' : 'another'} refresh token`);
  if (!vendor.revoke) continue;
  const token = next.refresh_token ?? tokens.refresh_token;
  await oauth.processRevocationResponse(await oauth.revocationRequest(server, me, vendor.auth, token, insecure));
  const gone = await oauth.refreshTokenGrantRequest(server, me, vendor.auth, token, insecure);
  say('  revoked', `${gone.status} ${(await gone.json()).error}`);
}
