// Somebody at a browser: follows redirects, keeps cookies, fills in the forms and sends them, until a page has none.
//
//   node person.mjs [--login NAME] [--deny] URL
//
// It says of its requests what a browser says of a page that a person goes to (Sec-Fetch-Mode: navigate), as `fetch` could
// not. `BROWSER="node person.mjs --login ada %s"` makes a sign-in happen by itself. Prints the last page's text.
import http from 'node:http';

const options = process.argv.slice(2);
const take = (name) => {
  const at = options.indexOf(name);
  return at < 0 ? undefined : options.splice(at, 2)[1];
};
const login = take('--login') ?? 'ada';
const denies = options.includes('--deny');
let url = options.at(-1);
const cookies = new Map();

const unescaped = (text) => text.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"');
const attribute = (tag, name) => {
  const found = tag.match(new RegExp(`\\b${name}\\s*=\\s*"([^"]*)"`, 'i'));
  return found ? unescaped(found[1]) : undefined;
};

// One request as a browser makes it for a page: status, headers and text.
const ask = (address, form) =>
  new Promise((resolve, reject) => {
    const path = new URL(address).pathname;
    const sent = [...cookies.values()].filter((cookie) => path.startsWith(cookie.path)).map((cookie) => cookie.pair);
    const body = form && new URLSearchParams(form).toString();
    const headers = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: 'text/html' };
    if (sent.length > 0) headers.cookie = sent.join('; ');
    if (body) Object.assign(headers, { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) });
    const request = http.request(address, { method: body ? 'POST' : 'GET', headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => { text += part; });
      answer.on('end', () => resolve({ headers: answer.headers, text })).on('error', reject);
    });
    request.on('error', reject).end(body);
  });

// One page, redirects followed by hand so that every cookie is seen.
async function open(address, form) {
  for (let hops = 0; hops < 20; hops += 1) {
    const answer = await ask(address, form);
    for (const line of answer.headers['set-cookie'] ?? []) {
      const name = line.slice(0, line.indexOf('='));
      const where = line.match(/;\s*path=([^;]*)/i)?.[1] ?? '/';
      cookies.set(`${name} ${where}`, { pair: line.split(';')[0], path: where });
    }
    const next = answer.headers.location;
    if (!next) return { address, text: answer.text };
    address = new URL(next, address).href;
    form = undefined;
  }
  throw new Error('too many redirects');
}

let page = await open(url);
for (let forms = 0; forms < 10; forms += 1) {
  const form = page.text.match(/<form\b[^>]*>[\s\S]*?<\/form>/i)?.[0];
  if (!form) break;
  const cancel = page.text.match(/<a\b[^>]*href="([^"]*\/abort)"/i);
  if (denies && cancel) {
    page = await open(new URL(unescaped(cancel[1]), page.address).href);
    continue;
  }
  const filled = {};
  for (const input of form.match(/<input\b[^>]*>/gi) ?? []) {
    const name = attribute(input, 'name');
    if (name) filled[name] = { login, password: 'anything' }[name] ?? attribute(input, 'value') ?? '';
  }
  if (denies) filled.abort = 'yes';
  page = await open(new URL(attribute(form.match(/<form\b[^>]*>/i)[0], 'action'), page.address).href, filled);
}
process.stdout.write(`${page.text.replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim()}\n`);
