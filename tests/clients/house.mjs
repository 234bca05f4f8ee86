// What every script needs: the sandbox it is told of on stdin, somebody at a browser, and a way to say what happened.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

export { assert };
export const house = JSON.parse(readFileSync(0, 'utf8'));
export const { client } = house;
export const at = (vendor, path = '') => house.endpoints[vendor] + path;
export const back = 'http://localhost:4711/callback';

// An order to the sandbox, or a question to it.
export async function control(path, body) {
  const answer = await fetch(`${house.control.url}/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { 'x-control-token': house.control.token, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  assert.equal(answer.status, 200, `control ${path}`);
  return answer.json();
}

// The server's time moves on; ours does not.
export const advance = (seconds) => control('clock', { advance_seconds: seconds });

// Opens an authorization page and returns where the browser is sent.
export async function open(url) {
  const answer = await fetch(url, { redirect: 'manual' });
  assert.equal(answer.status, 302, `${new URL(url).pathname}: ${await answer.text()}`);
  return new URL(answer.headers.get('location'));
}

export const codeOf = async (url) => {
  const query = (await open(url)).searchParams;
  assert.ok(query.get('code'), String(query));
  return query.get('code');
};

export const verifier = () => randomBytes(32).toString('base64url');
export const challenge = (text) => createHash('sha256').update(text).digest('base64url');

// A line for the test to compare. Secrets and what chance made are left to `assert`.
export function say(what, value) {
  const text = value === undefined ? '' : `: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
  process.stdout.write(`${what}${text}\n`.replaceAll(String(house.port), 'PORT'));
}

// The beginning of a secret, which says what kind it is.
export const start = (text, length) => `${text.slice(0, length)}…`;

// What a promise fails with.
export async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  assert.fail('it was taken');
}
