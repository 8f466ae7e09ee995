// The daemon's credentials in the memory of a Node program (18 or newer; it needs no package).
//   import { Client } from './wechat-scheduler.mjs';
//   const wechat = new Client('http://127.0.0.1:9001', process.env.WECHAT_SCHEDULER_KEY);
//   const token = await wechat.credential(APPID, 'access_token'); // from memory, as a rule
// Ask it before each use. `close` ends the stream, which keeps the program alive. Errors have `status` and `reason`.
const SILENCE = 45_000; // three heartbeats
const TRUST = 300_000; // as long as WeChat takes a token that was replaced
const HURRY = 1_000; // for a caller who has a valid value
const [TIMEOUT, SUCCESSION, LONGEST_PAUSE, WITHOUT_STREAM] = [15_000, 10_000, 15_000, 600_000];

const now = () => performance.now();
const must = (holds, sentence) => { if (!holds) throw new TypeError(sentence); };
const parsed = (text, parse) => { try { return parse(text); } catch { return undefined; } };
const nameOf = (appid, kind, subject) => {
  must(appid && typeof appid === 'string', `appid: must be a text like wx1111111111111111, not ${appid}`);
  must((kind && typeof kind === 'string') || Number.isInteger(kind), `kind: must be a type such as access_token, or its number, not ${kind}`);
  return [appid, kind, subject].filter((part) => (part ?? '') !== '').map(encodeURIComponent).join('/');
};
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());

export class Client {
  #url; #headers; #watching; #isClosed = false; #stopped = new AbortController();
  #kept = new Map(); #stream = 0; #live = 0; #away = false; #lastId = ''; #refusal = { until: 0 };

  constructor(url, key) {
    const place = parsed(url, (text) => new URL(text));
    must(/^https?:$/.test(place?.protocol) && !place.username && !place.password,
      "the daemon's URL is written like http://127.0.0.1:9001, without a name and a password");
    must(/^\s*[!-~]+\s*$/.test(key ?? ''), 'the API key is a text like wsk_…; set its environment variable');
    this.#url = place.href.replace(/[?#].*/, '').replace(/\/+$/, '');
    this.#headers = { Authorization: `Bearer ${key.trim()}`, Accept: 'application/vnd.wechat-scheduler+json' };
  }

  async credential(appid, kind, subject = '') {
    must(!this.#isClosed, 'this Client is closed: make one for the whole program');
    const name = nameOf(appid, kind, subject);
    if (!this.#kept.has(name)) this.#kept.set(name, { appid, kind: String(kind), subject, lookAt: 0, expires: 0 });
    const kept = this.#kept.get(name);
    if (!this.#isFresh(kept)) {
      kept.pending ??= this.#look(name, kept).finally(() => (kept.pending = undefined));
      await kept.pending;
      this.#watching ??= this.#watch();
    }
    if (kept.error && now() >= kept.expires) throw kept.error;
    return kept.value;
  }

  // Reports a value that WeChat refused (40001, 40014, 42001); returns the next one.
  async invalid(appid, kind, value, subject = '') {
    const name = nameOf(appid, kind, subject);
    await this.#call(`/task/${name}/invalid`, { method: 'POST', body: JSON.stringify({ value }) });
    for (const until = now() + SUCCESSION; now() < until; await sleep(100)) {
      this.#doubt(this.#kept.get(name));
      const following = await this.credential(appid, kind, subject);
      if (following !== value) return following;
    }
    const listed = await this.#call(`/tasks?${new URLSearchParams({ appid, type: kind, subject })}`).catch(() => undefined);
    const why = listed?.body.result[0]?.error?.message;
    throw new Error(`WeChat refused the value of ${name}, and the daemon has no newer one yet${why ? `: ${why}` : ''}`);
  }

  close() { this.#isClosed = true; this.#stopped.abort(); }
  #hold(kept, value, etag, expires, stream) {
    Object.assign(kept, { value, etag, expires, stream, heard: now(), lookAt: now(), error: undefined });
  }
  #doubt(kept) { if (kept) Object.assign(kept, { lookAt: 0, stream: -1 }); }
  #isFresh(kept) {
    const trusted = kept.stream === this.#stream ? Math.min(this.#live, kept.heard + TRUST) : 0;
    return now() < Math.max(kept.lookAt, Math.min(kept.expires, this.#away ? kept.expires : trusted));
  }

  async #look(name, kept) {
    const begun = now(), stream = now() < this.#live ? this.#stream : -1, version = kept.etag;
    try {
      if (begun < this.#refusal.until) throw this.#refusal.error;
      const [known, timeout] = begun < kept.expires ? [{ 'If-None-Match': kept.etag }, HURRY] : [{}, TIMEOUT];
      const answer = await this.#call(`/task/${name}`, { headers: known }, timeout);
      if (kept.etag !== version) return this.#doubt(kept); // an event overtook this answer
      const age = /max-age=(\d+)/.exec(answer.headers.get('Cache-Control') ?? '');
      const left = Date.parse(answer.headers.get('X-Credential-Expires')) - Date.now();
      this.#hold(kept, answer.body.result ?? kept.value, answer.headers.get('ETag'), begun + (left || 0), stream);
      kept.lookAt = begun + 1000 * Number(age?.[1] ?? 0);
    } catch (raised) {
      if (raised.status && ![429, 500, 502, 503, 504].includes(raised.status)) kept.expires = 0;
      const error = raised.status === 429 && kept.error?.status === 401 ? kept.error : raised; // wrong keys are throttled
      const until = now() < kept.expires || raised.status !== 503 ? now() + Math.max(HURRY, (raised.status === 429 && raised.rest) || 0) : 0;
      if (error.status === 401 && now() >= this.#refusal.until) this.#refusal = { error, until };
      Object.assign(kept, { error, stream: -1, lookAt: until });
    }
  }

  async #call(path, options = {}, timeout = TIMEOUT) {
    const failed = ({ message, cause = { message } }) => {
      throw new Error(`no daemon answers at ${this.#url}: ${cause.message || cause.code}; start it, or correct the URL`, { cause });
    };
    const sent = { ...options, headers: { ...this.#headers, ...options.headers }, signal: AbortSignal.timeout(timeout), redirect: 'manual' };
    const response = await fetch(this.#url + path, sent).catch(failed);
    const { status } = response, text = await response.text().catch(failed);
    const body = status === 304 ? { message: '' } : parsed(text, JSON.parse);
    if (typeof body?.message !== 'string') throw new Error(`${this.#url} answered ${status} and is no wechat-scheduler; correct the URL`);
    if (response.ok || status === 304) return { status, headers: response.headers, body };
    const rest = 1000 * Number(response.headers.get('Retry-After'));
    throw Object.assign(new Error(body.message), { status, reason: body.reason, rest });
  }

  async #watch() {
    for (let failures = 0; !this.#isClosed; ) {
      const outcome = await this.#listen().catch(() => 'failed');
      this.#live = 0;
      failures = outcome === 'ended' ? 0 : failures + 1;
      this.#away = outcome === 'failed' && failures > 1;
      await sleep(outcome === 'refused' ? WITHOUT_STREAM : Math.min(LONGEST_PAUSE, 1000 * 2 ** failures) * Math.random());
    }
  }

  async #listen() {
    const stopped = (this.#stopped = new AbortController());
    let timer = setTimeout(() => stopped.abort(), TIMEOUT);
    try {
      const headers = { ...this.#headers, ...(this.#lastId && { 'Last-Event-ID': this.#lastId }) };
      const response = await fetch(`${this.#url}/v1/events?kinds=credential.rotated,credential.removed`, { headers, signal: stopped.signal });
      if (response.status !== 200) return response.status >= 500 ? 'failed' : 'refused';
      let rest = '';
      for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
        clearTimeout(timer);
        timer = setTimeout(() => stopped.abort(), SILENCE);
        const events = (rest + piece).replaceAll('\r\n', '\n').split('\n\n');
        rest = events.pop();
        [this.#live, this.#away] = [now() + SILENCE, false];
        events.forEach((event) => this.#heed(event));
      }
      return 'ended';
    } finally { clearTimeout(timer); }
  }

  #heed(text) {
    const event = Object.fromEntries(text.split('\n').map((line) => [line.split(':', 1)[0], line.replace(/^[^:]*: ?/, '')]));
    if (event.id) this.#lastId = event.id;
    if (event.event === 'hello' || event.event === 'resync') this.#stream += 1; // all is fetched anew when it is used
    if (!event.event?.startsWith('credential.')) return;
    const data = JSON.parse(event.data);
    for (const kept of this.#kept.values()) {
      if (kept.appid !== data.appid || ![data.kind, String(data.type)].includes(kept.kind)) continue;
      const isIt = kept.subject === data.subject && event.event === 'credential.rotated' && data.value;
      if (isIt) this.#hold(kept, data.value, `"${data.version}"`, now() + 1000 * data.expires_in, this.#stream);
      else if (!kept.subject || kept.subject === data.subject) this.#doubt(kept);
    }
  }
}
