// Stripe Connect, by `stripe`: the code, the account, the refresh, the end of the connection.
import Stripe from 'stripe';
import { assert, at, client, codeOf, failure, house, say, start } from './house.mjs';

// The library has one address for the API and one for Connect; both are the sandbox here.
const here = (url, init) => fetch(String(url).replace(/^https:\/\/(api|connect)\.stripe\.com/, at('stripe')), init);
const stripe = (key) => new Stripe(key, { httpClient: Stripe.createFetchHttpClient(here), maxNetworkRetries: 0, telemetry: false });
const platform = stripe(client.secret);
const page = platform.oauth.authorizeUrl({ client_id: client.id, scope: 'read_write', state: 's' }).replace('https://connect.stripe.com', at('stripe'));
const code = await codeOf(`${page}&redirect_uri=http://localhost:4711/callback`);
const tokens = await platform.oauth.token({ grant_type: 'authorization_code', code });
say('tokens', Object.keys(tokens).sort().join(' '));
say('access token', `${start(tokens.access_token, 8)} ${start(tokens.refresh_token, 3)} ${start(tokens.stripe_publishable_key, 8)} ${start(tokens.stripe_user_id, 5)} ${tokens.scope} ${tokens.livemode}`);
const own = await stripe(tokens.access_token).accounts.retrieveCurrent();
assert.equal(own.id, tokens.stripe_user_id);
say('account', { object: own.object, type: own.type, email: own.email, country: own.country, charges: own.charges_enabled });
say('by its id', (await stripe(tokens.access_token).accounts.retrieve(own.id)).id === own.id);
const next = await platform.oauth.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
say('refreshed', { scope: next.scope, same: next.refresh_token === tokens.refresh_token });
const refused = async (what, promise) => {
  const error = await failure(promise);
  say(what, `${error.type} ${error.statusCode} ${error.rawType ?? ''} ${error.code ?? ''} ${error.message}`.replaceAll(own.id, 'ACCOUNT'));
};
await refused('another account', stripe(tokens.access_token).accounts.retrieve('acct_somebody'));
await refused('the code again', platform.oauth.token({ grant_type: 'authorization_code', code }));
await refused('a wrong code', platform.oauth.token({ grant_type: 'authorization_code', code: 'ac_nonsense' }));
await refused('a wrong key', stripe('sk_test_wrong').oauth.token({ grant_type: 'authorization_code', code: 'ac_nonsense' }));
const again = await platform.oauth.token({ grant_type: 'authorization_code', code: await codeOf(`${page}&redirect_uri=http://localhost:4711/callback`) });
say('deauthorized', Object.keys(await platform.oauth.deauthorize({ client_id: client.id, stripe_user_id: again.stripe_user_id })).join(' '));
await refused('the account after that', stripe(again.access_token).accounts.retrieveCurrent());
await refused('deauthorized twice', platform.oauth.deauthorize({ client_id: client.id, stripe_user_id: again.stripe_user_id }));
say('a key of the platform', (await stripe(house.token).accounts.retrieveCurrent()).object);
