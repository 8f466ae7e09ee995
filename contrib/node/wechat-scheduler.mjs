// The daemon's credentials in the memory of a Node program (18 or newer; it needs no package).
//
//   import { Client } from './wechat-scheduler.mjs';
//   const wechat = new Client('http://127.0.0.1:9001', process.env.WECHAT_SCHEDULER_KEY);
//   const token = await wechat.credential(APPID, 'access_token'); // from memory, as a rule
//
// Ask it before each use. `close` ends the stream, which keeps the program alive. Errors have `status` and `reason`.

const KINDS = 'credential.rotated,credential.removed';
const SILENCE = 45_000; // three heartbeats
const TRUST = 300_000; // as long as WeChat takes a token that was replaced
const HURRY = 1_000; // for a caller who has a valid value
const TIMEOUT = 15_000;
const SUCCESSION = 10_000;
const LONGEST_PAUSE = 15_000;
const WITHOUT_STREAM = 600_000;

const now = () => performance.now();
const nameOf = (...parts) => parts.filter(Boolean).map(encodeURIComponent).join('/');
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());

export class Client {
  #url; #headers; #watching = false; #isClosed = false; #stopped = new AbortController();
  #kept = new Map(); #stream = 0; #live = 0; #away = false; #lastId = '';

  constructor(url, key) {
    this.#url = url.replace(/\/+$/, '');
    this.#headers = { Authorization: `Bearer ${key}`, Accept: 'application/vnd.wechat-scheduler+json' };
  }

  async credential(appid, kind, subject = '') {
    const name = nameOf(appid, kind, subject);
    if (!this.#kept.has(name)) this.#kept.set(name, { appid, kind: String(kind), subject, lookAt: 0, expires: 0 });
    const kept = this.#kept.get(name);
    if (!this.#isFresh(kept)) {
      kept.pending ??= this.#look(name, kept).finally(() => (kept.pending = undefined));
      await kept.pending;
      this.#watch();
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
    throw new Error(`WeChat refused the value of ${name}, and the daemon has no newer one yet`);
  }

  close() { this.#isClosed = true; this.#stopped.abort(); }

  #isFresh(kept) {
    const told = kept.stream === this.#stream && now() < Math.min(this.#live, kept.heard + TRUST);
    return now() < kept.lookAt || (now() < kept.expires && (this.#away || told));
  }

  async #look(name, kept) {
    const begun = now(), stream = now() < this.#live ? this.#stream : -1, version = kept.etag;
    try {
      const known = begun < kept.expires ? { 'If-None-Match': kept.etag } : {};
      const timeout = begun < kept.expires ? HURRY : TIMEOUT;
      const answer = await this.#call(`/task/${name}`, { headers: known }, timeout);
      if (kept.etag !== version) return this.#doubt(kept); // an event overtook this answer
      const age = /max-age=(\d+)/.exec(answer.headers.get('Cache-Control') ?? '');
      const left = Date.parse(answer.headers.get('X-Credential-Expires')) - Date.now();
      const value = answer.status === 304 ? kept.value : answer.body.result;
      this.#hold(kept, value, answer.headers.get('ETag'), begun + (left || 0), stream);
      kept.lookAt = begun + 1000 * Number(age?.[1] ?? 0);
    } catch (error) {
      if (error.status && ![429, 500, 502, 503, 504].includes(error.status)) kept.expires = 0;
      Object.assign(kept, { error, stream: -1, lookAt: now() < kept.expires ? now() + HURRY : 0 });
    }
  }

  async #call(path, options = {}, timeout = TIMEOUT) {
    const headers = { ...this.#headers, ...options.headers };
    const signal = AbortSignal.timeout(timeout);
    const response = await fetch(this.#url + path, { ...options, headers, signal, redirect: 'manual' });
    const text = await response.text();
    const body = response.status === 304 ? {} : JSON.parse(text);
    if (response.ok || response.status === 304) return { status: response.status, headers: response.headers, body };
    throw Object.assign(new Error(body.message), { status: response.status, reason: body.reason });
  }

  #hold(kept, value, etag, expires, stream) {
    Object.assign(kept, { value, etag, expires, stream, heard: now(), lookAt: now(), error: undefined });
  }

  #doubt(kept) {
    if (kept) Object.assign(kept, { lookAt: 0, stream: -1 });
  }

  async #watch() {
    if (this.#watching) return;
    this.#watching = true;
    for (let failures = 0; !this.#isClosed; ) {
      const outcome = await this.#listen().catch(() => 'failed');
      this.#live = 0;
      failures = outcome === 'ended' ? 0 : failures + 1;
      this.#away = outcome === 'failed' && failures > 1;
      const longest = Math.min(LONGEST_PAUSE, 1000 * 2 ** failures);
      await sleep(outcome === 'refused' ? WITHOUT_STREAM : longest * Math.random());
    }
  }

  async #listen() {
    const stopped = (this.#stopped = new AbortController());
    let timer = setTimeout(() => stopped.abort(), TIMEOUT);
    try {
      const headers = { ...this.#headers, ...(this.#lastId && { 'Last-Event-ID': this.#lastId }) };
      const response = await fetch(`${this.#url}/v1/events?kinds=${KINDS}`, { headers, signal: stopped.signal });
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
    } finally {
      clearTimeout(timer);
    }
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
