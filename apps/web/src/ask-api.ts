/** Asks the API in the name of the logged-in person, from pages and actions alike. The token stays on this server. */
import type { FetchApiInit } from '@footbridge/core';
import { type ApiAnswer, judge } from './api-answer.ts';
import { callApi } from './session.ts';

/** Calls the API as the logged-in user. Never rejects for what the API or the network do. */
export async function askApi(path: string, init?: FetchApiInit): Promise<ApiAnswer> {
  const result = await callApi(path, init);
  switch (result.kind) {
    case 'anonymous':
      return { kind: 'over' };
    case 'unavailable':
      return result;
    case 'answer':
      return judge(result.response.status, await bodyOf(result.response));
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}
