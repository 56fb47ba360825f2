/** Judges answers by the contract: every member known, every refusal in the one error shape. */
import {
  type ApiEndpoint,
  apiEndpoints,
  type ErrorCode,
  errorBody,
  errorTable,
  verifyRefusal,
} from '@footbridge/contracts';
import type { Response } from 'supertest';
import { expect } from 'vitest';

/** The name of an endpoint in the contract's table. */
export type EndpointName = keyof typeof apiEndpoints;

/** Expects the endpoint's success: its status, its schema, and not one member more. */
export function expectSuccess(response: Response, name: EndpointName): void {
  const { status, answer }: ApiEndpoint = apiEndpoints[name];
  if ('stream' in answer) throw new TypeError('an answer that is streamed is no JSON');
  expect({ status: response.status, body: response.body }).toEqual({
    status,
    body: answer.parse(response.body),
  });
}

/** Expects one refusal of the error table: its status, its constant message, the request id of the header. */
export function expectRefusal(response: Response, code: ErrorCode): void {
  expectErrorBody(response);
  expect({ status: response.status, code: response.body.code, message: response.body.message }).toEqual({
    status: errorTable[code].status,
    code,
    message: errorTable[code].message,
  });
}

/** Expects some refusal in the one error shape. */
export function expectErrorBody(response: Response): void {
  const schema = 'authenticated' in response.body ? verifyRefusal : errorBody;
  expect(response.body).toEqual(schema.parse(response.body));
  expect(response.body.requestId).toBe(response.headers['x-request-id']);
  expect(response.headers['cache-control']).toBe('private, no-store');
}
