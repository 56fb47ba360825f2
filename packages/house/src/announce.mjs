/** Waits until both apps answer, then says what to open. Runs beside them under `dev`. */
import { cookieModes, field, readSettings } from '@footbridge/settings';
import { announcement } from './announcement.mjs';

const { settings } = readSettings({
  environment: process.env,
  shape: {
    COOKIE_MODE: field.choice(cookieModes, 'proxy'),
    COOKIE_DOMAIN: field.optionalText(),
    WEB_ORIGIN: field.origin('http://localhost:3000'),
    API_ORIGIN: field.origin('http://127.0.0.1:4000'),
    WEB_HOST: field.text('127.0.0.1'),
    WEB_PORT: field.port(3000),
    API_HOST: field.text('127.0.0.1'),
    API_PORT: field.port(4000),
  },
  secrets: [],
});

/** @param {string} url */
async function untilItAnswers(url) {
  for (;;) {
    const answered = await fetch(url, { signal: AbortSignal.timeout(60_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

await Promise.all([
  untilItAnswers(`http://${settings.API_HOST}:${settings.API_PORT}/readyz`),
  untilItAnswers(`http://${settings.WEB_HOST}:${settings.WEB_PORT}/`),
]);

console.log(announcement(settings));
