#!/usr/bin/env node
/**
 * Firefox as a distribution ships it, for Playwright. It stands in the WebDriver BiDi connection to say "done" where this
 * Firefox is too old to know an emulation (of a colour scheme, say) that Playwright sets up for every context.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { WebSocket, WebSocketServer } from 'ws';

const announcement = /^WebDriver BiDi listening on (ws:\/\/.*)$/;

const firefox = spawn(process.env['FIREFOX_PATH'] ?? 'firefox', process.argv.slice(2), {
  stdio: ['ignore', 'inherit', 'pipe'],
});
firefox.on('exit', (code) => process.exit(code ?? 1));
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => firefox.kill(signal));

createInterface({ input: firefox.stderr }).on('line', (line) => {
  const url = announcement.exec(line)?.[1];
  if (url === undefined) process.stderr.write(`${line}\n`);
  else standIn(url);
});

/** Announces an address of its own in place of Firefox's. @param {string} url */
function standIn(url) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (client, request) => connect(client, new WebSocket(`${url}${request.url}`)));
  server.on('listening', () => {
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('a WebSocket server has no port');
    process.stderr.write(`WebDriver BiDi listening on ws://127.0.0.1:${address.port}\n`);
  });
}

/** @param {WebSocket} client @param {WebSocket} browser */
function connect(client, browser) {
  /** Emulation commands that wait for their answer. @type {Set<number>} */
  const emulations = new Set();
  /** @type {Promise<void>} */
  const isOpen = new Promise((resolve) => browser.once('open', resolve));
  client.on('message', (data) => {
    const text = textOf(data);
    const { id, method } = JSON.parse(text);
    if (method.startsWith('emulation.')) emulations.add(id);
    void isOpen.then(() => browser.send(text));
  });
  browser.on('message', (data) => {
    const text = textOf(data);
    const { id, error } = emulations.size > 0 ? JSON.parse(text) : { id: undefined, error: undefined };
    const isUnknown = emulations.delete(id) && error === 'unknown command';
    client.send(isUnknown ? JSON.stringify({ type: 'success', id, result: {} }) : text);
  });
  client.on('close', () => browser.close());
  browser.on('close', () => client.close());
  browser.on('error', () => client.close());
}

/** A message of the protocol is one text. @param {import('ws').RawData} data */
function textOf(data) {
  if (!Buffer.isBuffer(data)) throw new TypeError('a WebSocket message in parts');
  return data.toString('utf8');
}
