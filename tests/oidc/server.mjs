// An OpenID provider that shares nothing with appctl (npm `oidc-provider`), on a free port of 127.0.0.1.
//
//   node server.mjs [--access-seconds N]
//
// Prints one line, {"issuer", "events"}, and serves until stdin ends, so that it never outlives the test that started it.
// Refresh tokens rotate, a second use of one revokes the whole grant; PKCE is required of everybody. `events` is what really
// happened, for the tests to compare: GET gives a list of {"what", "client", "error"}, in order.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

// Its advice to people who run it for real.
console.info = () => {};
console.warn = () => {};

const given = process.argv.indexOf('--access-seconds');
const accessSeconds = given > 0 ? Number(process.argv[given + 1]) : 3600;

const grants = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'];
const client = (id, more) => ({
  client_id: id,
  application_type: 'native',
  grant_types: grants,
  response_types: ['code'],
  // A native client's loopback address fits with any port (RFC 8252 section 7.3).
  redirect_uris: ['http://127.0.0.1/callback', 'http://127.0.0.1/', 'http://[::1]/callback'],
  ...more,
});

const configuration = {
  clients: [
    client('acme-public', { token_endpoint_auth_method: 'none' }),
    client('acme-basic', { token_endpoint_auth_method: 'client_secret_basic', client_secret: 'a secret: of/acme+basic%' }),
    client('acme-body', { token_endpoint_auth_method: 'client_secret_post', client_secret: 'the secret of acme-body' }),
  ],
  scopes: ['openid', 'email', 'profile', 'offline_access', 'things:read', 'things:write'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  // Claims at the userinfo endpoint only, as most providers have it.
  conformIdTokenClaims: true,
  findAccount: (_, login) => ({
    accountId: login,
    claims: () => ({ sub: login, name: `${login} of Acme`, email: `${login}@acme.example`, email_verified: true }),
  }),
  features: {
    devInteractions: { enabled: true },
    deviceFlow: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  pkce: { required: () => true },
  issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  ttl: { AccessToken: accessSeconds, AuthorizationCode: 60, DeviceCode: 120, Grant: 86400, IdToken: 3600, Interaction: 600, RefreshToken: 86400, Session: 86400 },
  cookies: { keys: ['for tests only'] },
};

const events = [];
let provider;
const server = createServer((request, answer) => {
  if (request.url === '/control/events') {
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify(events));
  } else {
    handle(request, answer);
  }
});
let handle;
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  provider = new Provider(issuer, configuration);
  handle = provider.callback();
  const note = (what) => (context, error) =>
    events.push({ what, client: context?.oidc?.client?.clientId ?? null, error: error?.error ?? null });
  provider.on('authorization.success', note('authorized'));
  provider.on('authorization.error', note('authorization refused'));
  provider.on('grant.success', (context) => note(`granted ${context.oidc.params.grant_type.split(':').pop()}`)(context));
  provider.on('grant.error', (context, error) => note(`refused ${context.oidc?.params?.grant_type?.split(':').pop()}`)(context, error));
  provider.on('grant.revoked', (context) => note('grant revoked')(context));
  provider.on('userinfo.error', note('userinfo refused'));
  provider.on('server_error', (context, error) => {
    process.stderr.write(`oidc-provider: ${error.stack}\n`);
    note('server error')(context, error);
  });
  process.stdout.write(`${JSON.stringify({ issuer, events: `${issuer}/control/events` })}\n`);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
