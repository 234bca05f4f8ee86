// Google, by `google-auth-library`: an installed app's code with PKCE, the identity token checked with Google's certificates,
// refresh, what a token is, revocation; and a service account.
import { CodeChallengeMethod, JWT, OAuth2Client } from 'google-auth-library';
import { assert, at, back, client, codeOf, control, failure, say, start } from './house.mjs';

const own = at('google');
const google = new OAuth2Client({
  clientId: client.id, clientSecret: client.secret, redirectUri: back, issuers: [own],
  endpoints: {
    oauth2AuthBaseUrl: `${own}/o/oauth2/v2/auth`, oauth2TokenUrl: `${own}/token`, oauth2RevokeUrl: `${own}/revoke`,
    tokenInfoUrl: `${own}/tokeninfo`, oauth2FederatedSignonPemCertsUrl: `${own}/oauth2/v1/certs`,
    oauth2FederatedSignonJwkCertsUrl: `${own}/oauth2/v3/certs`,
  },
});
const { codeVerifier, codeChallenge } = await google.generateCodeVerifierAsync();
const page = google.generateAuthUrl({
  access_type: 'offline', scope: ['openid', 'email', 'https://www.googleapis.com/auth/drive.readonly'],
  code_challenge: codeChallenge, code_challenge_method: CodeChallengeMethod.S256,
});
const { tokens } = await google.getToken({ code: await codeOf(page), codeVerifier });
say('tokens', Object.keys(tokens).sort().join(' '));
say('access token', `${start(tokens.access_token, 6)}, refresh token ${start(tokens.refresh_token, 3)}, ${tokens.token_type}, ${tokens.scope}`);
assert.ok(Math.abs(tokens.expiry_date - Date.now() - 3599_000) < 60_000);
google.setCredentials(tokens);

const ticket = await google.verifyIdToken({ idToken: tokens.id_token, audience: client.id });
const claims = ticket.getPayload();
say('identity token', { iss: claims.iss, aud: claims.aud, azp: claims.azp, email: claims.email, email_verified: claims.email_verified });
const info = await google.getTokenInfo(tokens.access_token);
say('token info', { aud: info.aud, azp: info.azp, scopes: info.scopes, email: info.email, access_type: info.access_type });
const who = (await google.request({ url: `${own}/oauth2/v3/userinfo` })).data;
say('userinfo', { email: who.email, same: who.sub === claims.sub && who.sub === info.sub });

const { credentials } = await google.refreshAccessToken();
assert.notEqual(credentials.access_token, tokens.access_token);
say('refreshed', Object.keys(credentials).sort().join(' '));
// A token that is too old is renewed by the library as soon as the API says 401.
google.setCredentials({ access_token: tokens.access_token, refresh_token: credentials.refresh_token });
await control('oauth/expire', { provider: 'google' });
say('renewed by itself', (await google.request({ url: `${own}/oauth2/v3/userinfo` })).data.email);

const gone = await google.revokeToken(google.credentials.refresh_token ?? tokens.refresh_token);
say('revoked', `${gone.status} ${JSON.stringify(gone.data)}`);
const refused = await failure(google.refreshAccessToken());
say('after that', `${refused.status} ${JSON.stringify(refused.response.data)}`);
const wrong = await failure(google.getToken('4/nonsense'));
say('a wrong code', `${wrong.status} ${JSON.stringify(wrong.response.data)}`);
const unknown = await failure(google.revokeToken('nonsense'));
say('revoking nonsense', `${unknown.status} ${JSON.stringify(unknown.response.data)}`);

// The library knows one address for service accounts; only the address is changed on the way.
const key = await control('oauth/service-account');
const robot = new JWT({ email: key.client_email, key: key.private_key, scopes: ['https://www.googleapis.com/auth/drive.readonly'], subject: 'ada@example.com' });
const { hostname, port } = new URL(own);
robot.transporter.interceptors.request.add({
  resolved: async (options) => {
    const url = new URL(options.url);
    if (url.hostname === 'oauth2.googleapis.com') options.url = new URL(`http://${hostname}:${port}/google${url.pathname}${url.search}`);
    return options;
  },
});
const robots = await robot.authorize();
say('service account', `${start(robots.access_token, 6)} ${robots.token_type}, ${Object.keys(robots).sort().join(' ')}`);
const about = await robot.request({ url: `${own}/drive/v3/about?fields=user` });
say('acts for', about.data.user.emailAddress);
const stranger = new JWT({ email: 'nobody@sandbox.test', key: key.private_key, scopes: ['https://www.googleapis.com/auth/drive'] });
stranger.transporter = robot.transporter;
say('a stranger', (await failure(stranger.authorize())).message);
