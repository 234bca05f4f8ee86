// The same provider with `openid-client`, as most programs for Node use it: discovery, code, refresh, device with its own
// polling, introspection, revocation.
import * as client from 'openid-client';
import { at, back, client as known, control, open, say } from './house.mjs';

const options = { execute: [client.allowInsecureRequests] };
const config = await client.discovery(new URL(at('oidc')), known.id, known.secret, undefined, options);
const verifier = client.randomPKCECodeVerifier();
const [state, nonce] = [client.randomState(), client.randomNonce()];
const page = client.buildAuthorizationUrl(config, {
  redirect_uri: back, scope: 'openid email', state, nonce,
  code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
});
const tokens = await client.authorizationCodeGrant(config, await open(page), {
  pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
});
say('signed in', tokens.claims().email);
say('userinfo', (await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).email);
const next = await client.refreshTokenGrant(config, tokens.refresh_token);
say('refreshed', next.scope);
say('introspected', (await client.tokenIntrospection(config, next.access_token)).active);
await client.tokenRevocation(config, next.refresh_token);
say('revoked', (await client.tokenIntrospection(config, next.access_token)).active);
say('as itself', (await client.clientCredentialsGrant(config, { scope: 'things:read' })).scope);
await control('oauth/rules', { provider: 'oidc', interval: 1 });
const device = await client.initiateDeviceAuthorization(config, { scope: 'openid' });
const signedIn = await client.pollDeviceAuthorizationGrant(config, device);
say('the device signed in', signedIn.scope);
